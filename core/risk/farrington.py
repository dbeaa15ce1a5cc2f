"""Farrington's weekly detector, original and flexible: this week against the same weeks before.

Quasi-Poisson regression with trend and seasonal levels, past outbreaks weighted down, the last
weeks left out; after Farrington et al. (1996) and Noufaily et al. (2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import exp
from typing import NamedTuple

import numpy as np

from core.risk.alarms import Alarms, Counts, Flags, Reason, checked_counts
from core.risk.detector_settings import FarringtonSettings, Threshold
from core.risk.thresholds import Bounds, delta_bounds, nb_bounds
from core.stats.arrays import Floats, Ints
from core.stats.quasi_poisson import Fit, anscombe_residuals, fit_quasi_poisson

DAYS = 7


class Row(NamedTuple):
    """What is said of one week."""

    expected: float
    upper: float
    score: float
    alarm: bool
    reason: Reason


def _silent(reason: Reason) -> Row:
    return Row(float("nan"), float("nan"), float("nan"), alarm=False, reason=reason)


@dataclass(frozen=True, slots=True)
class Base:
    """The past weeks that one week is judged by: their indices (n,) and seasonal levels (n,)."""

    weeks: Ints
    levels: Ints


def farrington(
    counts: Counts,
    first_on: date,
    settings: FarringtonSettings,
    *,
    since: int = 0,
    left_out: Flags | None = None,
) -> Alarms:
    """Judge the weeks from index ``since`` on; the arrays have one row for each of these.

    ``counts`` (n,) are weekly without gaps and ``first_on`` is the first day of the first week;
    ``left_out`` (n,) marks past weeks that are no base, such as confirmed surges.
    """
    counts = checked_counts(counts)
    skip = np.zeros(counts.shape, dtype=bool) if left_out is None else left_out
    rows = [_week(counts, first_on, settings, t, skip) for t in range(since, counts.size)]
    told = np.asarray(rows, dtype=np.float64).reshape(-1, len(Row._fields)).T
    expected, upper, score, alarm, reason = told
    return Alarms(expected, upper, score, alarm.astype(bool), reason.astype(np.int8))


def down_weights(residuals: Floats, above: float) -> Floats:
    """Weights (n,) that fall with the square of a residual beyond ``above`` and sum to n."""
    raw = np.ones_like(residuals)
    large = residuals > above
    raw[large] = residuals[large] ** -2.0
    return np.asarray(raw * (residuals.size / raw.sum()))


def base_weeks(first_on: date, week: int, settings: FarringtonSettings) -> Base | None:
    """The base of one week, or nothing where the series does not reach back far enough."""
    anchors = [_years_back(first_on, week, years) for years in range(settings.years + 1)]
    begin = anchors[-1] - settings.half_window
    if begin < 0:
        return None
    levels = np.zeros(week + 1, dtype=np.int64)
    for later, earlier in pairwise(anchors):
        _fill(levels, earlier, later, settings)
    # The weeks just before today belong to the window of today.
    levels[week - settings.half_window :] = settings.seasons
    levels[max(week - settings.skip_weeks, 0) :] = 0
    weeks = np.flatnonzero(levels)
    return Base(weeks, levels[weeks])


def _fill(levels: Ints, earlier: int, later: int, settings: FarringtonSettings) -> None:
    """Set the levels from one window to the next: the window the last level, the rest in blocks."""
    w, rest = settings.half_window, settings.seasons - 1
    levels[earlier - w : earlier + w + 1] = settings.seasons
    between = np.arange(earlier + w + 1, later - w)
    if rest:
        # array_split gives the first blocks the week that is left over.
        for level, block in enumerate(np.array_split(between, rest), 1):
            levels[block] = level


def _years_back(first_on: date, week: int, years: int) -> int:
    """The week that begins nearest to the same date so many years earlier."""
    day = first_on + timedelta(days=DAYS * week)
    try:
        earlier = day.replace(year=day.year - years)
    except ValueError:  # 29 February
        earlier = date(day.year - years, 3, 1)
    return ((earlier - first_on).days + DAYS // 2) // DAYS


def _week(
    counts: Counts, first_on: date, settings: FarringtonSettings, week: int, skip: Flags
) -> Row:
    base = base_weeks(first_on, week, settings)
    if base is None:
        return _silent(Reason.SHORT_HISTORY)
    past = counts[base.weeks].astype(np.float64)
    kept = ~skip[base.weeks]
    if kept.any() and not past[kept].any():
        return _silent(Reason.NO_CASES_BEFORE)
    base, past = _with_cases(Base(base.weeks[kept], base.levels[kept]), past[kept])
    if past.size <= np.unique(base.levels).size + 2:
        return _silent(Reason.SHORT_HISTORY)
    found = _fitted(past, base, week, settings)
    if found is None:
        return _silent(Reason.NOT_FITTED)
    fit, row = found
    eta, bounds = _bounds(fit, row, int(counts[week]), settings)
    recent = counts[max(week - settings.least_weeks + 1, 0) : week + 1]
    enough = int(recent.sum()) >= settings.least_cases
    reason = Reason.JUDGED if enough else Reason.FEW_CASES
    alarm = enough and bool(counts[week] > bounds.upper)
    return Row(exp(eta), bounds.upper, bounds.score, alarm, reason)


def _with_cases(base: Base, past: Floats) -> tuple[Base, Floats]:
    """The base without seasons that never had a case: their level would be minus infinity.

    Where the season of today is one of them, the year as a whole stands in for it.
    """
    today = int(base.levels.max(initial=0))
    seen = np.isin(base.levels, np.unique(base.levels[past > 0]))
    if not seen[base.levels == today].any():
        return Base(base.weeks, np.full_like(base.levels, today)), past
    return Base(base.weeks[seen], base.levels[seen]), past[seen]


def _bounds(
    fit: Fit, row: Floats, count: int, settings: FarringtonSettings
) -> tuple[float, Bounds]:
    eta, se = fit.predict(row, fit.phi)
    if settings.threshold is Threshold.DELTA:
        mean = exp(eta)
        bounds = delta_bounds(
            mean, mean * se, fit.phi, count, alpha=settings.alpha, power=settings.power
        )
    else:
        bounds = nb_bounds(
            eta, se, fit.phi, count, alpha=settings.alpha, threshold=settings.threshold
        )
    return eta, bounds


def _fitted(
    past: Floats, base: Base, week: int, settings: FarringtonSettings
) -> tuple[Fit, Floats] | None:
    """The fit with trend where the trend earns its place, else the one without."""
    if settings.years >= 3 and settings.trend_p > 0:
        design, row = _design(base, week, trend=True)
        fit = _reweighted(past, design, settings.weight_above)
        if fit is not None:
            expected = exp(fit.predict(row, 1.0)[0])
            sure = settings.trend_p >= 1 or fit.p_value(design.shape[1] - 1) < settings.trend_p
            # A trend that leads beyond all that was ever seen is not believed.
            if sure and expected <= past.max():
                return fit, row
    design, row = _design(base, week, trend=False)
    fit = _reweighted(past, design, settings.weight_above)
    return None if fit is None else (fit, row)


def _design(base: Base, week: int, *, trend: bool) -> tuple[Floats, Floats]:
    """Design (n, p) and the row (p,) of the judged week, whose level is the last."""
    present = np.unique(base.levels)
    columns = [(base.levels == level).astype(np.float64) for level in present]
    row = (present == present[-1]).astype(np.float64)
    if trend:
        # Counted back from the judged week, so that its own row is zero and the numbers stay small.
        columns.append((base.weeks - week) / 52.0)
        row = np.append(row, 0.0)
    return np.column_stack(columns), row


def _reweighted(past: Floats, design: Floats, above: float) -> Fit | None:
    first = fit_quasi_poisson(past, design)
    if not first.converged:
        return None
    weights = down_weights(anscombe_residuals(past, first, first.phi), above)
    second = fit_quasi_poisson(past, design, weights=weights)
    return second if second.converged else None
