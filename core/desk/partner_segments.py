"""Which slices of an input's cases moved one partner's score, each with its cases on both days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.access.model import Person
from core.access.rules import require
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.health_book import HealthBook, InputCases, health_book, health_cases
from core.desk.health_split import InputSplit, Splitter, can_be_split
from core.desk.partner import Partner, require_seen
from core.storage.snapshot import Reading

# What the cases can be cut by; as in CaseFilter.
DIMENSIONS = (
    "channel",
    "abuse_type",
    "market",
    "surface",
    "priority",
    "language",
    "requester_kind",
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Whole cases of a slice on one day, and those of them that are hits, with their filters."""

    hits: int
    of: int
    of_filter: CaseFilter
    hits_filter: CaseFilter


@dataclass(frozen=True, slots=True)
class Segment:
    """One value of the dimension; '' is unknown. ``telling`` is beyond its share of the cases."""

    value: str
    points: float
    telling: float
    before: Cut
    after: Cut


@dataclass(frozen=True, slots=True)
class SegmentsView:
    """What own cases moved an input's part of the change, by one dimension.

    ``inputs`` are those that can be cut; no segments where there is none. ``rest`` is what came
    from other rules, where they changed between the days.
    """

    name: str
    dimension: str
    segments: tuple[Segment, ...]  # the one that pulled down most first
    rest: float
    inputs: tuple[str, ...]

    @property
    def own(self) -> float:
        """What the partner's own cases moved, as in ``InputChange``."""
        return sum(one.points for one in self.segments) + self.rest


@dataclass(frozen=True, slots=True)
class SegmentsAsk:
    """Two days, the inputs by the size of their part, and what of it the reader chose ('': ours)."""

    since: date
    until: date
    names: tuple[str, ...]
    name: str = ""
    dimension: str = ""


def segments_view(desk: Desk, person: Person, partner: Partner, ask: SegmentsAsk) -> SegmentsView:
    """The change of one input of a partner that the person may see, by segment.

    Without a choice it is the input that moved most, and the dimension that tells most of it.
    """
    require(person, "partner.read")
    require_seen(person, partner)
    with desk.snapshot.reading() as reading:
        before, after = (health_book(reading, day) for day in (ask.since, ask.until))
        names = tuple(one for one in ask.names if can_be_split(before, after, one))
        name = ask.name if ask.name in names else next(iter(names), "")
        place = after.place(partner.id)
        if place is None or not name:
            return SegmentsView("", "", (), 0.0, names)
        splits = _splits(reading, (before, after), place, name)
    dimension = ask.dimension if ask.dimension in splits else _most_telling(splits)
    found = splits[dimension]
    cases = [health_cases(partner.ref, name, book.day, book.rules) for book in (before, after)]
    segments = [_segment(found, at, dimension, cases) for at in range(len(found.values))]
    segments.sort(key=lambda one: one.points)
    return SegmentsView(name, dimension, tuple(segments), found.change.usual, names)


def _splits(
    reading: Reading, books: tuple[HealthBook, HealthBook], place: int, name: str
) -> dict[str, InputSplit]:
    before, after = books

    def cut() -> dict[str, InputSplit]:
        splitter = Splitter(reading, before, after, name)
        return {dimension: splitter.split(place, dimension) for dimension in DIMENSIONS}

    key = ("health segments", place, name, before.day, before.at, after.day, after.at)
    return reading.remember(key, cut)


def _most_telling(splits: dict[str, InputSplit]) -> str:
    """The dimension with the value that pulled furthest beyond its share of the cases."""

    def furthest(dimension: str) -> float:
        one = splits[dimension]
        way = -1.0 if one.change.parts.sum() < 0 else 1.0
        return max((way * one.telling(at) for at in range(len(one.values))), default=0.0)

    return max(DIMENSIONS, key=furthest)


def _segment(split: InputSplit, at: int, dimension: str, cases: list[InputCases | None]) -> Segment:
    value = split.values[at]
    cuts = []
    for slices, filters in zip((split.before, split.after), cases, strict=True):
        if filters is None or filters.hits is None:
            msg = "an input that can be cut has cases and hits"
            raise ValueError(msg)
        part = {dimension: (value,)}
        of, hits = filters.of.having(**part), filters.hits.having(**part)
        cuts.append(Cut(int(slices.hits[at]), int(slices.of[at]), of, hits))
    points = float(split.change.parts[at])
    return Segment(value, points, split.telling(at), cuts[0], cuts[1])
