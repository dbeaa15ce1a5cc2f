"""One input of one partner between two days, cut by a dimension: exact parts of its change.

Both days are weighed against the same usual, so that the parts sum to what the partner's own cases
moved: once against that of the first day, once against that of the last, and the mean of both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.desk.health_book import HealthBook
from core.partners.health_day import HealthDay, health_day
from core.partners.score_rules import Kind
from core.partners.segments import SegmentChange, Slices, split_change
from core.stats.hyper_grid import HyperGrid
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
        changes = [self._change(place, usual, (first, last)) for usual in self._books]
        one, other = changes
        change = SegmentChange(
            (one.values + other.values) / 2,
            (one.parts + other.parts) / 2,
            (one.usual + other.usual) / 2,
        )
        return InputSplit(values, first, last, change)

    def _change(
        self, place: int, usual: HealthBook, cuts: tuple[PartnerSlices, PartnerSlices]
    ) -> SegmentChange:
        """What moved while the usual stayed that of one of the books."""
        group = int(usual.moment.inputs.groups[place])
        prior = usual.population.prior(self._name, group)
        first, last = (
            self._slices(book, cut, place, prior)
            for book, cut in zip(self._books, cuts, strict=True)
        )
        before, after = (self._weight(book, usual) for book in self._books)
        return split_change(first, last, self._rules, (before, after))

    def _slices(self, book: HealthBook, cut: PartnerSlices, place: int, prior: HyperGrid) -> Slices:
        of = float(cut.weight.sum())
        effective = float(book.moment.health.estimates[self._name].effective[place])
        share = effective / of if self._rules.kind is Kind.SHARE and of else 1.0
        return Slices(cut.hits.astype(np.float64), cut.weight, prior, min(share, 1.0))

    def _weight(self, book: HealthBook, usual: HealthBook) -> float:
        """The weight by one book's rules among the inputs whose usual the other knows."""
        known = [
            own.weight for name, own in book.rules.inputs.items() if name in usual.population.priors
        ]
        return book.rules.inputs[self._name].weight / sum(known)


def _day(book: HealthBook) -> HealthDay:
    return health_day(book.day, book.at, book.rules)
