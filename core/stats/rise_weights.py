"""Weights of tests that look for a rise: larger where one could show, from the expectation alone.

The most powerful rule with one error rate marks a cell when its likelihood ratio is large (Neyman &
Pearson; Roeder & Wasserman 2009 for weights). On the scale on which a negative binomial is normal
with variance 1, that is a threshold on each cell's own p-value, and hence a weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from core.stats.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class Rise:
    """What to look for: its ratio, the odds that a mark has to beat, the least weight of a test."""

    ratio: float
    odds: float
    least: float


def rise_weights(mean: Floats, variance: Floats, tested: Bools, rise: Rise) -> Floats:
    """One weight for each test, 1 on average over those that are made, 0 for the others.

    Valid with the procedure of Benjamini and Hochberg on p ÷ weight (Genovese, Roeder & Wasserman
    2006), for the weights do not look at the counts that are tested.
    """
    found = np.zeros(len(mean))
    if not tested.any():
        return found
    mean, variance = mean[tested], variance[tested]
    alpha = np.maximum(variance / mean - 1, 1e-9) / mean
    shift = _normal(rise.ratio * mean, alpha) - _normal(mean, alpha)
    beyond = np.maximum(ndtr(-(shift / 2 + np.log(rise.odds) / shift)), 1e-300)
    found[tested] = rise.least + (1 - rise.least) * beyond / beyond.mean()
    return found


def _normal(mean: Floats, alpha: Floats) -> Floats:
    root = np.sqrt(alpha)
    found: Floats = 2 / root * np.arcsinh(root * np.sqrt(mean))
    return found
