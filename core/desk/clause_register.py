"""The clause register as one person sees it: versions, what each decided, what touches it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from core.access.model import Person
from core.access.rules import may, require
from core.desk.boot import Desk
from core.desk.policy_feed import READ, WRITE, FeedLine, read_book
from core.desk.policy_impact import OPEN, Counted, TouchedGap, decided_filter, gaps_naming
from core.desk.queue import look_of
from core.errors import NotFound
from core.policy.feed import clause_ref
from core.storage.clause_cases import decided_by_version, open_by
from core.storage.clause_register import (
    ClauseAddition,
    DecidedCases,
    additions,
    decided_cases,
)
from core.storage.gap_reads import gaps_of
from core.storage.queue import with_grants
from core.storage.reference import Clause, clauses

_HELD: dict[str, DecidedCases] = {}  # by store: to read it anew takes seconds where cases are many
_HOLDING = Lock()


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause in the register; counts are None for who has no queue."""

    key: str
    title: str
    abuse_type: str
    version: str  # in force, '' where none is yet
    since: datetime | None
    next_version: str  # announced and not in force yet
    next_at: datetime | None
    version_count: int
    open_cases: Counted | None
    decided: Counted | None  # cases, by the version in force
    update_count: int  # of the feed
    gaps: tuple[str, ...]  # open ones


@dataclass(frozen=True)
class RegisterView:
    """The whole register."""

    lines: tuple[ClauseLine, ...]
    writes: bool
    data_version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a clause with the one before it, whose text it is compared with."""

    clause: Clause
    before: Clause | None
    added: ClauseAddition | None
    is_in_force: bool
    is_ahead: bool
    decided: Counted | None


@dataclass(frozen=True)
class ClauseView:
    """One clause with everything about it; the newest version first."""

    key: str
    title: str
    abuse_type: str
    versions: tuple[VersionView, ...]
    open_cases: Counted | None
    updates: tuple[FeedLine, ...]
    gaps: tuple[TouchedGap, ...]
    writes: bool
    data_version: int
    at: datetime


def clause_register(desk: Desk, person: Person) -> RegisterView:
    """Every clause, by its key."""
    require(person, READ)
    at, numbers = desk.clock.now(), _numbers(desk, person)
    with desk.store.read() as connection:
        versions = by_key(clauses(connection))
        gaps = gaps_of(connection) if may(person, "gap.read") else ()
    book = read_book(desk)
    named = [key for one in book.updates if not one.withdrawn_at for key in one.clauses]
    lines = []
    for key, same in versions.items():
        open_gaps = tuple(gap.ref for gap in gaps if gap.is_open and key in gap.clauses)
        lines.append(_line(key, same, numbers, (named.count(key), open_gaps), at))
    return RegisterView(tuple(lines), may(person, WRITE), numbers.version, at)


def clause_view(desk: Desk, person: Person, key: str) -> ClauseView:
    """One clause; not found where there is none."""
    require(person, READ)
    at, numbers = desk.clock.now(), _numbers(desk, person)
    with desk.store.read() as connection:
        same = clauses(connection, key=key) if key else []
        added = additions(connection)
        gaps = gaps_of(connection) if may(person, "gap.read") else ()
    if not same:
        raise NotFound("Clause", key)
    book = read_book(desk)
    return ClauseView(
        key=key,
        title=same[-1].title,
        abuse_type=same[-1].abuse_type,
        versions=tuple(reversed(_versions(same, added, numbers, at))),
        open_cases=numbers.open_cases(key),
        updates=tuple(
            book.line(one, person)
            for one in book.updates
            if key in one.clauses and not one.withdrawn_at
        ),
        gaps=gaps_naming(gaps, (key,)),
        writes=may(person, WRITE),
        data_version=numbers.version,
        at=at,
    )


def clause_keys(desk: Desk, person: Person) -> dict[str, str]:
    """Every clause with what it is called, for those who choose some."""
    require(person, READ)
    with desk.store.read() as connection:
        return {one.key: f"{one.key} {one.title}" for one in clauses(connection)}


def by_key(versions: Sequence[Clause]) -> dict[str, list[Clause]]:
    """The versions of each clause, oldest first."""
    found: dict[str, list[Clause]] = defaultdict(list)
    for clause in versions:
        found[clause.key].append(clause)
    return found


def in_force(versions: Sequence[Clause], at: datetime) -> Clause | None:
    """The version of a clause that holds at a moment."""
    begun = [one for one in versions if one.effective_from <= at]
    last = begun[-1] if begun else None
    return last if last and (last.effective_to is None or last.effective_to > at) else None


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Cases by clause and by version, as far as the viewer may know; None without a queue."""

    open: Mapping[str, int] | None
    decided: Mapping[str, int] | None
    version: int

    def open_cases(self, key: str) -> Counted | None:
        if self.open is None:
            return None
        return Counted(OPEN.but(clause=(key,)), self.open.get(key, 0))

    def decided_cases(self, ref: str) -> Counted | None:
        if self.decided is None:
            return None
        return Counted(decided_filter(ref), self.decided.get(ref, 0))


def _numbers(desk: Desk, person: Person) -> _Numbers:
    if not may(person, "queue.read"):
        return _Numbers(None, None, desk.store.seq())
    decided = _decided(desk)
    look, _ = look_of(desk, person, OPEN)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        return _Numbers(
            open_by(reading, look, "clause"),
            decided_by_version(reading, look, decided),
            reading.version,
        )


def _decided(desk: Desk) -> DecidedCases:
    with _HOLDING, desk.store.read() as connection:
        _HELD[desk.store.url] = decided_cases(connection, _HELD.get(desk.store.url))
        return _HELD[desk.store.url]


def _line(
    key: str,
    same: Sequence[Clause],
    numbers: _Numbers,
    touching: tuple[int, tuple[str, ...]],
    at: datetime,
) -> ClauseLine:
    now = in_force(same, at)
    ahead = next((one for one in same if one.effective_from > at), None)
    return ClauseLine(
        key=key,
        title=same[-1].title,
        abuse_type=same[-1].abuse_type,
        version=now.version if now else "",
        since=now.effective_from if now else None,
        next_version=ahead.version if ahead else "",
        next_at=ahead.effective_from if ahead else None,
        version_count=len(same),
        open_cases=numbers.open_cases(key),
        decided=numbers.decided_cases(clause_ref(key, now.version)) if now else None,
        update_count=touching[0],
        gaps=touching[1],
    )


def _versions(
    same: Sequence[Clause],
    added: Mapping[tuple[str, str], ClauseAddition],
    numbers: _Numbers,
    at: datetime,
) -> list[VersionView]:
    now = in_force(same, at)
    return [
        VersionView(
            clause=one,
            before=before,
            added=added.get((one.key, one.version)),
            is_in_force=one is now,
            is_ahead=one.effective_from > at,
            decided=numbers.decided_cases(clause_ref(one.key, one.version)),
        )
        for before, one in zip([None, *same], same, strict=False)
    ]
