"""Every slice of up to three conditions that this week expects enough cases in, counted by week.

A slice fixes values of some dimensions; a cell is a combination of values of a group of dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import Flags, Ints, WeekedCases
from core.stats.arrays import Floats

ANY = -1  # the slice has no condition on that dimension
NOT_KEPT = -1
Places = npt.NDArray[np.int32]
Group = tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Cube:
    """Slices with their counts; ``place`` finds the slice of a cell of each group."""

    cases: WeekedCases
    place: Mapping[Group, Places]
    slices: npt.NDArray[np.int32]  # slice by dimension: the code, or ANY
    counts: npt.NDArray[np.int32]  # slice by week
    totals: Ints  # by week
    seen: Mapping[Group, Ints]  # cases of the baseline in every cell of each group
    baseline: Ints  # weeks that this week's expectation comes from

    def members(self, cases: WeekedCases, position: int) -> Flags:
        """Which cases are in a slice."""
        inside = np.ones(len(cases.week), dtype=np.bool_)
        for dimension, code in zip(cases.dimensions, self.slices[position].tolist(), strict=True):
            if code != ANY:
                inside &= dimension.codes == code
        return inside

    def weigh(self, cases: WeekedCases, weight: Floats | None = None) -> Floats:
        """The weight of some cases in every slice; their number without weights."""
        found = np.zeros(len(self.slices))
        for group, place in self.place.items():
            at = place[cells_of(cases, group)]
            kept = at != NOT_KEPT
            sums = np.bincount(
                at[kept],
                weights=None if weight is None else weight[kept],
                minlength=len(self.slices),
            )
            found += sums
        return found

    def sizes(self, group: Group) -> tuple[int, ...]:
        """Values of the dimensions of a group, unknown among them."""
        return tuple(_size(self.cases, at) for at in group)

    def kin(self, position: int) -> tuple[Flags, Flags]:
        """Slices with fewer of the same conditions, and those with more; the slice is in neither."""
        own = self.slices[position]
        same, free = self.slices == own, self.slices == ANY
        parents = (same | free).all(axis=1)
        children = (same | (own == ANY)).all(axis=1)
        parents[position] = children[position] = False
        return parents, children


def cells_of(cases: WeekedCases, group: Group) -> Ints:
    """The cell of each case in a group of dimensions, whose unknown codes stand last."""
    first, *others = group
    found = cases.dimensions[first].codes
    for at in others:
        found = found * _size(cases, at) + cases.dimensions[at].codes
    return found


def groups_of(cases: WeekedCases, rules: ScanRules) -> Iterator[Group]:
    """Groups of one dimension, then of two, then of three."""
    for size in range(1, rules.most_conditions + 1):
        yield from combinations(range(len(cases.dimensions)), size)


def make_cube(
    cases: WeekedCases, rules: ScanRules, progress: Callable[[float], None] | None = None
) -> Cube:
    """Count the slices of cases without new values; ``part_new_values`` goes before."""
    _refuse_too_wide(cases, rules)
    cases = _unknown_last(cases)
    totals = np.bincount(cases.week, minlength=cases.weeks)
    baseline = cases.usable_weeks()[-rules.baseline_weeks :]
    whole = int(totals[baseline].sum())
    least = rules.scanned_from_expected * whole / max(1, totals[-1])
    seen: dict[Group, Ints] = {}
    place: dict[Group, Places] = {}
    slices, counts, cells = [], [], _Cells(cases)
    before = np.flatnonzero(cases.in_weeks(baseline))
    first = 0
    groups = list(groups_of(cases, rules))
    for number, group in enumerate(groups):
        if progress is not None:
            progress(number / len(groups))
        sizes = tuple(_size(cases, at) for at in group)
        own = cells.of(group)
        seen[group] = np.bincount(own[before], minlength=prod(sizes))
        enough = (seen[group] >= max(1, least)).reshape(sizes)
        kept = np.flatnonzero(enough & proper_cells(group, sizes, seen, whole))
        local = np.full(prod(sizes), len(kept), dtype=np.int64)
        local[kept] = np.arange(len(kept))
        place[group] = np.where(local < len(kept), first + local, NOT_KEPT).astype(np.int32)
        slices.append(_codes_of(group, sizes, kept, len(cases.dimensions)))
        counts.append(_by_week(own, local, cases, len(kept)))
        first += len(kept)
    return Cube(
        cases, place, np.concatenate(slices), np.concatenate(counts), totals, seen, baseline
    )


def proper_cells(
    group: Group, sizes: tuple[int, ...], seen: Mapping[Group, Ints], whole: int
) -> Flags:
    """Cells without an unknown value that are not the very same cases as with a condition less."""
    own = seen[group].reshape(sizes)
    found = np.ones(sizes, dtype=np.bool_)
    for axis in range(len(group)):
        found[(slice(None),) * axis + (-1,)] = False
        parent = (*group[:axis], *group[axis + 1 :])
        if parent:
            rest = (*sizes[:axis], *sizes[axis + 1 :])
            found &= own != np.expand_dims(seen[parent].reshape(rest), axis)
        else:
            found &= own != whole
    return found


def _size(cases: WeekedCases, at: int) -> int:
    return len(cases.dimensions[at].values) + 1


def _unknown_last(cases: WeekedCases) -> WeekedCases:
    dimensions = tuple(
        replace(d, codes=np.where(d.codes < 0, len(d.values), d.codes)) for d in cases.dimensions
    )
    return replace(cases, dimensions=dimensions)


def _codes_of(
    group: Group, sizes: tuple[int, ...], kept: Ints, width: int
) -> npt.NDArray[np.int32]:
    found = np.full((len(kept), width), ANY, dtype=np.int32)
    for at, codes in zip(group, np.unravel_index(kept, sizes), strict=True):
        found[:, at] = codes
    return found


def _by_week(own: Ints, local: Ints, cases: WeekedCases, kept: int) -> npt.NDArray[np.int32]:
    at = (local * cases.weeks)[own]  # a table of cells is shorter than the cases
    at += cases.week
    table = np.bincount(at, minlength=(kept + 1) * cases.weeks)
    return table.reshape(kept + 1, cases.weeks)[:kept].astype(np.int32)


class _Cells:
    """The cell of each case, group after group; those of the last pair begin those of a triple."""

    def __init__(self, cases: WeekedCases) -> None:
        self._cases = cases
        self._pair: tuple[Group, Ints] | None = None

    def of(self, group: Group) -> Ints:
        """As ``cells_of``; quick when groups that begin alike follow each other."""
        *begin, last = group
        if len(group) <= 2:
            return cells_of(self._cases, group)
        lead = tuple(begin)
        if self._pair is None or self._pair[0] != lead:
            self._pair = (lead, cells_of(self._cases, lead))
        return self._pair[1] * _size(self._cases, last) + self._cases.dimensions[last].codes


def _refuse_too_wide(cases: WeekedCases, rules: ScanRules) -> None:
    for group in groups_of(cases, rules):
        if prod(_size(cases, at) for at in group) > rules.most_cells:
            names = " × ".join(cases.dimensions[at].name for at in group)
            raise BadInput(
                f"{names} has more combinations than can be counted",
                at="scan for surges",
                hint="group the values of the largest dimension",
            )
