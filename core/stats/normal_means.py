"""Estimates with known errors, as of logarithms of a tail, each pulled towards what is usual.

Mean and spread of the normal prior are integrated on a grid (Gelman et al. 2013, 5.4). Arrays have
one entry per partner; NaN is an estimate that nobody could make, and gets the usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from core.stats.arrays import Floats
from core.stats.hyper_grid import Axis, HyperGrid, explore

LEAST_SPREAD = 1e-3
NO_EVIDENCE = HyperGrid(np.array([0.0]), np.array([1.0]), np.array([1.0]))


@dataclass(frozen=True, eq=False, slots=True)
class NormalPosterior:
    """Mean and standard deviation per partner, those of the exact mixture."""

    mean: Floats
    spread: Floats

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """The ends of the central interval of that level."""
        half = float(ndtri((1 + level) / 2)) * self.spread
        return self.mean - half, self.mean + half


def fit_means(estimates: Floats, errors: Floats) -> HyperGrid:
    """What priors the partners speak for: means × spreads with weights."""
    use = np.isfinite(estimates)
    if not use.any():
        return NO_EVIDENCE
    y, variance = estimates[use], errors[use] ** 2

    def log_density(means: Floats, log_spreads: Floats) -> Floats:
        precision = 1 / (variance + np.exp(2 * log_spreads)[:, None])
        whole, first, second = (precision @ part for part in (np.ones_like(y), y, y**2))
        logs = np.log(precision).sum(axis=1)
        mean = means[:, None]
        # Flat in the spread itself, hence its logarithm in the log-density.
        found: Floats = 0.5 * (logs - second + 2 * mean * first - mean**2 * whole) + log_spreads
        return found

    centre, wide = float(np.average(y, weights=1 / variance)), max(float(np.std(y)), 0.1)
    far = 10 * wide + 1
    first_axis = Axis(centre - far, centre + far, (centre - wide, centre + wide))
    lowest = float(np.log(LEAST_SPREAD))
    top = float(np.log(3 * wide + 1))
    grid = explore(log_density, first_axis, Axis(lowest, top, (np.log(wide) - 3, np.log(wide) + 1)))
    return HyperGrid(grid.first, np.exp(grid.second), grid.weights)


def mean_posterior(estimates: Floats, errors: Floats, prior: HyperGrid) -> NormalPosterior:
    """The posterior of each partner's mean."""
    known = np.isfinite(estimates)
    y = np.where(known, estimates, 0.0)[:, None]
    precision = np.where(known, errors, np.inf)[:, None] ** -2.0
    own = 1 / prior.second**2
    variance = 1 / (precision + own)
    means = variance * (precision * y + own * prior.first)
    mean = means @ prior.weights
    second = (variance + means**2) @ prior.weights
    return NormalPosterior(mean, np.sqrt(np.maximum(second - mean**2, 0.0)))
