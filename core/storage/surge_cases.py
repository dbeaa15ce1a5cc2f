"""The cases that the scan for surges looks at: whole weeks from the first with cases, by dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.cases.filter import CaseFilter, Segment
from core.risk.incidents import Submissions
from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import Dimension, WeekedCases
from core.risk.weeks import WeekWindows
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES
from core.storage.weeked_cases import dimension_of, week_of


@dataclass(frozen=True, eq=False, slots=True)
class SurgeCases:
    """Cases by week with who sent them; ``by`` has the unknown value of the first dimension too."""

    cases: WeekedCases
    submissions: Submissions
    by: Dimension
    windows: WeekWindows


def surge_cases(
    reading: Reading, filter_: CaseFilter, look: Look, windows: WeekWindows, rules: ScanRules
) -> SurgeCases:
    """The cases of every state; weeks before the first whole one with cases are cut off."""
    found = matches(reading, filter_.having(segment=Segment.ALL), look, Extent(CASES))
    week = week_of(reading, found, windows)
    inside = found.all() & (week >= 0)
    first = _first_whole(week[inside], len(windows.mondays))
    chosen = np.flatnonzero(inside & (week >= first))
    named = {name: dimension_of(reading, found, name, chosen) for name in rules.dimensions}
    partner, _ = codes_of(reading, found, Extent(CASES), "partner")  # 0 is none
    at = found.rows.numbers(CASES.c.received_at).numbers
    return SurgeCases(
        cases=WeekedCases(
            tuple(_known(d) for d in named.values()),
            week[chosen].astype(np.int64) - first,
            len(windows.mondays) - first,
        ),
        submissions=Submissions(
            partner=partner[chosen].astype(np.int64) - 1,
            alike=named[rules.alike].codes.astype(np.int64),
            at=at[chosen],
        ),
        by=named[rules.alike],
        windows=_since(windows, first),
    )


def _first_whole(week: npt.NDArray[np.int16], weeks: int) -> int:
    """The first week that cases can have come in all through; this one at the latest."""
    first = int(week.min(initial=weeks - 1))
    return 0 if first == 0 else min(first + 1, weeks - 1)


def _since(windows: WeekWindows, first: int) -> WeekWindows:
    return WeekWindows(
        windows.mondays[first:], windows.starts[first:], windows.ends[first:], windows.days
    )


def _known(dimension: Dimension) -> Dimension:
    """The same with a negative code where the value is unknown."""
    codes = dimension.codes.astype(np.int64)
    if "" in dimension.values:
        codes = np.where(codes == dimension.values.index(""), -1, codes)
    return Dimension(dimension.name, dimension.values, codes)
