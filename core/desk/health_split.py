"""One input of one partner between two days, cut by a dimension: exact parts of its change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.desk.health_book import HealthBook
from core.partners.health_day import HealthDay, health_day
from core.partners.score_rules import Kind
from core.partners.segments import SegmentChange, Slices, split_change
from core.storage.partner_slices import InputCut, PartnerSlices
from core.storage.snapshot import Reading


@dataclass(frozen=True, eq=False, slots=True)
class InputSplit:
    """The cases of both days in the same order of ``values``, and what each value moved."""

    values: tuple[str, ...]
    before: PartnerSlices
    after: PartnerSlices
    change: SegmentChange

    def telling(self, place: int) -> float:
        """Points that a value moved beyond its share of the cases: the largest moves most by itself."""
        of, parts = self.after.of, self.change.parts
        share = float(of[place] / of.sum()) if of.sum() else 0.0
        return float(parts[place] - share * parts.sum())


def can_be_split(before: HealthBook, after: HealthBook, name: str) -> bool:
    """True for an input of both days whose cases add up: no slow tail, no mere count."""
    kinds = {book.rules.inputs[name].kind for book in (before, after)}
    recorded = all(
        name in book.cases and name in book.moment.health.names for book in (before, after)
    )
    return recorded and kinds <= {Kind.SHARE, Kind.RATIO}


class Splitter:
    """Cuts one input between two books; its cases are looked up once for all dimensions."""

    def __init__(self, reading: Reading, before: HealthBook, after: HealthBook, name: str) -> None:
        self._books, self._name, self._rules = (before, after), name, after.rules.inputs[name]
        self._cuts = [InputCut(reading, _day(book), name) for book in self._books]

    def split(self, place: int, dimension: str) -> InputSplit:
        """The change of the partner at a place of the books by the values of a dimension."""
        cuts = [one.slices(place, dimension) for one in self._cuts]
        values = tuple(dict.fromkeys((*cuts[0].values, *cuts[1].values)))
        first, last = (one.under(values) for one in cuts)
        before, after = self._books
        change = split_change(
            _slices(before, first, place, self._name),
            _slices(after, last, place, self._name),
            self._rules,
            (_weight(before, self._name), _weight(after, self._name)),
        )
        return InputSplit(values, first, last, change)


def _day(book: HealthBook) -> HealthDay:
    return health_day(book.day, book.at, book.rules)


def _slices(book: HealthBook, cut: PartnerSlices, place: int, name: str) -> Slices:
    group = int(book.moment.inputs.groups[place])
    of = float(cut.weight.sum())
    is_share = book.rules.inputs[name].kind is Kind.SHARE
    effective = float(book.moment.health.estimates[name].effective[place])
    share = effective / of if is_share and of else 1.0
    prior = book.population.prior(name, group)
    return Slices(cut.hits.astype(np.float64), cut.weight, prior, min(share, 1.0))


def _weight(book: HealthBook, name: str) -> float:
    health = book.moment.health
    return float(health.weights[health.names.index(name)])
