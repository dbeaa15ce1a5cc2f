"""Shifts of log-odds of many groups against what was expected, each pulled towards none.

Adaptive shrinkage after Stephens 2017: the prior is a mixture of normals around zero, its weights
are learnt from all groups, so that a few far ones do not make the many near ones look moved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from core.stats.arrays import Bools, Floats, Ints
from core.stats.blocks import blocks

# Fine near none; wide enough for a share of one in a hundred that becomes one in two.
SHIFTS = np.concatenate(
    [np.arange(-5.0, -2.0, 0.25), np.arange(-40, 41) / 20, np.arange(2.25, 5.25, 0.25)]
)
FINENESS = np.gradient(SHIFTS)
SPREADS = np.array([0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2])  # of the normals; the first is no shift
STEPS = 60
# Stephens' penalty: as if so many more groups had been seen that are not moved at all.
NULL_WEIGHT = 3.0


@dataclass(frozen=True, eq=False, slots=True)
class Shares:
    """Hits of groups, how many were looked at, and the share of hits that was expected.

    ``spread`` says how much wider than by chance such counts vary: dependent cases count as fewer.
    """

    hits: Floats
    totals: Floats
    expected: Floats
    spread: float = 1.0

    def only(self, chosen: Bools | Ints) -> Shares:
        """The chosen groups."""
        return Shares(self.hits[chosen], self.totals[chosen], self.expected[chosen], self.spread)


@dataclass(frozen=True, eq=False, slots=True)
class ShiftPosterior:
    """For each group the weight of each shift, and the share of hits that each would give."""

    weight: Floats  # groups x shifts
    share: Floats

    def only(self, chosen: Bools) -> ShiftPosterior:
        """Of the chosen groups."""
        return ShiftPosterior(self.weight[chosen], self.share[chosen])

    @property
    def mean(self) -> Floats:
        """The best estimate of each share."""
        found: Floats = (self.weight * self.share).sum(axis=1)
        return found

    def above(self, least: Floats) -> Floats:
        """The probability that the share is at least so much."""
        found: Floats = (self.weight * (self.share >= least[:, None])).sum(axis=1)
        return found

    def quantile(self, level: float) -> Floats:
        """The share that the true one is below with that probability, between the grid's lines."""
        cumulated = self.weight.cumsum(axis=1) - self.weight / 2
        rows = zip(cumulated, self.share, strict=True)
        return np.array([np.interp(level, c, s) for c, s in rows])


def log_likelihood(shares: Shares) -> Floats:
    """Of each group under each shift, up to a constant of the group."""
    base = _bounded(shares.expected)
    moved = expit(base[:, None] + SHIFTS)
    hits, misses = shares.hits[:, None], (shares.totals - shares.hits)[:, None]
    found: Floats = (hits * np.log(moved) + misses * np.log1p(-moved)) / shares.spread
    return found


def evidence(shares: Shares) -> Floats:
    """Log-likelihood gained by letting the share be what was seen; 0 where it is not above."""
    n, e = shares.totals, expit(_bounded(shares.expected))
    y = shares.hits
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(y > 0, y * np.log(y / (n * e)), 0.0)
        rest = np.where(n > y, (n - y) * np.log((n - y) / (n * (1 - e))), 0.0)
    found: Floats = np.where(y > n * e, (own + rest) / shares.spread, 0.0)
    return found


def fit_shifts(shares: Shares) -> Floats:
    """The weights of the prior that the groups speak for, one for each of ``SPREADS``."""
    components = _components()
    gain = np.empty((len(shares.hits), len(SPREADS)))
    for rows in blocks(len(gain)):
        some = log_likelihood(_part(shares, rows))
        gain[rows] = np.exp(some - some.max(axis=1, keepdims=True)) @ components.T
    weights = np.full(len(SPREADS), 1 / len(SPREADS))
    for _ in range(STEPS):
        own = gain * weights
        own /= own.sum(axis=1, keepdims=True)
        counts = own.sum(axis=0)
        counts[0] += NULL_WEIGHT
        weights = counts / counts.sum()
    return weights


def shift_posterior(shares: Shares, weights: Floats) -> ShiftPosterior:
    """The posterior of each group's share."""
    told = log_likelihood(shares)
    found = np.exp(told - told.max(axis=1, keepdims=True)) * (weights @ _components())
    found /= found.sum(axis=1, keepdims=True)
    return ShiftPosterior(found, expit(_bounded(shares.expected)[:, None] + SHIFTS))


def _components() -> Floats:
    """The density of each normal of the prior on the grid, summing to one."""
    found = np.exp(-0.5 * (SHIFTS / np.maximum(SPREADS[:, None], 0.01)) ** 2) * FINENESS
    normed: Floats = found / found.sum(axis=1, keepdims=True)
    return normed


def _bounded(share: Floats) -> Floats:
    found: Floats = np.asarray(logit(np.clip(share, 1e-4, 1 - 1e-4)))
    return found


def _part(shares: Shares, rows: slice) -> Shares:
    return Shares(shares.hits[rows], shares.totals[rows], shares.expected[rows], shares.spread)
