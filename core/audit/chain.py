"""The canonical form of an audit entry, the hash that chains it, and the walk that verifies a chain.

Pure: no store, no clock. Whoever holds the entries and the last hash can verify them elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.audit.model import Detail, Draft, Entry

GENESIS = "0" * 64  # stands where the first entry names the one before it


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found; ``broken_id`` names the first entry that does not hold."""

    count: int
    broken_id: int | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        """True when every entry follows from the one before it."""
        return self.broken_id is None


def canonical(value: Detail | Mapping[str, Detail]) -> str:
    """JSON with sorted keys, no spaces and NFC text: one text for one meaning."""
    return json.dumps(
        _composed(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _composed(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(k)): _composed(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(v) for v in value]
    return value


def next_entry(draft: Draft, entry_id: int, at: datetime, previous_hash: str) -> Entry:
    """The draft as the entry that follows the one with ``previous_hash``."""
    return Entry(
        id=entry_id,
        at=at,
        actor=unicodedata.normalize("NFC", draft.actor),
        act=draft.act,
        subject=unicodedata.normalize("NFC", draft.subject),
        details=dict(draft.details),
        previous_hash=previous_hash,
        hash=_hash(entry_id, at, draft, previous_hash),
    )


def _hash(entry_id: int, at: datetime, draft: Draft, previous_hash: str) -> str:
    body = canonical(
        {
            "id": entry_id,
            "at": at.isoformat(timespec="microseconds"),
            "actor": draft.actor,
            "act": draft.act,
            "subject": draft.subject,
            "details": dict(draft.details),
        }
    )
    return hashlib.sha256(f"{previous_hash}\n{body}".encode()).hexdigest()


def verify(entries: Iterable[Entry], last_id: int, last_hash: str) -> Verification:
    """Walk the whole chain from its first entry; a cut-off end shows against the stored head."""
    count, previous = 0, GENESIS
    for entry in entries:
        why = _fault(entry, count + 1, previous)
        if why:
            return Verification(count, count + 1, why)
        count, previous = count + 1, entry.hash
    if (count, previous) != (last_id, last_hash if last_id else GENESIS):
        return Verification(count, count + 1, "entries are missing at the end of the chain")
    return Verification(count)


def _fault(entry: Entry, expected_id: int, previous: str) -> str:
    if entry.id != expected_id:
        return "it is missing"
    if entry.previous_hash != previous:
        return "it does not name the hash of the entry before it"
    draft = Draft(entry.actor, entry.act, entry.subject, entry.details)
    if _hash(entry.id, entry.at, draft, previous) != entry.hash:
        return "its content does not give its hash"
    return ""
