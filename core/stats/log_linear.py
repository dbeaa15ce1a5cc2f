"""Log-linear means of many series of counts at once, each pulled towards a common shape.

Arrays are series × times. Fisher scoring of the negative-binomial likelihood with known alpha and
a normal prior on the coefficients; the first coefficient is the level and has no prior but half an
event (Jeffreys), so that a series without any event still has a mean and an error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.stats.arrays import Floats
from core.stats.negative_binomial import mass

HALF_EVENT = 0.5
MOST_STEPS = 12
LONGEST_STEP = 2.0
CLOSE_ENOUGH = 1e-4
# Means, of which the table below is made; between them the shares change slowly.
TABLE_MEANS = np.geomspace(0.02, 80.0, 22)


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """Counts with what multiplies their mean, and the design: times × coefficients, level first."""

    counts: Floats
    offset: Floats
    design: Floats


@dataclass(frozen=True, eq=False, slots=True)
class CoefficientPrior:
    """Mean of each coefficient and the precision around it; that of the level is ignored."""

    mean: Floats
    precision: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Weights:
    """Weight of each count, and what the weighted residual expects when nothing is wrong."""

    weight: Floats
    drift: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Coefficients of each series, their covariance, and the means they give."""

    coefficients: Floats
    covariance: Floats
    means: Floats


def fit(
    series: Series,
    prior: CoefficientPrior,
    weights: Weights,
    alpha: Floats,
    start: Floats | None = None,
    steps: int = MOST_STEPS,
) -> Fit:
    """The posterior mode of every series; ``alpha`` is one dispersion per series.

    A few ``steps`` do where weights or alpha will change again anyway.
    """
    at = _start(series, prior, weights) if start is None else start
    outer = np.einsum("tp,tq->tpq", series.design, series.design)
    flat = outer.reshape(len(series.design), -1)
    precision = np.concatenate([[0.0], prior.precision[1:]])
    for _ in range(steps):
        means = _means(series, at)
        slope = weights.weight / (1 + alpha[:, None] * means)
        score = (slope * (series.counts - means) - weights.drift) @ series.design
        score -= precision * (at - prior.mean)
        score[:, 0] += HALF_EVENT
        information = _information(slope * means, flat, precision)
        step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        longest = np.abs(step).max(axis=1, keepdims=True)
        at = at + step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, 1e-12))
        if float(longest.max(initial=0.0)) < CLOSE_ENOUGH:
            break
    covariance: Floats = np.linalg.inv(information).astype(np.float64)
    return Fit(at, covariance, _means(series, at))


def _start(series: Series, prior: CoefficientPrior, weights: Weights) -> Floats:
    at: Floats = np.array(np.broadcast_to(prior.mean, (len(series.counts), len(prior.mean))))
    at[:, 0] = 0.0
    shape = (weights.weight * _means(series, at)).sum(axis=1)
    events = (weights.weight * series.counts).sum(axis=1) + HALF_EVENT
    at[:, 0] = np.log(events / np.maximum(shape, 1e-9))
    return at


def _means(series: Series, at: Floats) -> Floats:
    found: Floats = np.exp(at @ series.design.T + series.offset)
    return found


def _information(weight: Floats, flat: Floats, precision: Floats) -> Floats:
    size = len(precision)
    found: Floats = (weight @ flat).reshape(-1, size, size)
    found += np.diag(precision)
    found[:, 0, 0] += 1e-9
    return found


def leverage(found: Fit, series: Series, weights: Weights, alpha: Floats) -> Floats:
    """How much each count pulls its own mean towards itself, 0 to below 1."""
    outer = np.einsum("tp,tq->tpq", series.design, series.design).reshape(len(series.design), -1)
    spread = found.covariance.reshape(len(found.covariance), -1) @ outer.T
    share = weights.weight * found.means / (1 + alpha[:, None] * found.means) * spread
    clipped: Floats = np.clip(share, 0.0, 0.95)
    return clipped


def anscombe(counts: Floats, means: Floats, alpha: Floats | float, hat: Floats | float) -> Floats:
    """Anscombe residuals on the 2/3 scale, standardised (Noufaily et al. 2013)."""
    spread = np.sqrt((1 + alpha * means) * (1 - hat))
    found: Floats = 1.5 * (np.cbrt(counts) ** 2 / means ** (1 / 6) - np.sqrt(means)) / spread
    return found


def excess_weight(residual: Floats, threshold: float) -> Floats:
    """1 up to the threshold, 1 ÷ residual² beyond it (Noufaily et al. 2013)."""
    high = residual > threshold
    found = np.ones(residual.shape)
    found[high] = residual[high] ** -2
    return found


def capped_weight(residual: Floats, threshold: float) -> Floats:
    """1 up to the threshold, then so that a squared residual never counts more than there.

    Milder than ``excess_weight``: a variance needs its tail, a mean can do without.
    """
    found: Floats = (threshold / np.maximum(residual, threshold)) ** 2
    return found


@dataclass(frozen=True, eq=False, slots=True)
class DownWeighting:
    """What down-weighting takes from honest counts, by their mean, so that it can be made up for.

    ``drift`` is E[w (Y - mean)] ÷ sd with the weights of the mean, ``kept`` is
    E[v (Y - mean)²] ÷ Var with those of the variance, both at one alpha.
    """

    threshold: float
    alpha: float
    drift: Floats
    kept: Floats

    def weights(self, residual: Floats, means: Floats, alpha: Floats, known: Floats) -> Weights:
        """Weights of these residuals, 0 where a count is not known."""
        sd = np.sqrt(means + alpha[:, None] * means**2)
        drift = self._at(means, self.drift) * sd / (1 + alpha[:, None] * means)
        return Weights(excess_weight(residual, self.threshold) * known, drift * known)

    def kept_at(self, means: Floats) -> Floats:
        """The share of the variance that stays, for each mean."""
        return self._at(means, self.kept)

    @staticmethod
    def _at(means: Floats, table: Floats) -> Floats:
        found: Floats = np.interp(np.log(means), np.log(TABLE_MEANS), table)
        return found


def down_weighting(threshold: float, alpha: float) -> DownWeighting:
    """Sums over the negative binomial itself, one table for all means."""
    alpha = max(alpha, 1e-4)
    drift, kept = np.empty(len(TABLE_MEANS)), np.empty(len(TABLE_MEANS))
    for position, mean in enumerate(TABLE_MEANS):
        variance = mean + alpha * mean**2
        y = np.arange(int(mean + 30 * np.sqrt(variance)) + 20, dtype=np.float64)
        share = mass(y, float(mean), alpha)
        residual = anscombe(y, np.full(len(y), mean), alpha, 0.0)
        weight = share * excess_weight(residual, threshold)
        drift[position] = (weight * (y - mean)).sum() / np.sqrt(variance)
        weight = share * capped_weight(residual, threshold)
        kept[position] = (weight * (y - mean) ** 2).sum() / variance
    return DownWeighting(threshold, alpha, drift, kept)
