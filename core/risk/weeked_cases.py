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

    def counted(self) -> WeekedCases:
        """The same without cases that are of none of the weeks."""
        inside: Flags = (self.week >= 0) & (self.week < self.weeks)
        return self if inside.all() else self.only(inside)

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


@dataclass(frozen=True, eq=False, slots=True)
class NewValues:
    """Which values of each dimension have no history, and those worth listing."""

    is_new: tuple[Flags, ...]  # by dimension, one entry per value
    listed: tuple[NewValue, ...]

    def of(self, cases: WeekedCases) -> Flags:
        """Which cases have a new value in some dimension."""
        found = np.zeros(len(cases.week), dtype=np.bool_)
        for dimension, new in zip(cases.dimensions, self.is_new, strict=True):
            if new.any():
                found |= np.append(new, False)[dimension.codes]  # an unknown code takes the last
        return found


def find_new_values(cases: WeekedCases, rules: ScanRules) -> NewValues:
    """The values of this week that hardly a baseline week has seen; all weeks must be counted."""
    baseline = cases.usable_weeks()[-rules.baseline_weeks :]
    is_new: list[Flags] = []
    found: list[NewValue] = []
    for dimension in cases.dimensions:
        table = _by_week(dimension, cases)
        new = (table[:, baseline] > 0).sum(axis=1) < min(rules.new_value_weeks, len(baseline))
        is_new.append(new)
        counts = np.where(new, table[:, -1], 0)
        found += [
            NewValue(dimension.name, dimension.values[place], int(counts[place]))
            for place in np.flatnonzero(counts >= rules.new_value_cases).tolist()
        ]
    listed = tuple(sorted(found, key=lambda n: (-n.count, n.dimension, n.value)))
    return NewValues(tuple(is_new), listed)


def part_new_values(
    cases: WeekedCases, rules: ScanRules
) -> tuple[WeekedCases, tuple[NewValue, ...]]:
    """The cases to scan, and the new values of this week."""
    cases = cases.counted()
    new = find_new_values(cases, rules)
    return without_new_values(cases, new), new.listed


def without_new_values(cases: WeekedCases, new: NewValues) -> WeekedCases:
    """The cases to scan."""
    has_new = new.of(cases)
    return cases.only(~has_new) if has_new.any() else cases


def _by_week(dimension: Dimension, cases: WeekedCases) -> Ints:
    """Cases of each value by week; an unknown value is left out."""
    size = len(dimension.values)
    cells = (dimension.codes + 1) * cases.weeks + cases.week
    table = np.bincount(cells, minlength=(size + 1) * cases.weeks)
    return table.reshape(size + 1, cases.weeks)[1:]
