"""EARS C1, C2 and C3 on young series: today against the mean and spread of the last few periods.

After Hutwagner et al. (2003), with the bounds as R ``surveillance`` computes them.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import special

from core.risk.alarms import Alarms, Counts, Flags, Reason, checked_counts, excess_score
from core.risk.detector_settings import EarsSettings, Quantile
from core.stats.arrays import Floats


def ears_c1(counts: Counts, settings: EarsSettings) -> Alarms:
    """Judge each period by the ``baseline`` periods right before it; ``counts`` (..., n)."""
    return _bounded(checked_counts(counts), settings, lag=0)


def ears_c2(counts: Counts, settings: EarsSettings) -> Alarms:
    """As C1 with ``lag`` periods left out before today, so that a slow start is no base."""
    return _bounded(checked_counts(counts), settings, lag=settings.lag)


def ears_c3(counts: Counts, settings: EarsSettings) -> Alarms:
    """Alarm when the C2 excess of the two periods before today adds up to the quantile.

    In this form, which is R's, today's own count has no say: C3 tells that a rise goes on and
    comes a period late. Use it beside C2, never alone.
    """
    counts = checked_counts(counts)
    mean, spread = _moments(counts, settings, settings.lag)
    z = _quantile(settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (counts - mean) / spread
    statistic = np.where((spread == 0) & (counts == mean), 0.0, statistic)
    excess = np.maximum(statistic - 1.0, 0.0)
    carried = np.full(counts.shape, np.nan)
    carried[..., 2:] = excess[..., 1:-1] + excess[..., :-2]
    with np.errstate(invalid="ignore"):
        upper = np.maximum(counts + spread * (z - carried), 0.0)
        alarm = carried > z
    known = ~np.isnan(carried)
    return Alarms(
        expected=np.where(known, mean, np.nan),
        upper=np.where(known, upper, np.nan),
        score=carried / z,
        alarm=alarm & known,
        reason=_reason(known),
    )


def _bounded(counts: Counts, settings: EarsSettings, *, lag: int) -> Alarms:
    mean, spread = _moments(counts, settings, lag)
    upper = mean + _quantile(settings) * spread
    known = ~np.isnan(mean)
    alarm = np.zeros(counts.shape, dtype=bool)
    alarm[known] = counts[known] > upper[known]
    score = excess_score(counts.astype(np.float64), mean, upper)
    return Alarms(mean, upper, score, alarm, _reason(known))


def _moments(counts: Counts, settings: EarsSettings, lag: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each period's baseline; NaN where it is not complete."""
    mean, spread = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    first = settings.baseline + lag
    if counts.shape[-1] > first:
        stop = counts.shape[-1] - lag - 1
        windows = sliding_window_view(counts[..., :stop], settings.baseline, axis=-1)
        mean[..., first:] = windows.mean(axis=-1)
        spread[..., first:] = windows.std(axis=-1, ddof=1)
        if settings.poisson_floor:
            # One case more or less in the whole baseline stays possible where there was none.
            likely = np.maximum(mean[..., first:], 1.0 / settings.baseline)
            spread[..., first:] = np.maximum(spread[..., first:], np.sqrt(likely))
        spread = np.maximum(spread, settings.least_sd)
    return mean, spread


def _quantile(settings: EarsSettings) -> float:
    if settings.quantile is Quantile.NORMAL:
        return float(special.ndtri(1.0 - settings.alpha))
    # The exact bound for one further normal value: the baseline's own mean and spread are guesses.
    t = float(special.stdtrit(settings.baseline - 1, 1.0 - settings.alpha))
    return t * float(np.sqrt(1.0 + 1.0 / settings.baseline))


def _reason(known: Flags) -> NDArray[np.int8]:
    return np.where(known, Reason.JUDGED, Reason.SHORT_HISTORY).astype(np.int8)
