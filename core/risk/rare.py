"""Slices of known values that hardly ever have cases and now have many: listed apart.

The past weeks say too little about them for a false-alarm rate; each is judged against the least
expectation that is scanned, which is more than its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from core.risk.calibration import Calibration
from core.risk.cube import Cube, Group, cells_of, proper_cells
from core.risk.finding import Condition, RareSlice
from core.risk.scan_rules import ScanRules
from core.risk.scores import poisson_llr
from core.risk.weeked_cases import Flags, Ints, WeekedCases
from core.stats.arrays import Floats


def rare_slices(
    cube: Cube, calibration: Calibration, explained: Sequence[int], rules: ScanRules
) -> tuple[RareSlice, ...]:
    """At most as many as findings; cases of findings and of rare slices before are not counted."""
    cases = cube.cases.only(cube.cases.this_week)
    for position in explained:
        cases = cases.only(~cube.members(cases, position))
    found: list[RareSlice] = []
    while len(found) < rules.most_findings:
        top = _top(cube, cases, rules)
        if top is None or top[0] < calibration.threshold:
            break
        _, group, cell, expected = top
        inside = cells_of(cases, group) == cell
        found.append(_rare(cube, group, cell, int(inside.sum()), expected))
        cases = cases.only(~inside)
    return tuple(found)


def unscanned_count(cube: Cube, rules: ScanRules) -> int:
    """Slices with cases this week that expect too few to be scanned."""
    cases = cube.cases.only(cube.cases.this_week)
    return sum(int(rare.sum()) for _, _, _, rare in _groups(cube, cases, rules))


def _groups(
    cube: Cube, cases: WeekedCases, rules: ScanRules
) -> Iterator[tuple[Group, Ints, Floats, Flags]]:
    """Each group with counts, expectations and which of its cells are rare and not empty."""
    whole = int(cube.totals[cube.baseline].sum())
    scale = float(cube.totals[-1]) / max(1, whole)
    for group, seen in cube.seen.items():
        count: Ints = np.bincount(cells_of(cases, group), minlength=len(seen))
        expected: Floats = seen.astype(np.float64) * scale
        rare = (count > 0) & (expected < rules.scanned_from_expected)
        rare &= proper_cells(group, cube.sizes(group), cube.seen, whole).ravel()
        yield group, count, expected, rare


def _top(
    cube: Cube, cases: WeekedCases, rules: ScanRules
) -> tuple[float, Group, int, float] | None:
    best: tuple[float, Group, int, float] | None = None
    for group, count, expected, rare in _groups(cube, cases, rules):
        cells = np.flatnonzero(rare)
        if len(cells) == 0:
            continue
        score = poisson_llr(count[cells], rules.scanned_from_expected)
        at = int(score.argmax())
        if best is None or score[at] > best[0]:
            best = (float(score[at]), group, int(cells[at]), float(expected[cells[at]]))
    return best


def _rare(cube: Cube, group: Group, cell: int, count: int, expected: float) -> RareSlice:
    codes = np.unravel_index(cell, cube.sizes(group))
    dimensions = [cube.cases.dimensions[at] for at in group]
    conditions = tuple(
        Condition(d.name, d.values[int(code)]) for d, code in zip(dimensions, codes, strict=True)
    )
    return RareSlice(conditions, count, expected)
