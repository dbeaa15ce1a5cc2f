"""Re-reviewed cases counted by what they are alike in, and the slices of such counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.gaps.mining_rules import MiningRules
from core.stats.arrays import Bools, Floats, Ints


@dataclass(frozen=True, eq=False, slots=True)
class ReviewedCases:
    """Re-reviewed cases: by dimension the value of each, and whether it is a hit: overturned,
    or overturned for some reason.

    ``event`` is the same number for cases that can be one event (alike, of one partner, at one
    time); negative where a case stands for itself.
    """

    values: dict[str, tuple[str, ...]]
    codes: dict[str, Ints]
    hit: Bools
    event: Ints | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """Cases alike in every dimension counted together."""

    values: dict[str, tuple[str, ...]]
    codes: dict[str, Ints]  # of each cell
    totals: Floats
    cell_of: Ints  # of each case


@dataclass(frozen=True, eq=False, slots=True)
class Family:
    """Slices over the same dimensions; a cell is in one of them or in none (negative)."""

    names: tuple[str, ...]
    slice_of: Ints
    inside: Ints  # the cells that are in a slice
    slice_inside: Ints  # and in which
    codes: tuple[Ints, ...]  # of each slice, by dimension
    totals: Floats

    def sums(self, numbers: Floats) -> Floats:
        """Of each slice the sum of what its cells have."""
        return sums(self.slice_inside, numbers[self.inside], len(self.totals))

    def sums_of(self, cells: Ints, numbers: Floats) -> Floats:
        """The same of some cells alone, with a number of each."""
        own = self.slice_of[cells]
        known = own >= 0
        return sums(own[known], numbers[known], len(self.totals))


@dataclass(frozen=True, eq=False, slots=True)
class CountedSlices:
    """Cells and the slices over them: the same for every kind of hit."""

    cells: Cells
    families: tuple[Family, ...]


def sums(places: Ints, numbers: npt.NDArray[Any], size: int) -> Floats:
    """The sum of the numbers at each place."""
    return np.bincount(places, numbers, size).astype(np.float64)


def count_cells(cases: ReviewedCases, names: Sequence[str]) -> Cells:
    """Cells in the order of their codes."""
    key = np.zeros(len(cases.hit), dtype=np.int64)
    for name in names:
        key = key * max(1, len(cases.values[name])) + cases.codes[name]
    every, place = np.unique(key, return_inverse=True)
    codes: dict[str, Ints] = {}
    rest = every
    for name in reversed(names):
        rest, codes[name] = np.divmod(rest, max(1, len(cases.values[name])))
    return Cells(
        values={name: cases.values[name] for name in names},
        codes=codes,
        totals=np.bincount(place, minlength=len(every)).astype(np.float64),
        cell_of=place,
    )


def count_slices(cases: ReviewedCases, rules: MiningRules) -> CountedSlices:
    """The slices that have enough cases and no unknown value."""
    cells = count_cells(cases, rules.factors)
    found = tuple(_family(cells, names, rules.least_reviewed) for names in rules.slices)
    return CountedSlices(cells, found)


def _family(cells: Cells, names: tuple[str, ...], least: int) -> Family:
    key = np.zeros(len(cells.totals), dtype=np.int64)
    known = np.ones(len(cells.totals), dtype=np.bool_)
    for name in names:
        words = cells.values[name]
        key = key * max(1, len(words)) + cells.codes[name]
        if "" in words:
            known &= cells.codes[name] != words.index("")
    every, place = np.unique(key, return_inverse=True)
    totals = sums(place, cells.totals * known, len(every))
    kept = totals >= least
    renamed = np.where(kept, np.cumsum(kept) - 1, -1)
    slice_of = np.where(known, renamed[place], -1)
    inside = np.flatnonzero(slice_of >= 0)
    codes = []
    for name in names:
        own = np.zeros(int(kept.sum()), dtype=np.int64)
        own[slice_of[inside]] = cells.codes[name][inside]
        codes.append(own)
    return Family(names, slice_of, inside, slice_of[inside], tuple(codes), totals[kept])
