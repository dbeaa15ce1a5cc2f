"""The step in a series of counts whose noise carries over from one period to the next.

On top of counting, the logarithm of the mean varies like a first-order autoregression. Its spread
and its carry are not estimated and then taken for known, which makes intervals too short, but
integrated over a grid by restricted likelihood (docs/decisions/0031).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from scipy import optimize, special

from core.stats.arrays import Bools, Floats
from core.stats.interrupted_series import STEP, Ratio

UNKNOWN = 1e12  # variance of a period in which nothing could be counted
MOST_SHARE = 0.95  # fitted shares beyond it would claim to be free of error
PLAIN_ROUNDS, GRID_ROUNDS = 30, 2
CLOSE_ENOUGH = 1e-8
NEGLIGIBLE = 1e-8  # weights that move no end of an interval
LONGEST_STEP = 2.0
FURTHEST = 40.0  # standard errors within which an end of an interval is looked for


@dataclass(frozen=True, eq=False, slots=True)
class Counted:
    """Counts of neighbouring periods; the mean is a multiple of ``base`` (0: nothing to count).

    ``whole`` is what counts are a part of, as overturns of re-reviewed cases. ``base_error`` is the
    variance of the logarithm of a base that was itself counted.
    """

    counts: Floats
    base: Floats
    whole: Floats | None = None
    base_error: Floats | None = None

    @property
    def known(self) -> Bools:
        """Periods in which something could be counted."""
        return self.base > 0

    def part(self, keep: slice) -> Counted:
        """Some neighbouring periods."""
        whole, error = (None if v is None else v[keep] for v in (self.whole, self.base_error))
        return Counted(self.counts[keep], self.base[keep], whole, error)


@dataclass(frozen=True, eq=False, slots=True)
class Noise:
    """The grid that spread and carry are integrated on.

    ``carries`` have a prior of (1 - carry) to ``power``, spreads a half-normal one of ``scale``.
    """

    spreads: tuple[float, ...]
    carries: tuple[float, ...]
    power: float
    scale: float

    def points(self) -> tuple[Floats, Floats, Floats]:
        """Spread, carry and log-prior of every point."""
        spread, carry = (np.array(one, dtype=np.float64) for one in (self.spreads, self.carries))
        edges = np.concatenate([spread[:1], (spread[1:] + spread[:-1]) / 2, spread[-1:]])
        of_spread = np.log(np.diff(edges)) - (spread / self.scale) ** 2 / 2
        prior = (of_spread[:, None] + self.power * np.log1p(-carry)[None, :]).ravel()
        return np.repeat(spread, len(carry)), np.tile(carry, len(spread)), prior


@dataclass(frozen=True, eq=False, slots=True)
class StepFit:
    """What the grid says: a mixture of Student's t for every coefficient, by ``weights``."""

    columns: Floats
    base: Floats
    means: Floats  # points × coefficients
    covariances: Floats  # points × coefficients × coefficients
    weights: Floats
    spread: float
    carry: float
    freedom: int

    @property
    def coefficients(self) -> Floats:
        """The mean of the mixture."""
        return np.asarray(self.weights @ self.means)

    @property
    def covariance(self) -> Floats:
        """That of the mixture."""
        apart = self.means - self.coefficients
        outer = np.einsum("gi,gj->gij", apart, apart)
        return np.asarray(np.tensordot(self.weights, self.covariances + outer, 1))

    def interval(self, column: int, level: float) -> tuple[float, float, float]:
        """Middle, low and high of a coefficient."""
        tail = (1 - level) / 2
        return self._at(column, 0.5), self._at(column, tail), self._at(column, 1 - tail)

    def ratio(self, level: float, column: int = STEP) -> Ratio:
        """The factor that a column stands for, with its interval."""
        middle, low, high = self.interval(column, level)
        return Ratio(exp(middle), exp(low), exp(high))

    def fitted(self, columns: Floats | None = None) -> Floats:
        """The mean of every period, under these columns instead of its own."""
        eta = (self.columns if columns is None else columns) @ self.coefficients
        return np.asarray(self.base * np.exp(eta))

    def error(self, columns: Floats) -> Floats:
        """The standard error of the logarithm of such means."""
        return np.asarray(np.sqrt(np.einsum("ni,ij,nj->n", columns, self.covariance, columns)))

    def _at(self, column: int, share: float) -> float:
        """The value that has that share of the mixture below it."""
        counts = self.weights > NEGLIGIBLE
        middle, weights = self.means[counts, column], self.weights[counts]
        error = np.sqrt(self.covariances[counts, column, column])

        def beyond(value: float) -> float:
            below = special.stdtr(self.freedom, (value - middle) / error)
            return float(weights @ below) - share * float(weights.sum())

        reach = FURTHEST * error
        low, high = float(np.min(middle - reach)), float(np.max(middle + reach))
        return float(optimize.brentq(beyond, low, high, xtol=CLOSE_ENOUGH))


def fit_step(counted: Counted, columns: Floats, noise: Noise) -> StepFit:
    """Fit level, step and whatever else the columns hold; needs more known periods than columns."""
    known = counted.known
    base = np.where(known, counted.base, 1.0)
    coefficients, nudge = _plain(counted, columns, base)
    spread, carry, prior = noise.points()
    for _ in range(GRID_ROUNDS):
        mean = base * np.exp(columns @ coefficients)
        variance = _variance(counted, mean)
        response = columns @ coefficients + (counted.counts + nudge - mean) / mean
        response = np.where(known, response, 0.0)
        logs, means, covariances = _filtered(response, columns, variance, (spread, carry))
        weights = np.exp(logs + prior - (logs + prior).max())
        weights /= weights.sum()
        coefficients = _towards(coefficients, weights @ means)
    return StepFit(
        columns=columns,
        base=counted.base,
        means=means,
        covariances=covariances,
        weights=weights,
        spread=float(weights @ spread),
        carry=float(weights @ carry),
        freedom=max(int(known.sum()) - columns.shape[1], 1),
    )


def _plain(counted: Counted, columns: Floats, base: Floats) -> tuple[Floats, Floats]:
    """Independent counts with half a leverage added to each (Firth 1993), so that a side without
    any count still has a mean; the coefficients, and what was added.
    """
    total, whole = counted.counts.sum() + 0.5, base[counted.known].sum()
    coefficients = np.zeros(columns.shape[1])
    coefficients[0] = np.log(total / whole)
    nudge = np.zeros(len(base))
    for _ in range(PLAIN_ROUNDS):
        mean = base * np.exp(columns @ coefficients)
        weight = np.where(counted.known, 1 / _variance(counted, mean), 0.0)
        weighted = columns * weight[:, None]
        inverse = np.linalg.pinv(weighted.T @ columns, hermitian=True)
        nudge = weight * np.einsum("ni,ij,nj->n", columns, inverse, columns) / 2
        moved = inverse @ (weighted.T @ ((counted.counts + nudge - mean) / mean))
        moved *= min(1.0, LONGEST_STEP / max(float(np.abs(moved).max()), 1e-12))
        coefficients = coefficients + moved
        if float(np.abs(moved).max()) < CLOSE_ENOUGH:
            break
    return coefficients, nudge


def _variance(counted: Counted, mean: Floats) -> Floats:
    """Of the logarithm of each count, by counting alone."""
    found = 1 / mean
    if counted.whole is not None:
        whole = np.where(counted.known, counted.whole, 1.0)
        found = found * (1 - np.minimum(mean / whole, MOST_SHARE))
    if counted.base_error is not None:
        found = found + counted.base_error
    return np.asarray(np.where(counted.known, found, UNKNOWN))


def _towards(before: Floats, after: Floats) -> Floats:
    """A step of the scoring, not longer than what the linear reading is good for."""
    step = after - before
    return np.asarray(before + np.clip(step, -LONGEST_STEP, LONGEST_STEP))


def _filtered(
    response: Floats, columns: Floats, variance: Floats, point: Sequence[Floats]
) -> tuple[Floats, Floats, Floats]:
    """Restricted log-likelihood, coefficients and covariance at each point of the grid.

    A Kalman filter takes the carried noise out of the response and of every column alike.
    """
    spread, carry = point
    periods, size = columns.shape
    data = np.column_stack([columns, response])
    state, own = np.zeros((len(spread), size + 1)), spread**2
    fresh, held = (1 - carry**2) * own, own.copy()
    whitened, logs = np.empty((periods, len(spread), size + 1)), np.zeros(len(spread))
    for at in range(periods):
        total = held + variance[at]
        surprise = data[at] - state
        whitened[at] = surprise / np.sqrt(total)[:, None]
        logs += np.log(total)
        gain = held / total
        state = carry[:, None] * (state + gain[:, None] * surprise)
        held = carry**2 * held * (1 - gain) + fresh
    products = np.einsum("ngi,ngj->gij", whitened, whitened)
    inner, cross = products[:, :size, :size], products[:, :size, size]
    covariances = np.linalg.inv(inner)
    means = np.einsum("gij,gj->gi", covariances, cross)
    left = products[:, size, size] - np.einsum("gi,gi->g", means, cross)
    _, size_log = np.linalg.slogdet(inner)
    return -0.5 * (logs + size_log + left), means, covariances
