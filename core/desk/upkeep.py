"""Looks after the store: its health, its audit chain, backups, and erasing a requester's text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.keys import cookie_key, mark_of
from core.errors import DeskError, Refused
from core.storage import backup, privacy, trail
from core.storage.schema import newest_revision, revision
from core.storage.stale_clocks import follow_rules


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


def back_up(desk: Desk, person: Person, file: Path) -> int:
    """Write one consistent state of the store into a new file; gives the rows written."""
    _operator_only(person)
    return backup.backup(desk.store, file, person.username).rows


def restore_from(desk: Desk, person: Person, file: Path) -> int:
    """Fill an empty store from a backup of either kind; gives the rows restored."""
    _operator_only(person)
    return backup.restore(desk.store, file, person.username).rows


def erase(desk: Desk, person: Person, requester: str) -> privacy.Erased:
    """Empty the personal text of one requester; the record names a mark, never the person."""
    require(person, "erase.run")
    draft = Draft(person.username, "requester.erase", mark_of(desk.settings, requester))
    with desk.store.write(draft) as write:
        return privacy.erase(write, requester)


def erase_overdue(desk: Desk, person: Person) -> privacy.Erased:
    """Empty the personal text of every case that was kept for as long as its class allows."""
    require(person, "erase.run")
    with desk.store.write(Draft(person.username, "retention.erase", "store")) as write:
        return privacy.erase_due(write, desk.clock.now())


def refresh_due_times(desk: Desk) -> int:
    """Store anew what is due by the service rules of now; gives the cases for which that changed.

    Asks about the rule that took effect last: only cases quiet since then can lag behind it.
    """
    now = desk.clock.now()
    begun = [to_micros(moment) for moment in desk.book.changes() if moment <= now]
    if not begun:
        return 0
    return follow_rules(desk.store, desk.book, max(begun))


def examine(desk: Desk) -> list[Finding]:
    """Every check of the desk's health, each with what was found."""
    at_version, wanted = revision(desk.store), newest_revision()
    audit = verify_audit(desk)
    return [
        Finding("store", True, f"{desk.store.dialect}, {desk.store.seq():,} writes so far"),
        Finding("version", at_version == wanted, f"at {at_version}, wanted {wanted}"),
        _cookie_key(desk),
        Finding("audit", audit.ok, audit.finding),
        _snapshot(desk),
    ]


def _cookie_key(desk: Desk) -> Finding:
    try:
        cookie_key(desk.settings)
    except DeskError as problem:
        return Finding("cookie key", False, f"{problem.message} {problem.hint}".strip())
    return Finding("cookie key", True, "long enough")


def _snapshot(desk: Desk) -> Finding:
    desk.snapshot.catch_up()
    seq = desk.store.seq()
    held = desk.snapshot.version
    return Finding("snapshot", held >= seq, f"holds write {held:,} of {seq:,}")


def _operator_only(person: Person) -> None:
    if not person.is_operator:
        raise Refused("Only the operator of the machine may do this, at its command line.")
