"""The feed of policy updates as one person sees it; what it counts of cases follows their scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from core.access.model import Person
from core.access.rules import may, require
from core.desk.boot import Desk
from core.desk.policy_impact import Touched, touched_cases
from core.policy.feed import (
    Attendance,
    Confirmation,
    Reminder,
    Standing,
    Update,
    attendance,
    is_history,
    standing,
)
from core.policy.feed_rules import ACKNOWLEDGE, feed_rules
from core.storage.policy_feed import confirmations, members, reminders
from core.storage.policy_updates import all_updates

T = TypeVar("T", Confirmation, Reminder)
READ, WRITE, REMIND = "policy.read", "policy.write", "policy.remind"


@dataclass(frozen=True, slots=True)
class FeedAsk:
    """What of the feed is asked for; nothing chosen in a list means all of it."""

    kinds: tuple[str, ...] = ()
    importances: tuple[str, ...] = ()
    abuse_types: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    is_unread: bool = False  # only what waits for the person
    is_missing: bool = False  # only what somebody has still to confirm
    place: int = 0  # how many are passed over

    @property
    def narrows(self) -> bool:
        """True when something is chosen."""
        return replace(self, place=0) != FeedAsk()


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One update with how the person stands to it and what it touches."""

    update: Update
    standing: Standing
    mine: Confirmation | None
    reminder: Reminder | None  # of the person, when it still waits for them
    asked_count: int
    missing_count: int
    is_past: bool  # announced so long ago that it waits for nobody
    touched: Touched | None = None  # open cases; None where it names no clause and no area

    @property
    def is_missed(self) -> bool:
        """True while somebody who was asked has still to confirm it."""
        return self.missing_count > 0 and not self.is_past


@dataclass(frozen=True)
class FeedView:
    """A page of the feed."""

    lines: tuple[FeedLine, ...]
    total: int
    ask: FeedAsk
    most: int
    waiting: tuple[FeedLine, ...]  # overdue for the person, the oldest due day first
    asked_count: int  # updates that wait for the person, overdue or not
    withdrawn: tuple[Update, ...]  # for those who can put them back
    clauses: Mapping[str, str]  # those that updates name, for the filter: key -> title
    confirms: bool
    writes: bool
    reminds: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """All updates with who confirmed them, at one moment."""

    updates: tuple[Update, ...]
    found: Mapping[str, Attendance]  # by reference
    at: datetime

    def attendance(self, ref: str) -> Attendance:
        """Who was asked to confirm an update and who did."""
        return self.found.get(ref, Attendance((), {}))

    def line(self, update: Update, person: Person) -> FeedLine:
        """An update as a person stands to it; nobody confirms for whom it does not ask."""
        who = self.attendance(update.ref)
        stands = standing(update, person.username, who, self.at, feed_rules())
        waits = stands in {Standing.ASKED, Standing.OVERDUE}
        return FeedLine(
            update=update,
            standing=stands,
            mine=who.confirmed.get(person.username),
            reminder=who.reminded.get(person.username) if waits else None,
            asked_count=len(who.asked),
            missing_count=len(who.missing),
            is_past=is_history(update, self.at, feed_rules()),
        )


def feed(desk: Desk, person: Person, ask: FeedAsk) -> FeedView:
    """The newest updates first."""
    require(person, READ)
    book = read_book(desk)
    lines = [book.line(one, person) for one in book.updates if one.withdrawn_at is None]
    waiting = [line for line in lines if line.standing is Standing.OVERDUE]
    chosen = [line for line in lines if fits(line, ask)]
    most = feed_rules().most_listed
    place = min(ask.place, max(0, (len(chosen) - 1) // most * most))
    shown = chosen[place : place + most]
    return FeedView(
        lines=with_touched(desk, person, shown),
        total=len(chosen),
        ask=replace(ask, place=place),
        most=most,
        waiting=tuple(sorted(waiting, key=_due)),
        asked_count=sum(line.standing in {Standing.ASKED, Standing.OVERDUE} for line in lines),
        withdrawn=_withdrawn(book) if may(person, WRITE) else (),
        clauses=_named(line.update for line in lines),
        confirms=may(person, ACKNOWLEDGE),
        writes=may(person, WRITE),
        reminds=may(person, REMIND),
        at=book.at,
    )


def overdue_count(desk: Desk, person: Person) -> int:
    """How many updates the person should have confirmed by now; nothing for those never asked."""
    if not may(person, READ) or not may(person, ACKNOWLEDGE):
        return 0
    book = read_book(desk)
    lines = (book.line(one, person) for one in book.updates)
    return sum(line.standing is Standing.OVERDUE for line in lines)


def read_book(desk: Desk) -> Book:
    """All updates and who confirmed them, of one consistent read."""
    with desk.store.read() as connection:
        updates = all_updates(connection, feed_rules())
        everybody = members(connection)
        given, reminded = _by_ref(confirmations(connection)), _by_ref(reminders(connection))
    found = {
        one.ref: attendance(one, everybody, given.get(one.ref, ()), reminded.get(one.ref, ()))
        for one in updates
    }
    return Book(updates, found, desk.clock.now())


def fits(line: FeedLine, ask: FeedAsk) -> bool:
    """True when an update is what was asked for."""
    update = line.update
    return (
        (not ask.kinds or update.kind in ask.kinds)
        and (not ask.importances or update.importance in ask.importances)
        and (not ask.abuse_types or bool(set(ask.abuse_types) & set(update.abuse_types)))
        and (not ask.clauses or bool(set(ask.clauses) & set(update.clauses)))
        and (not ask.is_unread or line.standing in {Standing.ASKED, Standing.OVERDUE})
        and (not ask.is_missing or line.is_missed)
    )


def with_touched(desk: Desk, person: Person, lines: Sequence[FeedLine]) -> tuple[FeedLine, ...]:
    """The lines with the open cases that each touches, counted in one version."""
    counted = touched_cases(desk, person, [line.update for line in lines])
    return tuple(
        replace(line, touched=touched) for line, touched in zip(lines, counted, strict=True)
    )


def _by_ref(found: Iterable[T]) -> dict[str, list[T]]:
    by_ref: dict[str, list[T]] = defaultdict(list)
    for one in found:
        by_ref[one.ref].append(one)
    return by_ref


def _withdrawn(book: Book) -> tuple[Update, ...]:
    return tuple(one for one in book.updates if one.withdrawn_at is not None)


def _named(updates: Iterable[Update]) -> dict[str, str]:
    return {key: key for key in sorted({key for one in updates for key in one.clauses})}


def _due(line: FeedLine) -> datetime:
    return line.update.due_at or line.update.announced_at
