"""One partner's cases of one input of health, cut by a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.partners.health_day import HealthDay
from core.partners.mix import MixRows, expected_cases
from core.partners.score_rules import Kind
from core.stats.arrays import Bools, Floats, Ints
from core.storage.partner_evidence import InputRows, ground_places, input_rows, strata_of
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES


@dataclass(frozen=True, eq=False, slots=True)
class PartnerSlices:
    """Hits and cases by value; ``weight`` are the cases, or what was expected of a ratio."""

    values: tuple[str, ...]
    hits: Ints
    of: Ints
    weight: Floats

    def under(self, values: Sequence[str]) -> PartnerSlices:
        """The same in another order, with zeros for values that it does not have."""
        place = {value: at for at, value in enumerate(self.values)}
        at = np.array([place.get(value, len(self.values)) for value in values], dtype=np.int64)
        return PartnerSlices(
            tuple(values),
            np.append(self.hits, 0)[at],
            np.append(self.of, 0)[at],
            np.append(self.weight, 0.0)[at],
        )


@dataclass(frozen=True, eq=False, slots=True)
class _Weighed:
    """All cases of an input: place among all cases, partner, hit, and what was expected of it."""

    place: npt.NDArray[np.intp]
    partner: Ints
    hit: Bools
    weight: Floats

    def of(self, partner: int) -> _Weighed:
        """Those of one partner."""
        own = np.flatnonzero(self.partner == partner)
        return _Weighed(self.place[own], self.partner[own], self.hit[own], self.weight[own])


class InputCut:
    """The cases of an input on a day, ready to be cut partner by partner within one reading."""

    def __init__(self, reading: Reading, day: HealthDay, name: str) -> None:
        self._reading, self._day, self._name = reading, day, name
        self._own: dict[int, _Weighed] = {}

    def slices(self, partner: int, dimension: str) -> PartnerSlices:
        """The cases of the partner at a place of the roster, by the values that any of them has."""
        own = self._of(partner)
        column = self._reading.evaluator(CASES).chosen(own.place).column(CASES.c[dimension])
        if not isinstance(column, Coded):
            msg = f"{dimension} is no dimension"
            raise TypeError(msg)
        count = len(column.values)
        of = np.bincount(column.codes, minlength=count)
        hits = np.bincount(column.codes[own.hit], minlength=count)
        weight = np.bincount(column.codes, weights=own.weight, minlength=count)
        seen = np.flatnonzero(of)
        values = tuple(column.values[at] for at in seen.tolist())
        return PartnerSlices(values, hits[seen], of[seen], weight[seen].astype(np.float64))

    def _of(self, partner: int) -> _Weighed:
        if partner not in self._own:
            is_ratio = self._day.rules.inputs[self._name].kind is Kind.RATIO
            self._own[partner] = self._among_all(partner) if is_ratio else self._alone(partner)
        return self._own[partner]

    def _alone(self, partner: int) -> _Weighed:
        """Cases that each weigh one need no look at those of other partners."""
        everything = self._reading.evaluator(CASES)
        theirs = everything.mask(CASES.c.partner_id == int(self._reading.roster.ids[partner]))
        places = np.flatnonzero(theirs)
        ground, chosen = ground_places(everything.chosen(places), self._day)
        found = self._rows(ground)
        alike = np.ones(len(found.partner))
        return _Weighed(places[chosen][found.places], found.partner, found.hit, alike)

    def _among_all(self, partner: int) -> _Weighed:
        """What is to be expected follows from the cases of everybody, counted once."""
        key = ("health cases", self._name, self._day.day, self._day.at)
        return self._reading.remember(key, self._count_all).of(partner)

    def _count_all(self) -> _Weighed:
        ground, chosen = ground_places(self._reading.evaluator(CASES), self._day)
        found = self._rows(ground)
        strata = strata_of(found.rows, self._name, self._day)
        alike = np.ones(len(found.partner))
        mix = MixRows(found.partner, strata, found.hit.astype(np.float64), alike)
        weight = expected_cases(mix, self._day.rules.peers.standard_cases)
        return _Weighed(chosen[found.places], found.partner, found.hit, weight)

    def _rows(self, ground: Evaluator) -> InputRows:
        found = input_rows(self._reading, ground, self._name, self._day)
        if found is None:
            msg = f"{self._name} counts no cases"
            raise ValueError(msg)
        return found
