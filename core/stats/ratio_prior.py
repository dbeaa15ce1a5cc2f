"""The prior of ratios observed ÷ expected: two gammas, one for the usual cells, one for the others.

Its five numbers maximise the marginal likelihood (DuMouchel 1999), by Newton's method with the exact
curvature: the surface is flat and has saddles, where slopes alone lose their way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln

from core.stats.arrays import Bools, Floats
from core.stats.trigamma import trigamma

MOST_LOOKS = 40
LONGEST_STEP = 1.0  # of a logarithm
SHORTEST_STEP = 1e-6
LEAST_GAIN = 1e-3  # in log-likelihood; less is nothing
# Where shape, mean and share of each gamma stand among the five numbers.
PLACES = (np.ix_((0, 2, 4), (0, 2, 4)), np.ix_((1, 3, 4), (1, 3, 4)))
FLATTEST = 1e-6  # of the strongest curvature: what is flatter is taken to be no flatter


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
class _Place:
    """Log-likelihood at a place of the search, its slope and its curvature."""

    gain: float
    slope: Floats
    curve: Floats

    def uphill(self, free: Bools) -> Floats:
        """Newton's step in the free directions; where the surface bends upwards, uphill as well."""
        bends, along = np.linalg.eigh(-self.curve[np.ix_(free, free)])
        size = np.abs(bends)
        size = np.maximum(size, max(FLATTEST * float(size.max()), 1e-12))
        step = np.zeros(len(free))
        step[free] = along @ ((along.T @ self.slope[free]) / size)
        return step


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
    """Steps inside the bounds, shortened while they lead nowhere; who stands at a bound and is
    pushed beyond it stays there.
    """
    low, high = bounds
    here, longest = _look(at, y, e), LONGEST_STEP
    for _ in range(MOST_LOOKS):
        free = ~(((at <= low) & (here.slope < 0)) | ((at >= high) & (here.slope > 0)))
        if not free.any():
            break
        step = here.uphill(free)
        length = float(np.abs(step).max())
        then = np.clip(at + step * min(1.0, longest / max(length, SHORTEST_STEP)), low, high)
        there = _look(then, y, e)
        if not there.gain > here.gain:
            longest = min(longest, length) / 4
            if longest < SHORTEST_STEP:
                break
            continue
        gained, at, here = there.gain - here.gain, then, there
        longest = min(LONGEST_STEP, longest * 3)
        if gained < LEAST_GAIN:
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


def _look(packed: Floats, y: Floats, e: Floats) -> _Place:
    """The sum over cells of the logarithm of two negative binomials mixed, with its derivatives.

    They are by the logarithms of both shapes, of both means, and the logit of the usual share.
    """
    shape, mean = np.exp(packed[:2])[:, None], np.exp(packed[2:4])[:, None]  # gammas × cells
    held, total = mean * e, shape + mean * e
    log_share, beyond = np.log(shape / total), (shape + y) / total
    share = expit(np.array([[packed[4]], [-packed[4]]]))
    part = gammaln(y + shape) - gammaln(shape) + shape * log_share + y * np.log(mean / total)
    part += np.log(share)
    whole = np.logaddexp(part[0], part[1])
    belongs = np.exp(part - whole)
    by_shape = (digamma(y + shape) - digamma(shape) + log_share + 1 - beyond) * shape
    by_mean = y - beyond * held
    by_share = np.broadcast_to(np.array([[1.0], [-1.0]]) * share[::-1], part.shape)
    bend = (trigamma(y + shape) - trigamma(shape) + 1 / shape + (beyond - 2) / total) * shape**2
    bends = (bend + by_shape, (beyond - 1) * shape * held / total, -beyond * shape * held / total)
    slopes = np.stack([by_shape, by_mean, by_share], axis=1)  # gammas × parts × cells
    weighted = belongs[:, None] * slopes
    moments = weighted @ slopes.transpose(0, 2, 1)
    for (i, j), one in zip(((0, 0), (0, 1), (1, 1)), bends, strict=True):
        moments[:, i, j] += (belongs * one).sum(axis=1)
    moments[:, 1, 0] = moments[:, 0, 1]
    own = np.concatenate(
        [weighted[:, 0], weighted[:, 1], weighted[:, 2].sum(axis=0, keepdims=True)]
    )
    curve: Floats = -own @ own.T
    curve[4, 4] -= len(y) * float(share.prod())
    for places, moment in zip(PLACES, moments, strict=True):
        curve[places] += moment
    return _Place(float(whole.sum()), own.sum(axis=1), curve)
