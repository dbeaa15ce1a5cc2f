"""Two parameters of a prior, known only roughly: a small grid that closes in on where they may be.

Integrating over this grid instead of taking the best point keeps intervals as wide as they must be
when there are few partners to learn a prior from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.stats.arrays import Floats

POINTS = 7  # on each axis
REACH = 3.0  # standard deviations on each side that the last grid holds
MOST_LOOKS = 12
LEAST_WEIGHT = 1e-5

# Both axes in, the log-density of every pair out: first × second.
LogDensity = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, eq=False, slots=True)
class HyperGrid:
    """Pairs of parameters and how likely each is; the weights sum to 1."""

    first: Floats
    second: Floats
    weights: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Pull:
    """A posterior mean as a straight line: usual + per_hit × hits - per_case × cases (or expected).

    What any part of the cases adds is its own hits and cases put in, and the parts sum up exactly.
    """

    usual: float
    per_hit: Floats
    per_case: Floats

    def means(self, hits: Floats, cases: Floats) -> Floats:
        """The posterior means."""
        found: Floats = self.usual + self.per_hit * hits - self.per_case * cases
        return found


@dataclass(frozen=True, slots=True)
class Axis:
    """Where one parameter may be, and where to begin."""

    low: float
    high: float
    start: tuple[float, float]


def explore(log_density: LogDensity, first: Axis, second: Axis) -> HyperGrid:
    """Look at a grid, move and narrow it to where the density is, until it fits."""
    axes = (first, second)
    points = [np.linspace(*axis.start, POINTS) for axis in axes]
    weights = _weights(log_density, points)
    for _ in range(MOST_LOOKS):
        moments = [_moments(points[k], weights.sum(axis=1 - k)) for k in (0, 1)]
        if all(_fits(points[k], *moments[k], axes[k]) for k in (0, 1)):
            break
        points = [_narrowed(points[k], *moments[k], axes[k]) for k in (0, 1)]
        weights = _weights(log_density, points)
    flat = weights.ravel()
    keep = flat > LEAST_WEIGHT
    one, other = np.meshgrid(*points, indexing="ij")
    return HyperGrid(one.ravel()[keep], other.ravel()[keep], flat[keep] / flat[keep].sum())


def _weights(log_density: LogDensity, points: list[Floats]) -> Floats:
    found = log_density(points[0], points[1])
    share = np.exp(found - found.max())
    return np.asarray(share / share.sum(), np.float64)


def _moments(points: Floats, weights: Floats) -> tuple[float, float]:
    mean = float(points @ weights)
    return mean, float(np.sqrt(max(float((points - mean) ** 2 @ weights), 0.0)))


def _fits(points: Floats, mean: float, spread: float, axis: Axis) -> bool:
    """Wide enough to hold the density, narrow enough to see its shape."""
    reach = 0.8 * REACH * spread
    low = points[0] <= max(mean - reach, axis.low)
    high = points[-1] >= min(mean + reach, axis.high)
    return bool(low and high and points[1] - points[0] <= 1.25 * spread)


def _narrowed(points: Floats, mean: float, spread: float, axis: Axis) -> Floats:
    reach = max(REACH * spread, 1.1 * float(points[1] - points[0]))
    return np.linspace(max(mean - reach, axis.low), min(mean + reach, axis.high), POINTS)
