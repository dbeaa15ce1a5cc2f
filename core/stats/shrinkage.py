"""Ratios observed ÷ expected that small counts cannot blow up: empirical Bayes with gamma priors.

The prior is a mixture of two gammas as in DuMouchel 1999, so that a few truly high ratios do not
loosen all others and are not pulled down to them; its five numbers maximise the marginal likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammainc, gammaincinv, gammaln

from core.stats.arrays import Bools, Floats, Ints

QUANTILE_STEPS = 60
CLOSE_ENOUGH = 1e-6
# The search for the prior: steps at most, what it gains at least, and how it is held back.
SEARCH_STEPS = 40
LEAST_GAIN = 1e-3
FIRST_DAMPING, MOST_DAMPING = 1e-2, 1e8


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

    def part(self, keep: Ints) -> _Posterior:
        """Some of the ratios."""
        return _Posterior(self.shapes[keep], self.rates[keep], self.shares[keep])


def fit_prior(observed: Floats, expected: Floats, search: PriorSearch) -> RatioPrior:
    """The prior that makes these counts most likely; the start where there is too little to learn.

    Counts may be fractions: over-dispersed ones are divided by their dispersion beforehand.
    """
    use = (expected > 0) & np.isfinite(observed) & np.isfinite(expected)
    y, e = observed[use], expected[use]
    if len(y) < search.least_cells or e.sum() < search.least_expected:
        return search.start
    low, high = _bounds(search)
    return _unpacked(_search(y, e, np.clip(_packed(search.start), low, high), (low, high)))


def _search(y: Floats, e: Floats, at: Floats, bounds: tuple[Floats, Floats]) -> Floats:
    """Scoring steps with the products of the cells' own slopes as curvature, held back while they
    lead upwards; whoever stands at a bound and is pushed beyond it stays there.
    """
    low, high = bounds
    cost, slopes = _cost(at, y, e)
    damping = FIRST_DAMPING
    for _ in range(SEARCH_STEPS):
        slope = slopes.sum(axis=0)
        free = ~(((at <= low) & (slope < 0)) | ((at >= high) & (slope > 0)))
        curve = slopes[:, free].T @ slopes[:, free]
        held = curve + damping * np.diag(np.diag(curve) + 1e-9)
        then = at.copy()
        then[free] += np.linalg.solve(held, slope[free])
        then = np.clip(then, low, high)
        new_cost, new_slopes = _cost(then, y, e)
        if not new_cost < cost:
            damping *= 10
            if damping > MOST_DAMPING:
                break
            continue
        gain, at, cost, slopes = cost - new_cost, then, new_cost, new_slopes
        damping = max(damping / 10, 1e-9)
        if gain < LEAST_GAIN:
            break
    return at


def _bounds(search: PriorSearch) -> tuple[Floats, Floats]:
    ranges = (search.shape_range, search.other_shape_range, *[search.mean_range] * 2)
    shares = np.array(search.usual_share_range)
    low, high = np.vstack([np.log(np.array(ranges)), np.log(shares / (1 - shares))]).T
    return low, high


def _packed(prior: RatioPrior) -> Floats:
    shapes, rates = np.array(prior.shapes), np.array(prior.rates)
    share = np.log(prior.usual_share / (1 - prior.usual_share))
    return np.array([*np.log(shapes), *np.log(shapes / rates), share])


def _unpacked(packed: Floats) -> RatioPrior:
    shapes, means = np.exp(packed[:2]), np.exp(packed[2:4])
    rates = shapes / means
    return RatioPrior(
        (float(shapes[0]), float(shapes[1])),
        (float(rates[0]), float(rates[1])),
        float(expit(packed[4])),
    )


def _cost(packed: Floats, y: Floats, e: Floats) -> tuple[float, Floats]:
    """Minus the marginal log-likelihood, and the slopes of each cell's own part of it."""
    shape, mean = np.exp(packed[:2]), np.exp(packed[2:4])
    y, e = y[:, None], e[:, None]
    total = shape + mean * e
    log_share = np.log(shape / total)
    part = (
        gammaln(y + shape)
        - gammaln(shape)
        + shape * log_share
        + y * np.log(mean)
        - y * np.log(total)
    )
    share = expit(packed[4])
    joint = part + np.log([share, 1 - share])
    whole = np.logaddexp(joint[:, :1], joint[:, 1:])
    belongs = np.exp(joint - whole)
    by_shape = digamma(y + shape) - digamma(shape) + log_share + 1 - (shape + y) / total
    by_mean = y / mean - (shape + y) * e / total
    slopes = np.column_stack(
        [belongs * by_shape * shape, belongs * by_mean * mean, belongs[:, 0] - share]
    )
    return -float(whole.sum()), slopes


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
    belongs = np.exp(weight - np.logaddexp(weight[:, :1], weight[:, 1:]))
    return _Posterior(y + shape, e + rate, belongs)


def _quantile(post: _Posterior, share: float) -> Floats:
    """Newton steps inside a bracket: the quantile lies between those of the two gammas."""
    ends = gammaincinv(post.shapes, share) / post.rates
    low, high = ends.min(axis=1), ends.max(axis=1)
    found: Floats = (post.shares * ends).sum(axis=1)
    open_ = np.arange(len(found))  # those still on their way
    for _ in range(QUANTILE_STEPS):
        rest, at = post.part(open_), found[open_]
        scaled = rest.rates * at[:, None]
        below = (rest.shares * gammainc(rest.shapes, scaled)).sum(axis=1) - share
        low, high = np.where(below < 0, at, low), np.where(below < 0, high, at)
        step = at - below / np.maximum(_density(rest, at), 1e-300)
        outside: Bools = (step <= low) | (step >= high)
        moved = np.where(outside, (low + high) / 2, step)
        found[open_] = moved
        going = np.abs(moved - at) > CLOSE_ENOUGH * (at + CLOSE_ENOUGH)
        open_, low, high = open_[going], low[going], high[going]
        if not len(open_):
            break
    return found


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
