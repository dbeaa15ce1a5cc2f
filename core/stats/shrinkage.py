"""Ratios observed ÷ expected that small counts cannot blow up: empirical Bayes with gamma priors.

The prior is a mixture of two gammas as in DuMouchel 1999, so that a few truly high ratios do not
loosen all others and are not pulled down to them; its five numbers maximise the marginal likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, expit, gammainc, gammaincinv, gammaln, logsumexp

from core.stats.arrays import Bools, Floats

QUANTILE_STEPS = 60
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class RatioPrior:
    """Two gammas for the ratio: the usual cells and the others, and the share of the usual ones."""

    shapes: tuple[float, float]
    rates: tuple[float, float]
    usual_share: float

    @property
    def mean(self) -> float:
        """The ratio that a cell without any evidence gets."""
        usual, other = (s / r for s, r in zip(self.shapes, self.rates, strict=True))
        return self.usual_share * usual + (1 - self.usual_share) * other


@dataclass(frozen=True, eq=False, slots=True)
class Shrunk:
    """Posterior of each ratio: mean, geometric mean (EBGM) and the ends of the interval."""

    mean: Floats
    geometric: Floats
    low: Floats
    high: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class PriorSearch:
    """Where the search starts, what it may not leave, and how many cells it needs at least."""

    start: RatioPrior
    shape_range: tuple[float, float]
    other_shape_range: tuple[float, float]
    mean_range: tuple[float, float]
    usual_share_range: tuple[float, float]
    least_cells: int
    least_expected: float


@dataclass(frozen=True, eq=False, slots=True)
class _Posterior:
    shapes: Floats
    rates: Floats
    shares: Floats


def fit_prior(observed: Floats, expected: Floats, search: PriorSearch) -> RatioPrior:
    """The prior that makes these counts most likely; the start where there is too little to learn.

    Counts may be fractions: over-dispersed ones are divided by their dispersion beforehand.
    """
    use = (expected > 0) & np.isfinite(observed) & np.isfinite(expected)
    y, e = observed[use], expected[use]
    if len(y) < search.least_cells or e.sum() < search.least_expected:
        return search.start
    bounds = _bounds(search)
    found = minimize(
        _cost, _packed(search.start, bounds), (y, e), jac=True, method="L-BFGS-B", bounds=bounds
    )
    return _unpacked(found.x) if np.isfinite(found.fun) else search.start


def _bounds(search: PriorSearch) -> list[tuple[float, float]]:
    ranges = (search.shape_range, search.other_shape_range, *[search.mean_range] * 2)
    logs = [(float(np.log(low)), float(np.log(high))) for low, high in ranges]
    low, high = search.usual_share_range
    return [*logs, (float(np.log(low / (1 - low))), float(np.log(high / (1 - high))))]


def _packed(prior: RatioPrior, bounds: list[tuple[float, float]]) -> Floats:
    shapes, rates = np.array(prior.shapes), np.array(prior.rates)
    share = np.log(prior.usual_share / (1 - prior.usual_share))
    packed = np.array([*np.log(shapes), *np.log(shapes / rates), share])
    low, high = np.array(bounds).T
    found: Floats = np.clip(packed, low, high)
    return found


def _unpacked(packed: Floats) -> RatioPrior:
    shapes, means = np.exp(packed[:2]), np.exp(packed[2:4])
    rates = shapes / means
    return RatioPrior(
        (float(shapes[0]), float(shapes[1])),
        (float(rates[0]), float(rates[1])),
        float(expit(packed[4])),
    )


def _cost(packed: Floats, y: Floats, e: Floats) -> tuple[float, Floats]:
    """Minus the marginal log-likelihood and its gradient; one column for each gamma."""
    shape, mean = np.exp(packed[:2]), np.exp(packed[2:4])
    y, e = y[:, None], e[:, None]
    total = shape + mean * e
    part = (
        gammaln(y + shape)
        - gammaln(shape)
        + shape * np.log(shape / total)
        + y * np.log(mean * e / total)
    )
    share = expit(packed[4])
    joint = part + np.log([share, 1 - share])
    whole = logsumexp(joint, axis=1, keepdims=True)
    belongs = np.exp(joint - whole)
    by_shape = digamma(y + shape) - digamma(shape) + np.log(shape / total) + 1 - (shape + y) / total
    by_mean = y / mean - (shape + y) * e / total
    slope = np.concatenate(
        [
            (belongs * by_shape * shape).sum(axis=0),
            (belongs * by_mean * mean).sum(axis=0),
            [(belongs[:, 0] - share).sum()],
        ]
    )
    constant = gammaln(y + 1).sum()
    return -float(whole.sum() - constant), -slope


def shrink(observed: Floats, expected: Floats, prior: RatioPrior, level: float) -> Shrunk:
    """The posterior of each ratio, with its central interval of that level."""
    post = _posterior(observed, expected, prior)
    means = post.shapes / post.rates
    mean = (post.shares * means).sum(axis=1)
    second = (post.shares * (means**2 + post.shapes / post.rates**2)).sum(axis=1)
    logs = (post.shares * (digamma(post.shapes) - np.log(post.rates))).sum(axis=1)
    return Shrunk(
        mean,
        np.exp(logs),
        _quantile(post, (1 - level) / 2),
        _quantile(post, (1 + level) / 2),
        np.maximum(second - mean**2, 0.0),
    )


def _posterior(observed: Floats, expected: Floats, prior: RatioPrior) -> _Posterior:
    y, e = observed[:, None], expected[:, None]
    shape, rate = np.array(prior.shapes), np.array(prior.rates)
    share = np.array([prior.usual_share, 1 - prior.usual_share])
    weight = (
        gammaln(y + shape)
        - gammaln(shape)
        + shape * np.log(rate / (rate + e))
        - y * np.log(rate + e)
        + np.log(share)
    )
    belongs = np.exp(weight - logsumexp(weight, axis=1, keepdims=True))
    return _Posterior(y + shape, e + rate, belongs)


def _quantile(post: _Posterior, share: float) -> Floats:
    """Newton steps inside a bracket: the quantile lies between those of the two gammas."""
    ends = gammaincinv(post.shapes, share) / post.rates
    low, high = ends.min(axis=1), ends.max(axis=1)
    at: Floats = (post.shares * ends).sum(axis=1)
    for _ in range(QUANTILE_STEPS):
        scaled = post.rates * at[:, None]
        below = (post.shares * gammainc(post.shapes, scaled)).sum(axis=1) - share
        low, high = np.where(below < 0, at, low), np.where(below < 0, high, at)
        step = at - below / np.maximum(_density(post, at), 1e-300)
        outside: Bools = (step <= low) | (step >= high)
        moved = np.where(outside, (low + high) / 2, step)
        done = bool(np.all(np.abs(moved - at) <= CLOSE_ENOUGH * (at + CLOSE_ENOUGH)))
        at = moved
        if done:
            break
    return at


def _density(post: _Posterior, at: Floats) -> Floats:
    x = np.maximum(at, 1e-300)[:, None]
    log_density = (
        post.shapes * np.log(post.rates)
        + (post.shapes - 1) * np.log(x)
        - post.rates * x
        - gammaln(post.shapes)
    )
    found: Floats = (post.shares * np.exp(log_density)).sum(axis=1)
    return found
