"""Counts that vary more than Poisson: tails of the negative binomial given by mean and variance,
and the dispersion alpha in Var = mean + alpha × mean² by moments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, gammaln, xlogy

from core.stats.arrays import Floats, Ints, Reals

# Above this size (1 / alpha) both agree to all digits kept, and the Poisson form stays exact.
POISSON_FROM = 1e8


def upper_mid_p(observed: Floats | Ints, mean: Floats, variance: Floats) -> Floats:
    """P(Y > observed) + ½ P(Y = observed) for Y of that mean and variance; Poisson if no wider."""
    parts = np.broadcast_arrays(observed, mean, variance)
    y, mean, variance = (_floats(part) for part in parts)
    size = _size(mean, variance)
    wide = size < POISSON_FROM
    found = np.empty(y.shape)
    found[wide] = _tail(y[wide], mean[wide], size[wide])
    narrow = ~wide
    found[narrow] = gammainc(y[narrow] + 1, mean[narrow]) + 0.5 * _poisson(y[narrow], mean[narrow])
    return np.clip(found, 0.0, 1.0)


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, np.float64)


def _size(mean: Floats, variance: Floats) -> Floats:
    extra = variance - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        size: Floats = np.where(extra > 0, mean**2 / extra, np.inf)
    return size


def _tail(y: Floats, mean: Floats, size: Floats) -> Floats:
    beyond = np.asarray(betainc(y + 1, size, mean / (size + mean)), np.float64)
    return beyond + 0.5 * mass(y, mean, 1 / size)


def mass(y: Floats, mean: Floats | float, alpha: Floats | float) -> Floats:
    """P(Y = y) of the negative binomial with that mean and alpha > 0."""
    size, mean = 1 / np.asarray(alpha, float), np.asarray(mean, float)
    log_mass = (
        gammaln(y + size)
        - gammaln(size)
        - gammaln(y + 1)
        - size * np.log1p(mean / size)
        + xlogy(y, mean / (size + mean))
    )
    found: Floats = np.exp(np.asarray(log_mass, np.float64))
    return found


def quantile(share: float, mean: float, variance: float) -> int:
    """The least count that is reached or stayed below with a probability of at least ``share``."""
    size = float(_size(np.array(mean), np.array(variance)))
    most = int(mean + 12 * np.sqrt(max(variance, mean)) + 12)
    low, high = -1, most  # P(Y <= low) < share, and P(Y <= high) is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _below(middle, mean, size) >= share else (middle, high)
    return high


def _below(count: int, mean: float, size: float) -> float:
    """P(Y <= count)."""
    if size < POISSON_FROM:
        return float(betainc(size, count + 1, size / (size + mean)))
    return float(1 - gammainc(count + 1, mean))


def _poisson(y: Floats, mean: Floats) -> Floats:
    found: Floats = np.exp(xlogy(y, mean) - mean - gammaln(y + 1))
    return found


def predictive_variance(mean: Floats, alpha: Floats | float, error: Floats | float) -> Floats:
    """Variance of a count to come: its own, its dispersion, and the ``error`` variance of its mean."""
    found: Floats = mean + alpha * mean**2 + error
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Dispersion:
    """Alpha of all cells together and of each group after shrinking towards it."""

    pooled: float
    of_group: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Residuals:
    """Squared residuals made comparable: each expects ``kept`` × (mean + alpha × mean²)."""

    squared: Reals
    mean: Reals
    kept: Reals | float = 1.0


def dispersion(
    residuals: Residuals, groups: Ints, start: float, most: float, rounds: int = 4
) -> Dispersion:
    """Alpha by weighted moments, pooled over all rows of the arrays and shrunk per group.

    ``groups`` gives the group (0, 1, …) of each row. The weights are the reciprocal variances of
    squared residuals under a negative binomial; how far groups may differ is measured by the
    method of DerSimonian and Laird. The weights hang on alpha only weakly: 2 ``rounds`` do from a
    good start, 4 from any.
    """
    alpha = start
    count = int(groups.max()) + 1 if groups.size else 0
    own, information = np.full(count, start), np.zeros(count)
    for _ in range(rounds):
        excess, square = _moments(residuals, alpha)
        own_excess, information = np.zeros(count), np.zeros(count)
        np.add.at(own_excess, groups, excess)
        np.add.at(information, groups, square)
        if information.sum() <= 0:
            return Dispersion(start, own)
        alpha = float(np.clip(own_excess.sum() / information.sum(), 0.0, most))
        own = np.divide(own_excess, information, out=np.full(count, alpha), where=information > 0)
    return Dispersion(alpha, np.clip(_shrunk(own, information, alpha), 0.0, most))


def _moments(residuals: Residuals, alpha: float) -> tuple[Floats, Floats]:
    mean, kept = residuals.mean, residuals.kept
    # Var((Y - mean)²) of a negative binomial: V² (2 + 6 alpha) + V. A mean of it is left out of
    # weight and slope alike, and put back where they meet.
    spread = alpha * mean
    spread += 1
    weight = spread * mean
    weight *= 2 + 6 * alpha
    weight += 1
    weight *= spread
    held = kept * mean
    np.divide(held, np.maximum(weight, 1e-12, out=weight), out=weight)
    excess: Floats = np.einsum("ct,ct->c", weight, residuals.squared - held)
    weight *= mean
    square: Floats = np.einsum("ct,ct->c", weight, held)
    return np.asarray(excess, np.float64), np.asarray(square, np.float64)


def _shrunk(own: Floats, information: Floats, pooled: float) -> Floats:
    seen = information > 0
    spread = float((information * (own - pooled) ** 2)[seen].sum())
    total = float(information.sum())
    room = total - float((information**2).sum()) / total
    between = max(0.0, (spread - (int(seen.sum()) - 1)) / room) if room > 0 else 0.0
    share = between * information / (between * information + 1)
    found: Floats = pooled + share * (own - pooled)
    return found
