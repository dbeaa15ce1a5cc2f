"""One week judged: the scan's findings as a page shows them, and the headline beside them.

Everything here is small enough to be remembered; the arrays it was made from are let go of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, nan
from typing import Any

from core.cases.filter import CaseFilter
from core.risk.cell_rules import cell_rules
from core.risk.detector_settings import detectors
from core.risk.finding import Condition, Finding, ScanResult, Slice
from core.risk.headline import Headline, headlines
from core.risk.scan import Prepared, prepare, scan
from core.risk.scan_rules import ScanRules
from core.risk.scan_weeks import (
    Values,
    counted_only,
    not_counted,
    only_this_week,
    slice_weeks,
    whole_count,
)
from core.risk.weeks import DAYS_PER_WEEK, WeekWindows, weeks_of
from core.storage.surge_cases import SurgeCases

Progress = Callable[[float, str], None]
NONE: Values = {}


@dataclass(frozen=True, slots=True)
class WeekMark:
    """A week of a slice; ``parts`` make the filter of exactly the counted cases."""

    first_day: date
    last_day: date
    count: int
    expected: float  # NaN where nothing could be expected
    low: float
    high: float
    parts: Mapping[str, object]

    def of(self, ground: CaseFilter, zone: str) -> CaseFilter:
        """The cases that the mark counts."""
        return ground.but(zone=zone, **self.parts)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding with its weeks, the last of which is its own, and the cases folded under it."""

    finding: Finding
    weeks: tuple[WeekMark, ...]
    related: tuple[WeekMark, ...]  # this week of each related slice

    @property
    def mark(self) -> WeekMark:
        """The week that was found."""
        return self.weeks[-1]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts on a week."""

    headlines: tuple[Headline, ...]
    result: ScanResult
    sightings: tuple[Sighting, ...]
    rare: tuple[WeekMark, ...]  # of each rare slice, in the order of the result
    small: tuple[WeekMark, ...]  # of each value that is not detectable
    not_counted: int  # cases that the scan does not count because of a new value
    history_weeks: int


def judge(
    found: SurgeCases, confirmed: frozenset[date], rules: ScanRules, progress: Progress
) -> Judged:
    """Scan the last week of the cases; weeks confirmed as surges are no history."""
    windows = found.windows
    left_out = frozenset(at for at, day in enumerate(windows.mondays) if day in confirmed)
    cases = replace(found.cases, left_out=left_out)
    weeks = weeks_of(windows, cell_rules().expectation.rest_day_share)
    rows = headlines(cases, found.by, windows.mondays, weeks, rules, detectors())
    if windows.days < DAYS_PER_WEEK:
        # A drift is told of whole weeks: parts of several are no range of days to open.
        rows = tuple(replace(row, drift=None) for row in rows)
    ready = prepare(cases, rules, found.submissions, progress)
    result = scan(ready)
    progress(1.0, "Done")
    now = only_this_week(ready)
    return Judged(
        headlines=rows,
        result=result,
        sightings=tuple(_sighting(ready, now, windows, one) for one in result.findings),
        rare=tuple(_now(now, windows, one.slice, one.expected) for one in result.rare),
        small=tuple(
            _now(now, windows, (Condition(s.dimension, s.value),), s.expected)
            for s in result.not_detectable
        ),
        not_counted=not_counted(now),
        history_weeks=len(windows.mondays) - 1,
    )


def _sighting(ready: Prepared, now: Prepared, windows: WeekWindows, finding: Finding) -> Sighting:
    shown = slice_weeks(ready, finding.slice)
    first = len(windows.mondays) - len(shown.count)
    named = counted_only(ready, finding.slice, len(shown.count))
    marks = [
        WeekMark(
            count=int(shown.count[at]),
            expected=float(shown.expected[at]),
            low=float(shown.low[at]),
            high=float(shown.high[at]),
            **_where(windows, first + at, finding.slice, named.get(first + at, NONE)),
        )
        for at in range(len(shown.count))
    ]
    related = tuple(_now(now, windows, one.slice, one.expected) for one in finding.related)
    return Sighting(finding, tuple(marks), related)


def _now(now: Prepared, windows: WeekWindows, slice_: Slice, expected: float) -> WeekMark:
    """This week of a slice, with all of its counted cases."""
    last = len(windows.mondays) - 1
    named = counted_only(now, slice_, 1).get(last, NONE)
    return WeekMark(
        count=whole_count(now, slice_),
        expected=expected,
        low=nan,
        high=nan,
        **_where(windows, last, slice_, named),
    )


def _where(windows: WeekWindows, at: int, slice_: Slice, named: Values) -> dict[str, Any]:
    first = windows.mondays[at]
    last = first + timedelta(days=ceil(windows.days) - 1)
    parts: dict[str, object] = {"received_from": first, "received_to": last, **named}
    parts |= {c.dimension: (c.value,) for c in slice_}
    return {"first_day": first, "last_day": last, "parts": parts}
