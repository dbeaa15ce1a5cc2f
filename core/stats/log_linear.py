"""Log-linear means of many series of counts at once, each pulled towards a common shape.

Arrays are series × times. Fisher scoring of the negative-binomial likelihood with known alpha and
a normal prior on the coefficients; the first coefficient is the level and has no prior but half an
event (Jeffreys), so that a series without any event still has a mean and an error. Arrays of series
× times may be of half precision; coefficients and covariances never are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from core.stats.arrays import Floats, Ints, Reals
from core.stats.blocks import blocks
from core.stats.negative_binomial import mass
from core.stats.small_systems import SmallSystems, lower_places

HALF_EVENT = 0.5
MOST_STEPS = 12
LONGEST_STEP = 2.0
LEAST_COUNT = 1e-20  # stands for none where a logarithm is taken; its root is nothing
CLOSE_ENOUGH = 1e-4
# Means, of which the table below is made; between them the shares change slowly.
TABLE_MEANS = np.geomspace(0.02, 80.0, 22)
LOG_TABLE = np.log(TABLE_MEANS)


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """Counts with what multiplies their mean, and the design: times × coefficients, level first."""

    counts: Reals
    offset: Reals
    design: Reals

    def part(self, keep: Ints) -> Series:
        """Some of the series."""
        offset = self.offset[keep] if len(self.offset) > 1 else self.offset
        return Series(self.counts[keep], offset, self.design)

    def rows(self, rows: slice) -> Series:
        """Neighbouring series, without a copy."""
        offset = self.offset[rows] if len(self.offset) > 1 else self.offset
        return Series(self.counts[rows], offset, self.design)


@dataclass(frozen=True, eq=False, slots=True)
class CoefficientPrior:
    """Mean of each coefficient and the precision around it; that of the level is ignored."""

    mean: Floats
    precision: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Weights:
    """Weight of each count, and what the weighted residual expects when nothing is wrong."""

    weight: Reals
    drift: Reals


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Coefficients of each series, their covariances (``spread``), and the means they give."""

    coefficients: Floats
    spread: SmallSystems
    means: Reals

    @property
    def covariance(self) -> Floats:
        """Series × coefficients × coefficients."""
        return self.spread.whole()


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
    at = np.array(_start(series, prior, weights) if start is None else start)
    precision = np.concatenate([[0.0], prior.precision[1:]])
    size = len(precision)
    spread = SmallSystems(np.zeros((size * (size + 1) // 2, len(at))), size)
    going = np.arange(len(at))  # the series that still move
    rest, own, own_alpha = series, weights, alpha.astype(series.counts.dtype)[:, None]
    for left in range(steps - 1, -1, -1):
        score, information = _score(rest, own, own_alpha, at[going])
        score -= precision * (at[going] - prior.mean)
        score[:, 0] += HALF_EVENT
        information.add_to_diagonal((1e-9, *precision[1:].tolist()))
        step = information.solve(score)
        longest = np.abs(step).max(axis=1, keepdims=True)
        at[going] += step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, 1e-12))
        done = (longest[:, 0] < CLOSE_ENOUGH) | (left == 0)
        if done.any():
            spread.lower[:, going[done]] = information.part(np.flatnonzero(done)).inverse().lower
            stay = np.flatnonzero(~done)
            going, own_alpha, rest = going[stay], own_alpha[stay], rest.part(stay)
            own = Weights(own.weight[stay], own.drift[stay])
        if not len(going):
            break
    return Fit(at, spread, _means(series, at))


def _products(design: Reals) -> Reals:
    """Products of any two columns of a design, times × entries of a lower triangle."""
    row, column = lower_places(design.shape[1])
    return np.asarray(design[:, row] * design[:, column])


def _score(
    series: Series, weights: Weights, alpha: Reals, at: Floats
) -> tuple[Floats, SmallSystems]:
    """Slope of the log-likelihood of each series, and the information on its coefficients."""
    count, size = at.shape
    products, design = _products(series.design), series.design
    score = np.empty((count, size))
    lower = np.empty((products.shape[1], count))
    for rows in blocks(count):
        means = _means(series.rows(rows), at[rows])
        slope = alpha[rows] * means
        slope += 1
        np.divide(weights.weight[rows], slope, out=slope)
        apart = series.counts[rows] - means
        apart *= slope
        apart -= weights.drift[rows]
        score[rows] = apart @ design
        slope *= means
        lower[:, rows] = (slope @ products).T
    return score, SmallSystems(lower, size)


def _start(series: Series, prior: CoefficientPrior, weights: Weights) -> Floats:
    at: Floats = np.array(np.broadcast_to(prior.mean, (len(series.counts), len(prior.mean))))
    at[:, 0] = 0.0
    shape = (weights.weight * _means(series, at)).sum(axis=1)
    events = (weights.weight * series.counts).sum(axis=1) + HALF_EVENT
    at[:, 0] = np.log(events / np.maximum(shape, 1e-9))
    return at


def _means(series: Series, at: Floats) -> Reals:
    found = at.astype(series.design.dtype) @ series.design.T
    found += series.offset
    return np.exp(found, out=found)


def leverage(found: Fit, series: Series, weights: Weights, alpha: Floats) -> Reals:
    """How much each count pulls its own mean towards itself, 0 to below 1."""
    kind = series.design.dtype
    row, column = lower_places(series.design.shape[1])
    # What stands off the diagonal stands there twice.
    products = _products(series.design) * np.where(row == column, 1, 2).astype(kind)
    share = weights.weight * found.means
    share /= 1 + alpha.astype(kind)[:, None] * found.means
    share *= found.spread.lower.astype(kind).T @ products.T
    return np.clip(share, 0.0, 0.95, out=share)


def two_thirds_power(counts: Reals) -> Reals:
    """The power of counts that residuals are made of."""
    # By logarithms: the function for roots takes several times as long.
    return np.asarray(np.exp(np.log(np.maximum(counts, LEAST_COUNT)) * (2 / 3)))


def anscombe(counts: Reals, means: Reals, alpha: Reals | float, hat: Reals | float) -> Reals:
    """Anscombe residuals on the 2/3 scale, standardised (Noufaily et al. 2013)."""
    return anscombe_of(two_thirds_power(counts), means, alpha, hat)


def anscombe_of(power: Reals, means: Reals, alpha: Reals | float, hat: Reals | float) -> Reals:
    """The same from the powers of the counts, which stay while means change."""
    spread = np.asarray((1 + alpha * means) * (1 - hat))
    np.sqrt(spread, out=spread)
    sixth = np.log(means)
    sixth /= 6
    np.exp(sixth, out=sixth)
    found = np.asarray(power / sixth)
    found -= sixth * sixth * sixth
    found *= 1.5
    found /= spread
    return found


def excess_weight(residual: Reals, threshold: float) -> Reals:
    """1 up to the threshold, 1 ÷ residual² beyond it (Noufaily et al. 2013)."""
    high = residual > threshold
    found = np.ones_like(residual)
    found[high] = residual[high] ** -2
    return found


def capped_weight(residual: Reals, threshold: float) -> Reals:
    """1 up to the threshold, then so that a squared residual never counts more than there.

    Milder than ``excess_weight``: a variance needs its tail, a mean can do without.
    """
    return np.asarray((threshold / np.maximum(residual, threshold)) ** 2)


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

    def weights(
        self, residual: Reals, means: Reals, alpha: Floats, known: Reals
    ) -> tuple[Weights, Reals]:
        """Weights of these residuals, 0 where a count is not known; and the share of the variance
        that stays, for each mean.
        """
        drift, kept = self._at(means)
        # sd ÷ (1 + alpha × mean) of a variance of mean × (1 + alpha × mean).
        spread = alpha.astype(means.dtype)[:, None] * means
        spread += 1
        drift *= np.sqrt(np.divide(means, spread, out=spread), out=spread)
        drift *= known
        weight = excess_weight(residual, self.threshold)
        weight *= known
        kept *= known
        return Weights(weight, drift), kept

    def _at(self, means: Reals) -> tuple[Reals, Reals]:
        """Between the lines of the tables, which are evenly spaced in the logarithm."""
        first, step = float(LOG_TABLE[0]), float(LOG_TABLE[1] - LOG_TABLE[0])
        last = len(LOG_TABLE) - 2
        place = np.log(means)
        place -= first
        place /= step
        np.clip(place, 0, last + 1, out=place)
        low = np.minimum(place.astype(np.intp), last)
        place -= low
        both = []
        for table in (self.drift, self.kept):
            held = table.astype(means.dtype)
            found = np.take(np.diff(held), low)
            found *= place
            found += np.take(held, low)
            both.append(found)
        return both[0], both[1]


@cache
def _counts_of_table(most_alpha: float) -> tuple[Floats, Floats, Ints]:
    """Counts that matter for each mean of the table, that mean again, and where each begins."""
    counts = [
        np.arange(int(m + 30 * np.sqrt(m + most_alpha * m**2)) + 20, dtype=np.float64)
        for m in TABLE_MEANS
    ]
    sizes = np.array([len(one) for one in counts])
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.concatenate(counts), np.repeat(TABLE_MEANS, sizes), begins


@lru_cache(maxsize=64)
def down_weighting(threshold: float, alpha: float) -> DownWeighting:
    """Sums over the negative binomial itself, one table for all means."""
    alpha = max(alpha, 1e-4)
    # Rounded up, so that the counts are listed once for many dispersions.
    y, mean, begins = _counts_of_table(float(2.0 ** np.ceil(np.log2(alpha))))
    share = mass(y, mean, alpha)
    residual = anscombe(y, mean, alpha, 0.0)
    variance = TABLE_MEANS + alpha * TABLE_MEANS**2
    drift = np.add.reduceat(share * excess_weight(residual, threshold) * (y - mean), begins)
    kept = np.add.reduceat(share * capped_weight(residual, threshold) * (y - mean) ** 2, begins)
    return DownWeighting(threshold, alpha, drift / np.sqrt(variance), kept / variance)
