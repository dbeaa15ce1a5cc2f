"""Ratios observed ÷ expected of many partners, each pulled towards what is usual.

One gamma prior whose mean and shape are integrated on a grid, so that intervals keep their word
also where few partners teach it. ``shrinkage`` is for the cells of a heatmap: two gammas, thousands
of cells, one best prior. Arrays have one entry per partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammainc, gammaincinv, gammaln

from core.stats.arrays import Floats
from core.stats.hyper_grid import Axis, HyperGrid, Pull, explore

MOST_LOG_SHAPE, LEAST_LOG_SHAPE = 7.0, -2.5
LOG_MEAN_LIMIT = 7.0
BINS = 256  # of expected counts, for the prior only
TABLE_LOG_SHAPES = np.linspace(-4.0, 18.0, 1200)
NO_EVIDENCE = HyperGrid(np.array([1.0]), np.array([1.0]), np.array([1.0]))


@dataclass(frozen=True, eq=False, slots=True)
class RatioPosterior:
    """A gamma distribution per partner, with mean and variance of the exact mixture."""

    shape: Floats
    rate: Floats

    @property
    def mean(self) -> Floats:
        """The best estimate."""
        found: Floats = self.shape / self.rate
        return found


def fit_ratios(observed: Floats, expected: Floats) -> HyperGrid:
    """What priors the partners speak for: means × shapes with weights.

    The hyperprior is flat in the log of the mean and in the prior's coefficient of variation.
    """
    use = expected > 0
    if not use.any() or not observed[use].any():
        return NO_EVIDENCE
    y, e = observed[use], expected[use]
    place = np.unique(np.digitize(e, np.quantile(e, np.linspace(0, 1, BINS))), return_inverse=True)
    held = place[1]
    count, events = np.bincount(held), np.bincount(held, weights=y)
    middle = np.bincount(held, weights=e) / count
    values, times = np.unique(y, return_counts=True)

    def log_density(log_means: Floats, log_shapes: Floats) -> Floats:
        mean, shape = np.exp(log_means)[:, None, None], np.exp(log_shapes)[None, :, None]
        rate = shape / mean
        gammas = (gammaln(values + shape) - gammaln(shape)) @ times
        spread = (
            count * shape * np.log(rate) - (events + count * shape) * np.log(middle + rate)
        ).sum(-1)
        found: Floats = gammas + spread - 0.5 * log_shapes
        return found

    centre = float(np.log(y.sum() / e.sum()))
    first = Axis(-LOG_MEAN_LIMIT, LOG_MEAN_LIMIT, (centre - 1.0, centre + 1.0))
    grid = explore(log_density, first, Axis(LEAST_LOG_SHAPE, MOST_LOG_SHAPE, (-0.5, 4.5)))
    return HyperGrid(np.exp(grid.first), np.exp(grid.second), grid.weights)


def ratio_pull(expected: Floats, prior: HyperGrid) -> Pull:
    """How strongly each partner's own cases count against the usual."""
    share = prior.weights / (expected[:, None] + prior.second / prior.first)
    return Pull(float(prior.first @ prior.weights), share.sum(axis=1), share @ prior.first)


def ratio_posterior(observed: Floats, expected: Floats, prior: HyperGrid) -> RatioPosterior:
    """The posterior of each partner's ratio."""
    shape = prior.second
    share = prior.weights / (expected[:, None] + shape / prior.first)
    mean = share.sum(axis=1) * observed + share @ shape
    square = share**2 / prior.weights
    second = square.sum(axis=1) * observed**2 + (square @ (2 * shape + 1)) * observed
    second += square @ (shape * (shape + 1))
    variance = np.maximum(second - mean**2, 1e-18)
    return RatioPosterior(mean**2 / variance, mean / variance)


def ratio_interval(post: RatioPosterior, level: float) -> tuple[Floats, Floats]:
    """The ends of the central interval of that level."""
    return _quantile(post, (1 - level) / 2), _quantile(post, (1 + level) / 2)


def _quantile(post: RatioPosterior, share: float) -> Floats:
    roots = np.interp(np.log(post.shape), TABLE_LOG_SHAPES, _quantile_table(share))
    found: Floats = roots**3 * post.shape / post.rate
    return found


@lru_cache(maxsize=32)
def _quantile_table(share: float) -> Floats:
    """Cube roots of quantile ÷ mean by the log of the shape (after Wilson and Hilferty 1931)."""
    shape = np.exp(TABLE_LOG_SHAPES)
    return np.cbrt(np.asarray(gammaincinv(shape, share), np.float64) / shape)


def probability_below(post: RatioPosterior, ratio: Floats | float) -> Floats:
    """P(ratio < this one)."""
    found: Floats = gammainc(post.shape, post.rate * ratio)
    return found
