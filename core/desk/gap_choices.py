"""What a form about a policy gap offers: who can own one, which clauses there are, which gaps are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.access.model import Person
from core.access.permissions import role_may
from core.access.rules import may, require, scope_of
from core.desk.boot import Desk
from core.errors import NotFound
from core.storage import people
from core.storage.gap_reads import entries_of, gap_by_ref, gaps_of
from core.storage.reference import clauses


@dataclass(frozen=True, slots=True)
class GapChoices:
    """Values that the facts of a gap are chosen from."""

    workers: Mapping[str, str]  # username to name, of those who may work on gaps
    clauses: Mapping[str, str]  # key to title
    teams: tuple[str, ...]  # that gaps name as sponsors


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap that cases can be linked to."""

    ref: str
    title: str


def gap_choices(desk: Desk, person: Person) -> GapChoices:
    """What the forms offer; the newest title of a clause counts."""
    require(person, "gap.read")
    with desk.store.read() as connection:
        users = people.users(connection)
        found = {one.key: one.title for one in clauses(connection)}
        teams = {gap.sponsor_team for gap in gaps_of(connection) if gap.sponsor_team}
    known = {u.username: u.name for u in users if u.is_active and role_may(u.role, "gap.propose")}
    return GapChoices(known, found, tuple(sorted(teams)))


def gaps_to_link(desk: Desk, person: Person) -> tuple[OpenGap, ...]:
    """Open gaps, the newest first; none for those who may not link cases."""
    if not may(person, "gap.propose"):
        return ()
    with desk.store.read() as connection:
        return tuple(OpenGap(gap.ref, gap.title) for gap in gaps_of(connection) if gap.is_open)


def last_link(desk: Desk, person: Person, ref: str) -> int:
    """The line of the log that the person's last linking left; 0 where there is none."""
    with desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
        if gap is None:
            raise NotFound("Gap", ref)
        entries = entries_of(connection, scope_of(person), gap.id)
    mine = (e for e in entries if e.act == "linked" and e.by == person.username)
    return next((e.id for e in mine if not e.is_undone), 0)
