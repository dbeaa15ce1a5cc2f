"""Rounding for the eye: figures that are shown beside their sum add up to it as they are shown."""

from __future__ import annotations

import numpy as np

from core.stats.arrays import Floats


def round_to_sum(parts: Floats, digits: int) -> Floats:
    """The parts rounded so that they sum to the rounded sum; each is off by less than one step.

    Whoever has lost most by rounding down is rounded up (Hamilton's way of giving out seats).
    """
    step = 10.0**digits
    scaled = parts * step
    low = np.floor(scaled)
    missing = round(float(scaled.sum())) - int(low.sum())
    first = np.argsort(low - scaled, kind="stable")[:missing]
    low[first] += 1
    return np.asarray(low / step, np.float64)
