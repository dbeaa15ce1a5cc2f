"""The weekly headline: what each detector says of one count series per value, and of all together.

Farrington's where the history reaches back far enough, else EARS C2; beside it a CUSUM for a rise
too small for one week to show. The scan over slices is apart from this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from core.risk.alarms import Reason
from core.risk.cusum import cusum
from core.risk.detector_settings import Detectors
from core.risk.ears import ears_c2
from core.risk.expectation import Expectation, History, expect
from core.risk.farrington import farrington
from core.risk.run_length import reference_value
from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import Dimension, Flags, Ints, WeekedCases
from core.risk.weeks import Weeks
from core.stats.arrays import Floats

ALL = 0  # the row of all cases together


class Detector(StrEnum):
    """Which detector judged the week."""

    FARRINGTON = "farrington"
    EARS = "ears"


@dataclass(frozen=True, slots=True)
class Drift:
    """What came in since a sum began to grow, against what the weeks before that promise."""

    since: int  # week
    count: int
    expected: float
    alarm: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """This week of one series; ``value`` is ``None`` for all cases together.

    ``expected`` and ``upper`` are NaN where the detector cannot say, and ``reason`` says why.
    """

    value: str | None
    count: int
    expected: float
    upper: float
    score: float
    alarm: bool
    reason: Reason
    detector: Detector
    drift: Drift | None

    @property
    def can_say(self) -> bool:
        """True when there was enough to judge by."""
        return self.reason <= Reason.FEW_CASES


def headlines(
    cases: WeekedCases,
    by: Dimension,
    mondays: Sequence[date],
    weeks: Weeks,
    rules: ScanRules,
    detectors: Detectors,
) -> tuple[Headline, ...]:
    """All cases first, then each value of a dimension, the furthest above its bound first."""
    if cases.weeks < 2 or not len(cases.week):
        return ()
    table = _table(cases, by)
    skip = np.zeros(cases.weeks, dtype=np.bool_)
    skip[sorted(cases.left_out)] = True
    drifts = _drifts(table, weeks, rules, detectors)
    names = [None, *by.values]
    rows = [
        _headline(name, row, mondays[0], skip, drift, detectors)
        for name, row, drift in zip(names, table, drifts, strict=True)
        if name is None or row.any()
    ]
    return (rows[ALL], *sorted(rows[ALL + 1 :], key=_rank))


def _rank(row: Headline) -> tuple[bool, float, int]:
    return (not row.can_say, -row.score if row.can_say else 0.0, -row.count)


def _table(cases: WeekedCases, by: Dimension) -> Ints:
    """Counts of all, then of each value, by week."""
    size = len(by.values)
    code = np.where(by.codes < 0, size, by.codes)
    counted = np.bincount(code * cases.weeks + cases.week, minlength=(size + 1) * cases.weeks)
    table = counted.reshape(size + 1, cases.weeks)
    return np.vstack([table.sum(axis=0), table[:size]])


def _headline(
    name: str | None,
    counts: Ints,
    first_on: date,
    skip: Flags,
    drift: Drift | None,
    detectors: Detectors,
) -> Headline:
    detector = Detector.FARRINGTON
    settings = detectors.farrington_flexible
    told = farrington(counts, first_on, settings, since=counts.size - 1, left_out=skip)
    if Reason(int(told.reason[-1])) in {Reason.SHORT_HISTORY, Reason.NOT_FITTED}:
        detector, told = Detector.EARS, ears_c2(counts, detectors.ears)
    return Headline(
        value=name,
        count=int(counts[-1]),
        expected=float(told.expected[-1]),
        upper=float(told.upper[-1]),
        score=float(told.score[-1]),
        alarm=bool(told.alarm[-1]),
        reason=Reason(int(told.reason[-1])),
        detector=detector,
        drift=drift,
    )


def _drifts(
    table: Ints, weeks: Weeks, rules: ScanRules, detectors: Detectors
) -> list[Drift | None]:
    """The drift of each row over the last weeks, expected from the weeks before those."""
    last = rules.drift_weeks
    if table.shape[1] <= last:
        return [None] * len(table)
    # The first row is all others together, so that its shape is not theirs.
    rows = (np.arange(len(table)) > ALL).astype(np.int64)
    found = expect(History(table[:, :-last], weeks.part(0, -last), rows), weeks.part(-last))
    return [_drift(row, found, at, detectors) for at, row in enumerate(table[:, -last:])]


def _drift(counts: Ints, found: Expectation, at: int, detectors: Detectors) -> Drift | None:
    expected: Floats = found.weekly[at]
    if not found.enough[at] or not np.isfinite(expected).all():
        return None
    settings = detectors.cusum
    dispersion = float(f"{found.dispersion[at]:.2g}")  # so that series share decision intervals
    above = counts - reference_value(expected, settings.ratio, dispersion)
    if np.cumsum(above[::-1]).max() <= 0:
        return None  # no growth up to now: whatever the interval, there is no alarm
    told = cusum(counts, expected, settings, dispersion=dispersion)
    since = int(told.since[-1])
    if since < 0:
        return None
    return Drift(
        since=since - len(counts),
        count=int(counts[since:].sum()),
        expected=float(expected[since:].sum()),
        alarm=bool(told.alarms.alarm[-1]),
    )
