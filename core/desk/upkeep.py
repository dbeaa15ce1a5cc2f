"""Looks after the store: its health, its audit chain, backups, and erasing a requester's text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.desk.boot import Desk
from core.errors import DeskError
from core.storage import trail
from core.storage.schema import newest_revision, revision


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how it stands."""

    check: str
    ok: bool
    finding: str


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Whether the record holds, in words."""

    ok: bool
    entries: int
    finding: str


def store_version(desk: Desk) -> str:
    """The version that the store's tables are at."""
    return revision(desk.store)


def verify_audit(desk: Desk) -> AuditFinding:
    """Walk the whole record and say whether anything was changed or removed."""
    with desk.store.read() as connection:
        found = trail.verify(connection)
    if found.holds:
        return AuditFinding(True, found.count, f"All {found.count:,} entries hold.")
    words = f"Entry {found.broken_id} does not hold: {found.why}."
    return AuditFinding(False, found.count, words)
