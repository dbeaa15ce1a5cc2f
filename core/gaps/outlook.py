"""What the next weeks will bring if nothing changes: a level that follows its past, with intervals.

Old weeks fade, so that a gap that has just opened is foreseen at its present level. A count to come
is negative binomial with the variance of its weeks, of their level, and of what the level may still
do; of the cases to come a beta-distributed share goes wrong. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv

from core.gaps.impact_rules import ImpactRules, OutlookRules
from core.stats.arrays import Floats
from core.stats.negative_binomial import quantile

HALF_EVENT = 0.5  # Jeffreys: no case in all weeks does not mean that none can come
KEPT = 1024


@dataclass(frozen=True, slots=True)
class Predicted:
    """A number to come: its mean, its variance and the ends of its interval."""

    mean: float
    variance: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ripe:
    """Cases old enough to know how they went: by week how many, and how many of them are hits."""

    cases: tuple[int, ...]
    hits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """Working time of the ripe cases: how many, its mean and variance in microseconds."""

    cases: int
    mean: float
    variance: float


def cases_to_come(weekly: tuple[int, ...], rules: ImpactRules) -> Predicted | None:
    """Cases of the next weeks from those of the known ones, oldest first; None with too few weeks."""
    if len(weekly) < rules.outlook.least_weeks:
        return None
    return _cases_to_come(weekly, rules.outlook, rules.interval)


@lru_cache(KEPT)
def _cases_to_come(weekly: tuple[int, ...], rules: OutlookRules, level: float) -> Predicted:
    counts = np.array(weekly, dtype=np.float64)
    weight = np.power(rules.fading, np.arange(len(counts), dtype=np.float64)[::-1])
    total = float(weight.sum())
    mean = (float(weight @ counts) + HALF_EVENT) / total
    alpha = _dispersion(counts, weight, mean, rules)
    own = mean + alpha * mean**2
    unsure = own * float(weight @ weight) / total**2 + (rules.drift * mean) ** 2
    return _count(rules.weeks * mean, rules.weeks * own + rules.weeks**2 * unsure, level)


def _dispersion(counts: Floats, weight: Floats, mean: float, rules: OutlookRules) -> float:
    """By moments around the level, with the usual one as so many weeks that say it."""
    total = float(weight.sum())
    lost = 1 - float(weight @ weight) / total**2
    excess = float(weight @ ((counts - mean) ** 2 / lost - mean))
    # A week tells of dispersion as far as it has cases: with a mean below one hardly anything.
    said, prior = total * mean**2, rules.dispersion_weeks * max(mean, 1.0) ** 2
    return max(0.0, (excess + rules.dispersion * prior) / (said + prior))


def hits_to_come(cases: Predicted, ripe: Ripe, usual: float, rules: ImpactRules) -> Predicted:
    """How many of the cases to come will be hits, by the share of the ripe ones.

    ``usual`` is the share of the whole desk, which counts for a few cases. Shares that differ from
    week to week more than chance would count as fewer cases.
    """
    return _hits_to_come(cases, ripe, usual, rules.outlook, rules.interval)


@lru_cache(KEPT)
def _hits_to_come(
    cases: Predicted, ripe: Ripe, usual: float, rules: OutlookRules, level: float
) -> Predicted:
    n, x = np.array(ripe.cases, dtype=np.float64), np.array(ripe.hits, dtype=np.float64)
    spread = _overdispersion(n, x)
    prior = rules.share_cases
    a = float(x.sum()) / spread + prior * usual
    size = float(n.sum()) / spread + prior
    share = a / size
    unsure = share * (1 - share) / (size + 1)
    inside = spread * cases.mean * (share * (1 - share) - unsure)
    variance = inside + cases.variance * share**2 + (cases.mean**2 + cases.variance) * unsure
    return _count(cases.mean * share, variance, level)


def _overdispersion(n: Floats, x: Floats) -> float:
    """Variance of weekly shares over what chance gives; 1 where it cannot be told."""
    seen = n > 0
    weeks, share = int(seen.sum()), float(x.sum()) / max(float(n.sum()), 1.0)
    if weeks < 2 or not 0 < share < 1:
        return 1.0
    squares = (x[seen] - n[seen] * share) ** 2 / (n[seen] * share * (1 - share))
    return max(1.0, float(squares.sum()) / (weeks - 1))


def time_to_come(cases: Predicted, spent: Spent, rules: ImpactRules) -> Predicted | None:
    """Working time of the cases to come; None where fewer than two ripe cases say how long one takes.

    A sum of very different times is near a gamma distribution of the same mean and variance.
    """
    if spent.cases < 2 or spent.mean <= 0:
        return None
    unsure = spent.variance / spent.cases
    mean = cases.mean * spent.mean
    variance = cases.mean * spent.variance + cases.variance * spent.mean**2
    variance += (cases.mean**2 + cases.variance) * unsure
    shape = mean**2 / variance
    low, high = (
        float(gammaincinv(shape, share)) * variance / mean for share in _ends(rules.interval)
    )
    return Predicted(mean, variance, low, high)


def _count(mean: float, variance: float, level: float) -> Predicted:
    low, high = (quantile(share, mean, variance) for share in _ends(level))
    return Predicted(mean, variance, float(low), float(high))


def _ends(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def square_root_scale(predicted: Predicted) -> tuple[float, float]:
    """Mean and spread of the root of a count, which is nearer to normal than the count."""
    root = math.sqrt(predicted.mean + 3 / 8)
    return root, math.sqrt(predicted.variance) / (2 * root)
