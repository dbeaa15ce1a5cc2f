"""Intervals of shares as counted, before any shrinking: Wilson's, for many partners at once."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from core.stats.arrays import Floats


def wilson(hits: Floats, totals: Floats, level: float) -> tuple[Floats, Floats]:
    """Lower and upper ends (Wilson 1927, without continuity correction); 0 to 1 where nothing was
    counted.
    """
    z = float(ndtri((1 + level) / 2))
    n = np.asarray(totals, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.asarray(hits, np.float64) / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    known = n > 0
    low = np.where(known, np.clip(centre - half, 0.0, 1.0), 0.0)
    high = np.where(known, np.clip(centre + half, 0.0, 1.0), 1.0)
    return low, high
