"""Counts of many units over the same periods: what the periods have in common, and what one unit
did that the others did not.

Two-way fixed effects of a Poisson regression, by proportional fitting.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from core.stats.arrays import Bools, Floats

MOST_ROUNDS = 500
CLOSE_ENOUGH = 1e-10
HALF_EVENT = 0.5
MOST_SHARE = 0.95
POINTS, MOST_SPREADS = 200, 4.0  # of the spread between units: how finely, and how far


@dataclass(frozen=True, eq=False, slots=True)
class TwoWay:
    """``unit`` and ``period`` factors, and the factor of the marked cells (their mean is
    base × unit × period, times ``marked`` where marked).
    """

    unit: Floats
    period: Floats
    marked: float


@dataclass(frozen=True, eq=False, slots=True)
class Changes:
    """How much each unit changed against the common periods: a logarithm and its variance.

    ``known`` is False where a side has nothing to count from.
    """

    change: Floats
    variance: Floats
    known: Bools


def two_way(counts: Floats, base: Floats, marked: Bools | None = None) -> TwoWay:
    """Fit units × periods; a period without any count gets the factor 0."""
    mark = np.zeros(counts.shape, dtype=np.bool_) if marked is None else marked
    period, factor = np.ones(counts.shape[1]), 1.0
    unit = np.ones(counts.shape[0])
    for _ in range(MOST_ROUNDS):
        last = np.append(period, factor)
        cells = base * np.where(mark, factor, 1.0)
        unit = _ratio(counts.sum(axis=1), cells @ period)
        period = _ratio(counts.sum(axis=0), unit @ cells)
        if mark.any():
            means = base * np.outer(unit, period)
            factor = float(_ratio(counts[mark].sum(), means[mark].sum()))
        if np.abs(np.append(period, factor) - last).max() < CLOSE_ENOUGH:
            break
    # Levels of units and periods are only known together; periods are 1 on average of the base.
    scale = float(_ratio(base.sum(axis=0) @ period, base.sum()))
    return TwoWay(unit * scale, np.asarray(_ratio(period, np.full_like(period, scale))), factor)


def changes(counts: Floats, base: Floats, begin: int, *, share: bool, of: Floats) -> Changes:
    """The change of every unit at a period, when its mean is a multiple of ``base``.

    ``of`` is what counts are a part of; with ``share`` the variance is that of a share. Half an
    event is added to every side.
    """
    sides = [slice(0, begin), slice(begin, None)]
    events = [counts[:, side].sum(axis=1) for side in sides]
    expected = [base[:, side].sum(axis=1) for side in sides]
    wholes = [of[:, side].sum(axis=1) for side in sides]
    known = (expected[0] > 0) & (expected[1] > 0)
    rates = [
        np.log((event + HALF_EVENT) / np.where(known, one, 1.0))
        for event, one in zip(events, expected, strict=True)
    ]
    variance = np.zeros(len(counts))
    for event, whole in zip(events, wholes, strict=True):
        left = 1 - np.minimum(_ratio(event, whole), MOST_SHARE) if share else 1.0
        variance = variance + left / (event + HALF_EVENT)
    return Changes(rates[1] - rates[0], variance, known)


def spread_between(changed: Changes) -> float:
    """How far units change apart by themselves, beyond counting.

    The root of the mean variance under the restricted likelihood, with a flat prior of the spread:
    a best point is often nothing where units are few, and intervals made with it are too short.
    """
    y, v = changed.change[changed.known], changed.variance[changed.known]
    if len(y) < 2:
        return 0.0
    widest = MOST_SPREADS * sqrt(float(np.var(y)) + float(v.min()))
    spread = np.linspace(0.0, widest, POINTS)
    precision = 1 / (v + spread[:, None] ** 2)
    whole = precision.sum(axis=1)
    mean = precision @ y / whole
    left = (precision * (y - mean[:, None]) ** 2).sum(axis=1)
    logs = (np.log(precision).sum(axis=1) - np.log(whole) - left) / 2
    weights = np.exp(logs - logs.max())
    return sqrt(float(weights @ spread**2) / float(weights.sum()))


def widened(
    middle: float, low: float, high: float, spread: float, units: int, level: float
) -> tuple[float, float]:
    """Ends of an interval that also allow for what units do by themselves, known from so many."""
    own = float(special.stdtrit(max(units - 1, 1), (1 + level) / 2)) * spread
    return middle - sqrt((middle - low) ** 2 + own**2), middle + sqrt((high - middle) ** 2 + own**2)


def _ratio(over: Floats | float, under: Floats | float) -> Floats:
    over, under = np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    return np.asarray(np.divide(over, under, out=np.zeros_like(over), where=under > 0))
