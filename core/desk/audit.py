"""Reads of the audit record for those who may: who saw, changed or exported what, and the proof."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.model import Person
from core.access.rules import require
from core.audit.chain import Verification
from core.audit.model import Entry
from core.desk.boot import Desk
from core.storage import trail

PAGE = 100


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries to list; an empty part means all."""

    actor: str = ""
    act: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries from the newest down; ``before_id`` begins the page of older ones, None at the end."""

    entries: tuple[Entry, ...]
    before_id: int | None


def trail_page(
    desk: Desk, person: Person, wanted: TrailFilter, before_id: int | None = None
) -> TrailPage:
    """One page of the record."""
    require(person, "audit.read")
    with desk.store.read() as connection:
        found = trail.audit_entries(
            connection,
            actor=wanted.actor,
            act=wanted.act,
            subject=wanted.subject,
            before_id=before_id,
            limit=PAGE + 1,
        )
    more = len(found) > PAGE
    shown = tuple(found[:PAGE])
    return TrailPage(shown, shown[-1].id if more else None)


def verify_trail(desk: Desk, person: Person) -> Verification:
    """Walk the whole chain and say whether every entry follows from the one before it."""
    require(person, "audit.read")
    with desk.store.read() as connection:
        return trail.verify(connection)
