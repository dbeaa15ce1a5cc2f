"""The weeks of a slice: how many cases, how many were to be expected, and which cases they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from core.risk.calibration import past_expectations
from core.risk.cube import NOT_KEPT
from core.risk.finding import Slice
from core.risk.scan import Prepared
from core.risk.weeked_cases import Flags, Ints, WeekedCases
from core.stats.arrays import Floats

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False, slots=True)
class SliceWeeks:
    """The last weeks of a slice, this one last; NaN where nothing could be expected.

    ``low`` and ``high`` bound the counts of quiet weeks as the rules of the scan say.
    """

    count: Ints
    expected: Floats
    low: Floats
    high: Floats


def position_of(ready: Prepared, slice_: Slice) -> int | None:
    """Where a slice stands among those that are scanned."""
    dimensions = ready.cube.cases.dimensions
    wanted = {c.dimension: c.value for c in slice_}
    group = tuple(at for at, d in enumerate(dimensions) if d.name in wanted)
    if group not in ready.cube.place or len(group) != len(wanted):
        return None
    codes = [dimensions[at].values.index(wanted[dimensions[at].name]) for at in group]
    cell = int(np.ravel_multi_index(codes, ready.cube.sizes(group)))
    found = int(ready.cube.place[group][cell])
    return None if found == NOT_KEPT else found


def slice_weeks(ready: Prepared, slice_: Slice) -> SliceWeeks:
    """What the chart of a slice shows."""
    position = position_of(ready, slice_)
    cube, rules = ready.cube, ready.rules
    shown = slice(-rules.shown_weeks, None)
    if position is None:
        nothing = np.full(min(rules.shown_weeks, cube.cases.weeks), np.nan)
        return SliceWeeks(np.zeros(len(nothing), np.int64), nothing, nothing, nothing)
    count = cube.counts[position].astype(np.int64)
    expected = np.full(cube.cases.weeks, np.nan)
    usable = cube.cases.usable_weeks()
    if len(usable) > rules.least_baseline_weeks:
        row = count[None, usable].astype(np.float64)
        past = past_expectations(row, cube.totals[usable].astype(np.float64), rules)
        expected[usable[rules.least_baseline_weeks :]] = past[0]
    expected[-1] = ready.calibration.share[position] * cube.totals[-1]
    spread = np.sqrt(expected * ready.calibration.dispersion[position])
    reach = float(special.ndtri(0.5 + rules.band / 2)) * spread
    low = np.maximum(0.0, expected - reach)
    return SliceWeeks(count[shown], expected[shown], low[shown], (expected + reach)[shown])


def counted_only(ready: Prepared, slice_: Slice, weeks: int) -> dict[int, Values]:
    """By week, the values that a filter of the slice must name to hold the counted cases alone.

    Cases with a new value elsewhere are not counted; a week without such cases is not in it.
    """
    given = ready.given
    recent = given.only(_inside(given, slice_) & (given.week >= given.weeks - weeks))
    hidden = ready.new.of(recent)
    free = [d.name for d in given.dimensions if d.name not in {c.dimension for c in slice_}]
    found = {}
    for week in np.unique(recent.week[hidden]).tolist():
        of_week = recent.week == week
        found[int(week)] = _named(recent, of_week, hidden, free)
    return found


def only_this_week(ready: Prepared) -> Prepared:
    """The same with this week's cases as all that is given: enough to look at its slices by."""
    return replace(ready, given=ready.given.only(ready.given.this_week), submissions=None)


def whole_count(ready: Prepared, slice_: Slice) -> int:
    """Counted cases of this week in a slice, whatever explains them."""
    own = ready.given.only(_inside(ready.given, slice_) & ready.given.this_week)
    return int((~ready.new.of(own)).sum())


def not_counted(ready: Prepared) -> int:
    """Cases of this week that no slice counts, because one of their values is new."""
    return int((ready.new.of(ready.given) & ready.given.this_week).sum())


def _named(cases: WeekedCases, rows: Flags, hidden: Flags, free: list[str]) -> Values:
    """Of each free dimension that hides a case, the values of those that are counted."""
    named = {}
    for dimension in cases.dimensions:
        counted = np.unique(dimension.codes[rows & ~hidden])
        away = np.unique(dimension.codes[rows & hidden])
        if dimension.name in free and not np.isin(away, counted).all():
            words = tuple("" if code < 0 else dimension.values[code] for code in counted.tolist())
            named[dimension.name] = words
    return named


def _inside(cases: WeekedCases, slice_: Slice) -> Flags:
    inside = np.ones(len(cases.week), dtype=np.bool_)
    wanted = {c.dimension: c.value for c in slice_}
    for dimension in cases.dimensions:
        if dimension.name in wanted:
            inside &= dimension.codes == dimension.values.index(wanted[dimension.name])
    return inside
