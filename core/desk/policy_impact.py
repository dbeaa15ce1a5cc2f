"""Which cases and gaps a policy update touches; every count opens exactly its cases in the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.access.model import Person
from core.access.rules import may, require
from core.cases.filter import CaseFilter, Segment
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.gaps.model import Gap
from core.policy.feed import CLAUSE, Update, clause_ref
from core.policy.feed_rules import feed_rules
from core.storage.clause_cases import open_by
from core.storage.gap_reads import gaps_of
from core.storage.queue import count, with_grants
from core.storage.reference import Clause, clauses

OPEN = CaseFilter(segment=Segment.OPEN)
BY = ("clause", "abuse_type")


@dataclass(frozen=True, slots=True)
class Counted:
    """Cases of a filter, as many as the person finds there now."""

    filter: CaseFilter
    count: int


@dataclass(frozen=True, slots=True)
class Touched:
    """Open cases that an update touches: under its clauses, or of its types where it names none."""

    cases: Counted
    is_by_clause: bool


@dataclass(frozen=True, slots=True)
class TouchedGap:
    """A policy gap that names a clause."""

    ref: str
    title: str
    is_open: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Impact:
    """What an update touches, within the viewer's scope; None where there is nothing to count."""

    under_clauses: Counted | None  # open cases
    of_types: Counted | None  # open cases
    before: str  # the version that a clause version takes the place of
    look_again: Counted | None  # cases decided under it lately
    decided: Counted | None  # all cases decided under it
    gaps: tuple[TouchedGap, ...]
    version: int  # of the data that was counted in
    at: datetime


def impact(desk: Desk, person: Person, update: Update) -> Impact:
    """Count what an update touches, in one version."""
    require(person, "policy.read")
    with desk.store.read() as connection:
        before = version_before(clauses(connection), update)
        gaps = gaps_of(connection) if may(person, "gap.read") else ()
    filters = {
        "under_clauses": OPEN.but(clause=update.clauses) if update.clauses else None,
        "of_types": OPEN.but(abuse_type=update.abuse_types) if update.abuse_types else None,
        "look_again": again_filter(update, before) if before else None,
        "decided": decided_filter(before) if before else None,
    }
    found, version, at = count_all(desk, person, filters)
    return Impact(
        under_clauses=found["under_clauses"],
        of_types=found["of_types"],
        before=before,
        look_again=found["look_again"],
        decided=found["decided"],
        gaps=gaps_naming(gaps, update.clauses),
        version=version,
        at=at,
    )


def touched_cases(
    desk: Desk, person: Person, updates: Sequence[Update]
) -> tuple[Touched | None, ...]:
    """The open cases that each update touches, all counted in one version."""
    if not may(person, "queue.read"):
        return (None,) * len(updates)
    look, _ = look_of(desk, person, OPEN)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        numbers = {name: open_by(reading, look, name) for name in BY}
    return tuple(_touched(update, numbers) for update in updates)


def count_all(
    desk: Desk, person: Person, filters: Mapping[str, CaseFilter | None]
) -> tuple[dict[str, Counted | None], int, datetime]:
    """Each filter with its number of cases, all of one version; whoever has no queue gets none."""
    wanted = {name: f for name, f in filters.items() if f is not None}
    if not may(person, "queue.read"):
        wanted = {}
    looks = {name: look_of(desk, person, f)[0] for name, f in wanted.items()}
    found: dict[str, Counted | None] = dict.fromkeys(filters)
    with desk.snapshot.reading() as reading:
        for name, filter_ in wanted.items():
            number = count(reading, filter_, with_grants(reading, looks[name]))
            found[name] = Counted(filter_, number)
        return found, reading.version, from_micros(reading.at)


def version_before(versions: Sequence[Clause], update: Update) -> str:
    """The version of the clause that a clause version took the place of; '' for other updates."""
    if update.kind != CLAUSE:
        return ""
    same = [one for one in versions if one.key == update.clauses[0]]
    refs = [clause_ref(one.key, one.version) for one in same]
    place = refs.index(update.ref)
    return refs[place - 1] if place else ""


def decided_filter(ref: str) -> CaseFilter:
    """All cases with a decision under a version of a clause."""
    return CaseFilter(segment=Segment.ALL, decided_under=ref)


def again_filter(update: Update, before: str) -> CaseFilter:
    """Cases decided under the version before, not long before the new one began."""
    rules = feed_rules().look_again
    began = update.effective_at or update.announced_at
    since = (began - timedelta(days=rules.days)).astimezone(UTC).date()
    parts = {"outcome": rules.outcomes, "resolved_from": since, "zone": "UTC"}
    return decided_filter(before).but(**parts)


def gaps_naming(gaps: Sequence[Gap], keys: Sequence[str]) -> tuple[TouchedGap, ...]:
    """The gaps that name one of some clauses, those still open first."""
    found = [
        TouchedGap(gap.ref, gap.title, gap.is_open, gap.clauses)
        for gap in gaps
        if set(gap.clauses) & set(keys)
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_open, one.ref)))


def _touched(update: Update, numbers: Mapping[str, Mapping[str, int]]) -> Touched | None:
    if update.clauses:
        number = sum(numbers["clause"].get(key, 0) for key in update.clauses)
        return Touched(Counted(OPEN.but(clause=update.clauses), number), is_by_clause=True)
    if update.abuse_types:
        number = sum(numbers["abuse_type"].get(area, 0) for area in update.abuse_types)
        return Touched(Counted(OPEN.but(abuse_type=update.abuse_types), number), is_by_clause=False)
    return None
