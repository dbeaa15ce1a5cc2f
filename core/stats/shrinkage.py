"""Ratios observed ÷ expected that small counts cannot blow up: empirical Bayes with gamma priors.

The prior is a mixture of two gammas as in DuMouchel 1999, so that a few truly high ratios do not
loosen all others and are not pulled down to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammainc, gammaln, ndtri

from core.stats.arrays import Bools, Floats, Ints
from core.stats.ratio_prior import RatioPrior

QUANTILE_STEPS = 60
CLOSE_ENOUGH = 1e-6
NEWTON_CLOSE = 1e-4  # what is left after such a step is about its square


@dataclass(frozen=True, eq=False, slots=True)
class Shrunk:
    """Posterior of each ratio: mean, geometric mean (EBGM) and the ends of the interval."""

    mean: Floats
    geometric: Floats
    low: Floats
    high: Floats
    variance: Floats


@dataclass(frozen=True, eq=False, slots=True)
class _Posterior:
    shapes: Floats
    rates: Floats
    shares: Floats

    def part(self, keep: Ints) -> _Posterior:
        """Some of the ratios."""
        return _Posterior(self.shapes[keep], self.rates[keep], self.shares[keep])


def shrink(observed: Floats, expected: Floats, prior: RatioPrior, level: float) -> Shrunk:
    """The posterior of each ratio, with its central interval of that level."""
    post = _posterior(observed, expected, prior)
    mean, variance = _moments(post)
    logs = (post.shares * (digamma(post.shapes) - np.log(post.rates))).sum(axis=1)
    ends = ((1 - level) / 2, (1 + level) / 2)
    low, high = (_quantile(post, share, (mean, np.sqrt(variance))) for share in ends)
    return Shrunk(mean, np.exp(logs), low, high, variance)


def shrunken_moments(
    observed: Floats, expected: Floats, prior: RatioPrior
) -> tuple[Floats, Floats]:
    """The mean and the variance of each ratio alone; intervals take most of the time."""
    return _moments(_posterior(observed, expected, prior))


def _moments(post: _Posterior) -> tuple[Floats, Floats]:
    means = post.shapes / post.rates
    mean = (post.shares * means).sum(axis=1)
    second = (post.shares * (means**2 + post.shapes / post.rates**2)).sum(axis=1)
    return mean, np.maximum(second - mean**2, 0.0)


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


def _quantile(post: _Posterior, share: float, moments: tuple[Floats, Floats]) -> Floats:
    """Newton steps inside a bracket that the mean and the deviation give (Cantelli)."""
    mean, deviation = moments
    odds = np.sqrt(share / (1 - share))
    low, high = np.maximum(mean - deviation / odds, 0.0), mean + deviation * odds
    start = (post.shares * _near(post, share)).sum(axis=1)
    found: Floats = np.where((start > low) & (start < high), start, (low + high) / 2)
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
        far = np.where(outside, CLOSE_ENOUGH, NEWTON_CLOSE) * (at + CLOSE_ENOUGH)
        going = np.abs(moved - at) > far
        open_, low, high = open_[going], low[going], high[going]
        if not len(open_):
            break
    return found


def _near(post: _Posterior, share: float) -> Floats:
    """The quantiles of both gammas, nearly (Wilson & Hilferty 1931)."""
    ninth = 1 / (9 * post.shapes)
    root = np.maximum(1 - ninth + ndtri(share) * np.sqrt(ninth), 0.0)
    found: Floats = post.shapes / post.rates * root**3
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
