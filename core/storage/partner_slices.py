"""One partner's cases of one input of health, cut by a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.partners.health_day import HealthDay
from core.partners.mix import MixRows, expected_cases
from core.partners.score_rules import Kind
from core.stats.arrays import Floats, Ints
from core.storage.partner_evidence import ground_rows, input_rows, strata_of
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded
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


class InputCut:
    """All cases of an input on a day, ready to be cut partner by partner within one reading."""

    def __init__(self, reading: Reading, day: HealthDay, name: str) -> None:
        rows = input_rows(reading, ground_rows(reading, day), name, day)
        if rows is None:
            msg = f"{name} counts no cases"
            raise ValueError(msg)
        self._rows = rows
        self._weight = np.ones(len(rows.partner))
        if day.rules.inputs[name].kind is Kind.RATIO:
            strata = strata_of(rows.rows, name, day)
            mix = MixRows(rows.partner, strata, rows.hit.astype(np.float64), self._weight)
            self._weight = expected_cases(mix, day.rules.peers.standard_cases)

    def slices(self, partner: int, dimension: str) -> PartnerSlices:
        """The cases of the partner at a place of the roster, by the values that any of them has."""
        own = np.flatnonzero(self._rows.partner == partner)
        column = self._rows.rows.chosen(own).column(CASES.c[dimension])
        if not isinstance(column, Coded):
            msg = f"{dimension} is no dimension"
            raise TypeError(msg)
        count = len(column.values)
        of = np.bincount(column.codes, minlength=count)
        hits = np.bincount(column.codes[self._rows.hit[own]], minlength=count)
        weight = np.bincount(column.codes, weights=self._weight[own], minlength=count)
        seen = np.flatnonzero(of)
        values = tuple(column.values[at] for at in seen.tolist())
        return PartnerSlices(values, hits[seen], of[seen], weight[seen].astype(np.float64))
