"""CUSUM of counts: finds a small rise that lasts, which no single period shows.

The sum grows by what a count has over its reference value and never falls below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.risk.alarms import Alarms, Counts, Reason, checked_counts
from core.risk.detector_settings import CusumSettings
from core.risk.run_length import decision_interval, reference_value
from core.stats.arrays import Floats


@dataclass(frozen=True, slots=True)
class Drift:
    """The sums of one series (n,), their decision interval, and since when each sum has grown.

    ``since`` (n,) is the first period of the growth that a period is part of, -1 where there is
    none; ``alarms.upper`` is the count that would have brought the alarm in that period.
    """

    alarms: Alarms
    total: Floats
    interval: float
    since: NDArray[np.int64]


def cusum(
    counts: Counts, expected: Floats, settings: CusumSettings, *, dispersion: float = 0.0
) -> Drift:
    """Follow one series; ``counts`` (n,), ``expected`` (n,) without a rise, NaN where not known.

    The variance is ``expected + dispersion · expected²``. The decision interval is that of the
    mean expectation, so the stated run holds as far as expectations do not vary much. A period
    whose expectation is not known, or nought, leaves the sum as it is.
    """
    counts = checked_counts(counts)
    if counts.shape != expected.shape:
        raise BadInput("Each count needs its expectation.", at=f"{counts.size} counts")
    known = np.isfinite(expected) & (expected > 0)
    if not known.any():
        return _unknown(counts, expected)
    interval = decision_interval(
        _rounded(float(expected[known].mean())),
        settings.ratio,
        settings.quiet_run,
        parts=settings.parts,
        dispersion=dispersion,
    )
    k = reference_value(np.where(known, expected, np.nan), settings.ratio, dispersion)
    before, total, since = _sums(counts, k, interval, settings)
    alarm = known & (total >= interval)
    upper = np.where(known, interval + k - before, np.nan)
    score = np.where(known, total / interval, np.nan)
    reason = _reasons(expected, known)
    told = Alarms(np.where(known, expected, np.nan), upper, score, alarm, reason)
    return Drift(told, total, interval, since)


def _sums(
    counts: Counts, k: Floats, interval: float, settings: CusumSettings
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """The sum before and after each period, and where its growth began."""
    before, total = np.zeros(counts.shape), np.zeros(counts.shape)
    since = np.full(counts.shape, -1, dtype=np.int64)
    held, begun = settings.head_start_share * interval, -1
    for period, (count, reference) in enumerate(zip(counts.tolist(), k.tolist(), strict=True)):
        before[period] = held
        if not isnan(reference):
            grown = held + count - reference
            # Without the ceiling one great surge would sound for months.
            held = min(max(0.0, grown), settings.ceiling * interval)
            begun = -1 if held == 0.0 else (period if begun < 0 else begun)
        total[period], since[period] = held, begun
    return before, total, since


def _reasons(expected: Floats, known: NDArray[np.bool_]) -> NDArray[np.int8]:
    why = np.where(np.isfinite(expected), Reason.NO_CASES_BEFORE, Reason.SHORT_HISTORY)
    return np.where(known, Reason.JUDGED, why).astype(np.int8)


def _rounded(mean: float) -> float:
    """Three significant digits: near enough for the interval, and then the result is kept."""
    return float(f"{mean:.3g}")


def _unknown(counts: Counts, expected: Floats) -> Drift:
    nothing = np.full(counts.shape, np.nan)
    quiet = np.zeros(counts.shape, dtype=bool)
    told = Alarms(nothing, nothing, nothing, quiet, _reasons(expected, quiet))
    since = np.full(counts.shape, -1, dtype=np.int64)
    return Drift(told, np.zeros(counts.shape), float("nan"), since)
