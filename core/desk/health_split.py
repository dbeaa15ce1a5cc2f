"""One input of one partner between two days, cut by a dimension: exact parts of its change.

Both days are weighed against what was usual on the first, so that the parts sum to what the
partner's own cases moved, and not to what the usual moved.
"""

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
    """The cases of both days in the same order of ``values``, and what each value moved.

    What an input hands on where the weights change stands in ``change.usual``.
    """

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
        slices = [
            self._slices(book, cut, place)
            for book, cut in zip(self._books, (first, last), strict=True)
        ]
        change = split_change(slices[0], slices[1], self._rules, self._weights())
        return InputSplit(values, first, last, change)

    def _slices(self, book: HealthBook, cut: PartnerSlices, place: int) -> Slices:
        before = self._books[0]
        group = int(before.moment.inputs.groups[place])
        of = float(cut.weight.sum())
        effective = float(book.moment.health.estimates[self._name].effective[place])
        share = effective / of if self._rules.kind is Kind.SHARE and of else 1.0
        prior = before.population.prior(self._name, group)
        return Slices(cut.hits.astype(np.float64), cut.weight, prior, min(share, 1.0))

    def _weights(self) -> tuple[float, float]:
        """Weights before, and after among the inputs that were known before."""
        before, after = self._books
        health = before.moment.health
        known = [own.weight for one, own in after.rules.inputs.items() if one in health.names]
        return float(health.weights[health.names.index(self._name)]), self._rules.weight / sum(
            known
        )


def _day(book: HealthBook) -> HealthDay:
    return health_day(book.day, book.at, book.rules)
