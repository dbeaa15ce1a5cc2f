"""How far people agree who judged the same things: Krippendorff's alpha, and its interval.

Any number of judges, with gaps; the coincidences of values are counted (Krippendorff 2011).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from core.stats.arrays import Floats, Ints


class Metric(StrEnum):
    """How far two values lie apart."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def alpha(unit: Ints, value: Floats, metric: Metric = Metric.NOMINAL) -> float:
    """Agreement over judgements, each of a unit; NaN where no unit was judged twice.

    1 is perfect, 0 what chance would give; all values the same say nothing, which is NaN too.
    """
    values, codes = np.unique(value, return_inverse=True)
    units, places = np.unique(unit, return_inverse=True)
    counts = np.bincount(places * len(values) + codes, minlength=len(units) * len(values))
    return _alpha(counts.reshape(len(units), len(values)).astype(np.float64), values, metric)


def alpha_interval(
    unit: Ints, value: Floats, level: float, seed: int, draws: int = 1_000
) -> tuple[float, float]:
    """The interval of nominal alpha when other units had been drawn (bootstrap over units)."""
    values, codes = np.unique(value, return_inverse=True)
    units, places = np.unique(unit, return_inverse=True)
    counts = np.bincount(places * len(values) + codes, minlength=len(units) * len(values))
    table = counts.reshape(len(units), len(values)).astype(np.float64)
    rng = np.random.default_rng(seed)
    drawn = [
        _alpha(table[rng.integers(0, len(table), len(table))], values, Metric.NOMINAL)
        for _ in range(draws if len(table) else 0)
    ]
    known = np.array([one for one in drawn if not np.isnan(one)])
    if not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _alpha(table: Floats, values: Floats, metric: Metric) -> float:
    """Of how often each unit got each value."""
    table = table[table.sum(axis=1) >= 2]
    judged = table.sum(axis=1)
    pairs = (table / (judged - 1)[:, None]).T @ table - np.diag(
        (table / (judged - 1)[:, None]).sum(0)
    )
    sums = pairs.sum(axis=0)
    total = sums.sum()
    apart = _apart(values, sums, metric)
    by_chance = (np.outer(sums, sums) * apart).sum() / max(1.0, total - 1)
    if total < 2 or by_chance == 0:
        return float("nan")
    return float(1 - (pairs * apart).sum() / by_chance)


def _apart(values: Floats, sums: Floats, metric: Metric) -> Floats:
    """The squared distance of each two values."""
    one, other = values[:, None], values[None, :]
    if metric is Metric.NOMINAL:
        return np.asarray(one != other, dtype=np.float64)
    if metric is Metric.INTERVAL:
        return np.asarray((one - other) ** 2, dtype=np.float64)
    if metric is Metric.RATIO:
        both = np.where(one + other == 0, 1.0, one + other)
        return np.asarray(((one - other) / both) ** 2, dtype=np.float64)
    upto = np.cumsum(sums) - sums / 2
    return np.asarray((upto[:, None] - upto[None, :]) ** 2, dtype=np.float64)
