"""Cases by week and by up to six coded dimensions: what the scan for surges is given.

Values that have no history are taken out here, to be listed apart instead of scanned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.risk.scan_rules import ScanRules

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MOST_DIMENSIONS = 6


@dataclass(frozen=True, eq=False, slots=True)
class Dimension:
    """The position of each case's value among ``values``; negative where it is unknown."""

    name: str
    values: tuple[str, ...]
    codes: Ints


@dataclass(frozen=True, eq=False, slots=True)
class WeekedCases:
    """Cases with their week: 0 is the oldest, ``weeks - 1`` this one, negative is not counted.

    ``left_out`` are weeks confirmed as surges; ``incident`` is the same number for the cases of
    one bulk submission.
    """

    dimensions: tuple[Dimension, ...]
    week: Ints
    weeks: int
    left_out: frozenset[int] = frozenset()
    incident: Ints | None = None

    def __post_init__(self) -> None:
        """Refuse what is no table of cases."""
        lengths = {len(self.week), *(len(d.codes) for d in self.dimensions)}
        if not 1 <= len(self.dimensions) <= MOST_DIMENSIONS or len(lengths) != 1:
            msg = "one to six dimensions of one length are needed"
            raise ValueError(msg)

    def only(self, chosen: Flags) -> WeekedCases:
        """The chosen cases."""
        incident = None if self.incident is None else self.incident[chosen]
        return replace(
            self,
            dimensions=tuple(replace(d, codes=d.codes[chosen]) for d in self.dimensions),
            week=self.week[chosen],
            incident=incident,
        )

    def until(self, week: int) -> WeekedCases:
        """The same as it stood in an earlier week."""
        found = self.only(self.week <= week)
        return replace(found, weeks=week + 1)

    @property
    def this_week(self) -> Flags:
        """Which cases are of this week."""
        found: Flags = self.week == self.weeks - 1
        return found

    def usable_weeks(self) -> Ints:
        """Past weeks that are not left out, oldest first."""
        past = (w for w in range(self.weeks - 1) if w not in self.left_out)
        return np.fromiter(past, dtype=np.int64)

    def in_weeks(self, weeks: Ints) -> Flags:
        """Which cases are of some weeks."""
        wanted = np.zeros(self.weeks + 1, dtype=np.bool_)
        wanted[weeks] = True
        found: Flags = wanted[self.week]
        return found


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value without history, with its cases of this week."""

    dimension: str
    value: str
    count: int


def part_new_values(
    cases: WeekedCases, rules: ScanRules
) -> tuple[WeekedCases, tuple[NewValue, ...]]:
    """The cases to scan, and the values of this week that hardly a baseline week has seen."""
    cases = cases.only((cases.week >= 0) & (cases.week < cases.weeks))
    baseline = cases.usable_weeks()[-rules.baseline_weeks :]
    keep = np.ones(len(cases.week), dtype=np.bool_)
    found: list[NewValue] = []
    for dimension in cases.dimensions:
        size, known = len(dimension.values), dimension.codes >= 0
        cells = dimension.codes[known] * cases.weeks + cases.week[known]
        table = np.bincount(cells, minlength=size * cases.weeks).reshape(size, cases.weeks)
        new = (table[:, baseline] > 0).sum(axis=1) < min(rules.new_value_weeks, len(baseline))
        keep &= ~(known & np.append(new, False)[dimension.codes])
        counts = np.where(new, table[:, -1], 0)
        found += [
            NewValue(dimension.name, dimension.values[place], int(counts[place]))
            for place in np.flatnonzero(counts >= rules.new_value_cases).tolist()
        ]
    return cases.only(keep), tuple(sorted(found, key=lambda n: (-n.count, n.dimension, n.value)))
