"""Whose health got worse against some weeks before, by which input, and in which of its cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.cases.filter import CaseFilter
from core.desk.health_book import (
    HealthBook,
    book_change,
    health_book,
    health_cases,
)
from core.desk.health_split import Splitter, can_be_split
from core.partners.change import Change, Mover, got_worse, mover
from core.partners.health_day import health_day
from core.storage.snapshot import Reading

# What the cases of a cause are cut by.
DIMENSIONS = ("channel", "abuse_type", "market", "surface", "priority")
MOST_PARTS = 3
MOST_LISTS = 32


@dataclass(frozen=True, slots=True)
class Part:
    """A slice of an input's cases, and how many points of the score it moved.

    Counts are whole cases before and after; the filters open those of the later day.
    """

    dimension: str  # as in CaseFilter: channel, abuse_type, market
    value: str  # '' is unknown
    points: float
    before_hits: int
    before_of: int
    after_hits: int
    after_of: int
    of: CaseFilter
    hits: CaseFilter


@dataclass(frozen=True, slots=True)
class NamedMover:
    """A partner whose score fell; ``mover.partner`` is its place in the books.

    ``parts`` are slices of the first cause, the most telling first: those that pulled down more
    than their share of the cases. None where that input has no slices.
    """

    partner_id: int
    ref: str
    name: str
    mover: Mover
    before_day: date
    day: date
    parts: tuple[Part, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Books:
    before: HealthBook
    after: HealthBook
    change: Change


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    change: Change
    movers: tuple[NamedMover, ...]


def movers(
    reading: Reading, day: date, ids_in_scope: Collection[int] | None, most: int
) -> tuple[NamedMover, ...]:
    """Who got worse, the surest first, of the partners in scope (None: of all)."""
    books = _books(reading, day)
    scope = None if ids_in_scope is None else frozenset(ids_in_scope)

    def find() -> _Found:
        moments = (books.before.moment, books.after.moment)
        own = got_worse(_own_part(books, scope), *moments, most)
        cutter = Cutter(reading, books.before, books.after)
        found = [mover(books.change, *moments, one.partner) for one in own]
        return _Found(books.change, tuple(_named(reading, cutter, one) for one in found))

    def is_of_these(held: _Found, _changed: object) -> bool:
        return held.change is books.change

    key = (books.after.day, books.after.at, scope, most)
    return reading.last("health movers", key, find, is_of_these, MOST_LISTS).movers


def _books(reading: Reading, day: date) -> _Books:
    after = health_book(reading, day)
    before = health_book(reading, health_day(after.day, after.at, after.rules).before)
    return _Books(before, after, book_change(before, after, reading))


def _own_part(books: _Books, scope: frozenset[int] | None) -> Change:
    """What the partners' own cases moved, everybody's outside of the scope unknown.

    Where the usual moves, all move with it; who got worse are those that moved beyond that.
    """
    change, usual = books.change, books.change.others.sum(axis=1)
    total = change.total - usual
    if scope is not None:
        mine = np.isin(books.after.ids, np.fromiter(scope, dtype=np.int64))
        total = np.where(mine, total, np.nan)
    return replace(change, total=total, low=change.low - usual, high=change.high - usual)


def _named(reading: Reading, cutter: Cutter, found: Mover) -> NamedMover:
    roster = reading.roster
    return NamedMover(
        partner_id=int(roster.ids[found.partner]),
        ref=roster.refs[found.partner],
        name=roster.names[found.partner],
        mover=found,
        before_day=cutter.before.day,
        day=cutter.after.day,
        parts=cutter.cause_parts(found),
    )


class Cutter:
    """Cuts the causes of movers between two books; the cases of each input are looked up once."""

    def __init__(self, reading: Reading, before: HealthBook, after: HealthBook) -> None:
        self.before, self.after = before, after
        self._reading = reading
        self._splitters: dict[str, Splitter] = {}

    def cause_parts(self, mover: Mover) -> tuple[Part, ...]:
        """The slices of the first cause that pulled most, beyond what their size alone would."""
        name = mover.causes[0].name if mover.causes else ""
        if not name or not can_be_split(self.before, self.after, name):
            return ()
        found = [
            one
            for dimension in DIMENSIONS
            for one in self._of_dimension(mover.partner, name, dimension)
        ]
        found.sort(key=lambda one: one[0])
        return tuple(part for telling, part in found[:MOST_PARTS] if telling < 0)

    def _of_dimension(self, partner: int, name: str, dimension: str) -> list[tuple[float, Part]]:
        """Slices, each with the points that it pulled beyond its share of the cases."""
        split = self._splitter(name).split(partner, dimension)
        first, last, points = split.before, split.after, split.change.parts
        cases = health_cases(
            self._reading.roster.refs[partner], name, self.after.day, self.after.rules
        )
        if cases is None or cases.hits is None:
            return []
        return [
            (
                split.telling(place),
                Part(
                    dimension=dimension,
                    value=value,
                    points=float(points[place]),
                    before_hits=int(first.hits[place]),
                    before_of=int(first.of[place]),
                    after_hits=int(last.hits[place]),
                    after_of=int(last.of[place]),
                    of=cases.of.having(**{dimension: (value,)}),
                    hits=cases.hits.having(**{dimension: (value,)}),
                ),
            )
            for place, value in enumerate(split.values)
            if points[place] < 0
        ]

    def _splitter(self, name: str) -> Splitter:
        if name not in self._splitters:
            self._splitters[name] = Splitter(self._reading, self.before, self.after, name)
        return self._splitters[name]
