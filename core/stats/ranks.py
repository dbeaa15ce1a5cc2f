"""Ranks with their uncertainty: where each of many stands, given that none is known exactly.

Each has a normal distribution on any common scale (log-odds of a share, points of a score); rank 1
is the lowest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.stats.arrays import Floats

POINTS = 64


@dataclass(frozen=True, eq=False, slots=True)
class Ranks:
    """Expected rank, the ends of its interval, and P(among the lowest share)."""

    expected: Floats
    low: Floats
    high: Floats
    in_lowest: Floats


def ranks(mean: Floats, spread: Floats, level: float, lowest: float) -> Ranks:
    """Ranks among all that are given; ``lowest`` is the share that counts as the lowest.

    How many others stand below a point is a sum over many, so nearly certain beside a partner's
    own uncertainty; its own variance is added all the same, which matters among few.
    """
    count = len(mean)
    if not count:
        return Ranks(*(np.empty(0) for _ in range(4)))
    spread = np.maximum(spread, 1e-9)
    grid, below, unsure = _standing(mean, spread)
    z = float(ndtri((1 + level) / 2))
    own_low, own_high = (np.interp(mean + side * z * spread, grid, below) for side in (-1, 1))
    here = np.interp(mean, grid, below) - 0.5
    noise = z**2 * np.maximum(np.interp(mean, grid, unsure) - 0.25, 0.0)
    low = here - np.sqrt((here - (own_low - ndtr(-z))) ** 2 + noise)
    high = here + np.sqrt((own_high - ndtr(z) - here) ** 2 + noise)
    border = float(np.interp(lowest * count, below, grid))
    return Ranks(
        1 + here,
        np.clip(np.floor(1 + low), 1, count),
        np.clip(np.ceil(1 + high), 1, count),
        ndtr((border - mean) / spread),
    )


def _standing(mean: Floats, spread: Floats) -> tuple[Floats, Floats, Floats]:
    """A grid over the scale, and of how many are below each point: the mean and the variance."""
    ends = np.concatenate([mean - 4 * spread, mean + 4 * spread])
    grid = np.unique(np.quantile(ends, np.linspace(0, 1, POINTS)))
    share = ndtr((grid[:, None] - mean) / spread)
    return grid, share.sum(axis=1), (share * (1 - share)).sum(axis=1)
