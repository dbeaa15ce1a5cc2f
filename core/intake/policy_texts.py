"""Turns the bytes of a fetched file into text, or says why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from core.intake.encoding import BOMS, find_candidates
from core.policy.rules import PolicyRules

MEGABYTE = 1_000_000
HEAD = 4096
# Letters of UTF-8 that somebody read as cp1252.
TWICE_READ = re.compile("â€[™œ\u009d“”˜¦]|Ã[\u0080-\u00bf]|Â[\u00a0-\u00bf]")
LOST = "\ufffd"
MAGIC = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"\xfd7zXZ", b"GIF8")


@dataclass(frozen=True, slots=True)
class FetchedText:
    """One version as it came in; ``has_time`` is false where only the day is known."""

    service: str
    document: str
    at: datetime
    has_time: bool
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class FetchedFault:
    """A file that is no version, with the reason as a code and in words."""

    name: str
    reason: str
    hint: str = ""


def read_text(data: bytes, rules: PolicyRules) -> tuple[str, FetchedFault | None]:
    """The text of a file, or the fault (its name still empty) that makes it unusable."""
    if len(data) > rules.bounds.text_megabytes * MEGABYTE:
        return "", too_large("", rules)
    is_wide = data.startswith(tuple(mark for mark, _ in BOMS))
    if data.startswith(MAGIC) or (b"\0" in data[:HEAD] and not is_wide):
        return "", FetchedFault("", "binary", "only texts can be compared")
    text = _decode(data)
    if text is None:
        return "", FetchedFault("", "encoding", "save it as UTF-8")
    if not any(c.isalpha() for c in text):
        return "", FetchedFault("", "empty", "fetch it again")
    return text, _lost_letters(text, rules)


def too_large(name: str, rules: PolicyRules) -> FetchedFault:
    """The fault of a text that no policy document would be."""
    hint = f"a text of more than {rules.bounds.text_megabytes} MB is no policy document"
    return FetchedFault(name, "too_large", hint)


def _lost_letters(text: str, rules: PolicyRules) -> FetchedFault | None:
    broken = text.count(LOST) + sum(1 for _ in TWICE_READ.finditer(text))
    if broken <= max(2, len(text) * rules.bounds.broken_share):
        return None
    return FetchedFault("", "encoding_broken", "letters were lost before; fetch it again")


def believed(at: datetime, earliest: datetime, now: datetime) -> bool:
    """True for a moment at which somebody could have fetched a text."""
    return earliest <= at.astimezone(UTC) <= now


def _decode(data: bytes) -> str | None:
    mark = next((encoding for bom, encoding in BOMS if data.startswith(bom)), "")
    try:
        return data.decode(mark or "utf-8")
    except UnicodeDecodeError:
        pass
    candidates = () if mark else find_candidates(BytesIO(data))
    if len(candidates) != 1:
        return None
    return data.decode(candidates[0])
