"""Shares of many partners, each pulled towards what is usual: empirical Bayes with a beta prior.

The prior's mean and size (a + b: how many cases it weighs) are integrated on a grid. Counts may be
fractions, as when dependent cases count as fewer; arrays have one entry per partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import RectBivariateSpline
from scipy.special import betaincinv, digamma, expit, logit, ndtr, polygamma

from core.stats.arrays import Floats, Ints
from core.stats.hyper_grid import Axis, HyperGrid, Pull, explore

# A partner with more cases tells no more of how partners differ: its own share is known.
MOST_CASES = 300
LOGIT_LIMIT, LEAST_LOG_SIZE, MOST_LOG_SIZE = 9.0, -1.5, 9.0
# The table of quantiles: between its lines they change smoothly.
TABLE_LOGITS = np.linspace(-9.5, 9.5, 77)
TABLE_LOG_SIZES = np.linspace(-2.0, 16.0, 61)
NO_EVIDENCE = HyperGrid(np.array([0.5]), np.array([2.0]), np.array([1.0]))


@dataclass(frozen=True, eq=False, slots=True)
class SharePosterior:
    """A beta distribution per partner, with mean and variance of the exact mixture."""

    a: Floats
    b: Floats

    @property
    def mean(self) -> Floats:
        """The best estimate."""
        found: Floats = self.a / (self.a + self.b)
        return found


def fit_shares(hits: Floats, totals: Floats) -> HyperGrid:
    """What priors the partners speak for: means × sizes with weights.

    The hyperprior is flat in mean and in size to the power -1/2 (Gelman et al. 2013, 5.3).
    """
    use = totals > 0
    if not use.any():
        return NO_EVIDENCE
    scale = np.minimum(1.0, MOST_CASES / totals[use])
    x, n = np.rint(hits[use] * scale), np.rint(totals[use] * scale)
    tails = [_tail_counts(part) for part in (x, n - x, n)]

    def log_density(logits: Floats, log_sizes: Floats) -> Floats:
        mean, size = expit(logits)[:, None], np.exp(log_sizes)[None, :]
        good = _rising(mean * size, tails[0])
        bad = _rising((1 - mean) * size, tails[1])
        whole = _rising(size, tails[2])
        prior = np.log(mean) + np.log1p(-mean) - 0.5 * np.log(size)
        found: Floats = good + bad - whole + prior
        return found

    centre = float(logit((x.sum() + 0.5) / (n.sum() + 1.0)))
    first = Axis(-LOGIT_LIMIT, LOGIT_LIMIT, (centre - 1.0, centre + 1.0))
    grid = explore(log_density, first, Axis(LEAST_LOG_SIZE, MOST_LOG_SIZE, (0.5, 5.5)))
    return HyperGrid(expit(grid.first), np.exp(grid.second), grid.weights)


def _tail_counts(counts: Floats) -> Floats:
    """How many counts are above 0, above 1, …"""
    tally = np.bincount(counts.astype(np.int64))
    found: Floats = tally[::-1].cumsum()[::-1][1:].astype(np.float64)
    return found


def _rising(base: Floats, tails: Floats) -> Floats:
    """Sum over partners of log Γ(base + count) - log Γ(base), by the factors that they share."""
    steps = np.arange(len(tails), dtype=np.float64)
    found: Floats = np.log(base[..., None] + steps) @ tails
    return found


def share_pull(totals: Floats, prior: HyperGrid) -> Pull:
    """How strongly each partner's own cases count against the usual."""
    means, sizes, weights = prior.first, prior.second, prior.weights
    every, back = _distinct(totals)
    share = weights / (every[:, None] + sizes)
    return Pull(float(means @ weights), share.sum(axis=1)[back], (share @ means)[back])


def share_posterior(hits: Floats, totals: Floats, prior: HyperGrid) -> SharePosterior:
    """The posterior of each partner's share."""
    means, sizes, weights = prior.first, prior.second, prior.weights
    every, back = _distinct(totals)
    a = means * sizes
    one = weights / (every[:, None] + sizes)
    two = one / (every[:, None] + sizes + 1)
    mean = one.sum(axis=1)[back] * hits + (one @ a)[back]
    slope, level = (two @ (2 * a + 1))[back], (two @ (a * (a + 1)))[back]
    second = two.sum(axis=1)[back] * hits**2 + slope * hits + level
    variance = np.maximum(second - mean**2, 1e-18)
    size = np.maximum(mean * (1 - mean) / variance - 1, 1e-6)
    return SharePosterior(mean * size, (1 - mean) * size)


def _distinct(totals: Floats) -> tuple[Floats, Ints]:
    """Whole counts repeat; what hangs on them alone is worked out once for each."""
    every, back = np.unique(totals, return_inverse=True)
    return every, back


def share_interval_of(post: SharePosterior, level: float) -> tuple[Floats, Floats]:
    """The ends of the central interval of that level."""
    return share_quantile(post, (1 - level) / 2), share_quantile(post, (1 + level) / 2)


def share_quantile(post: SharePosterior, share: float) -> Floats:
    """Quantiles from a table that is made once per level; exact to about 0.0003."""
    size = post.a + post.b
    logits = np.log(post.a) - np.log(post.b)
    angle = _quantile_table(share).ev(
        np.clip(logits, TABLE_LOGITS[0], TABLE_LOGITS[-1]),
        np.clip(np.log(size), TABLE_LOG_SIZES[0], TABLE_LOG_SIZES[-1]),
    )
    found: Floats = np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2
    return found


@lru_cache(maxsize=32)
def _quantile_table(share: float) -> RectBivariateSpline:
    mean, size = expit(TABLE_LOGITS)[:, None], np.exp(TABLE_LOG_SIZES)[None, :]
    exact = betaincinv(mean * size, (1 - mean) * size, share)
    return RectBivariateSpline(TABLE_LOGITS, TABLE_LOG_SIZES, np.arcsin(np.sqrt(exact)))


def probability_above(one: SharePosterior, other: SharePosterior) -> Floats:
    """P(share of the one > share of the other), as for two windows of the same partner.

    The log-odds of a beta are near normal with known mean and variance; their difference more so.
    """
    mean, variance = log_odds(one)
    other_mean, other_variance = log_odds(other)
    found: Floats = ndtr((mean - other_mean) / np.sqrt(variance + other_variance))
    return found


def log_odds(post: SharePosterior) -> tuple[Floats, Floats]:
    """Mean and variance of the log-odds, for comparing and ranking."""
    mean: Floats = digamma(post.a) - digamma(post.b)
    variance: Floats = polygamma(1, post.a) + polygamma(1, post.b)
    return mean, variance
