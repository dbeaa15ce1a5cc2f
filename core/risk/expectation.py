"""What each cell of a heatmap is expected to hold, and how sure that is, from its weekly history.

A negative-binomial baseline: level, trend and week-of-year harmonics per cell, drawn towards those
of all cells together, with the open days of a week as offset. Past excesses count less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.risk.cell_rules import ExpectationRules, cell_rules
from core.risk.weeks import DAYS_PER_WEEK, DAYS_PER_YEAR, Weeks
from core.stats.arrays import Bools, Floats, Ints
from core.stats.log_linear import (
    HALF_EVENT,
    CoefficientPrior,
    Series,
    Weights,
    anscombe,
    capped_weight,
    down_weighting,
    fit,
    leverage,
)
from core.stats.negative_binomial import Residuals, dispersion, predictive_variance

# Newton steps between two looks at weights and dispersion; the last fit runs to the end.
FEW_STEPS = 2


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """Counts of cells × weeks, oldest week first.

    ``rows`` is the heatmap row (0, 1, …) of each cell; ``known_from`` the first week in which the
    cell could have cases at all (0 if omitted).
    """

    counts: Floats | Ints
    weeks: Weeks
    rows: Ints
    known_from: Ints | None = None

    def known(self) -> Floats:
        """1 where a count is one, 0 where the cell was not there yet; cells × weeks."""
        cells, weeks = self.counts.shape
        first = np.zeros(cells, np.int64) if self.known_from is None else self.known_from
        found: Floats = (np.arange(weeks)[None, :] >= first[:, None]).astype(np.float64)
        return found


@dataclass(frozen=True, eq=False, slots=True)
class Expectation:
    """Expected counts of cells × weeks ahead, and of each cell over all those weeks together.

    A variance is that of the count to come: its own, its dispersion and the error of its mean.
    Where ``enough`` is false the history is too short and the numbers are NaN.
    """

    weekly: Floats
    weekly_variance: Floats
    expected: Floats
    variance: Floats
    dispersion: Floats
    pooled_dispersion: float
    weeks_known: Ints
    enough: Bools


@dataclass(frozen=True, eq=False, slots=True)
class _Problem:
    series: Series
    prior: CoefficientPrior
    known: Floats
    rows: Ints

    def part(self, keep: Bools) -> _Problem:
        series = self.series
        offset = series.offset[keep] if len(series.offset) > 1 else series.offset
        some = Series(series.counts[keep], offset, series.design)
        return _Problem(some, self.prior, self.known[keep], self.rows[keep])


@dataclass(frozen=True, eq=False, slots=True)
class _Baseline:
    coefficients: Floats
    covariance: Floats
    alpha: Floats
    pooled: float


def expect(history: History, ahead: Weeks, rules: ExpectationRules | None = None) -> Expectation:
    """The expectation of every cell in each of the weeks ahead."""
    rules = rules or cell_rules().expectation
    known = history.known()
    if not known.size:
        return _nothing(known, len(ahead))
    counts = np.asarray(history.counts, np.float64) * known
    prior, power = _of_all(counts, known, history.weeks, rules)
    design = _design(history.weeks, history.weeks, rules)
    series = Series(counts, power * history.weeks.log_effort, design)
    base = _of_each(_Problem(series, prior, known, history.rows), rules)
    outlook = _design(ahead, history.weeks, rules)
    log_means = base.coefficients @ outlook.T + power * ahead.log_effort
    return _outlook(base, np.exp(log_means), outlook, known, rules)


def _nothing(known: Floats, ahead: int) -> Expectation:
    cells = len(known)
    unknown = np.full((cells, ahead), np.nan)
    one = np.full(cells, np.nan)
    none = np.zeros(cells, np.int64)
    return Expectation(unknown, unknown, one, one, one, float("nan"), none, none > 0)


def _design(weeks: Weeks, past: Weeks, rules: ExpectationRules) -> Floats:
    """Level, trend in years since the last known week, and harmonics as far as history carries."""
    harmonics = rules.harmonics if len(past) >= rules.harmonics_from_weeks else 0
    angle = 2 * np.pi * weeks.year_share
    waves = [wave(k * angle) for k in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    trend = (weeks.number - past.number[-1]) * DAYS_PER_WEEK / DAYS_PER_YEAR
    return np.column_stack([np.ones(len(weeks)), trend, *waves])


def _spreads(trend: float, season: float, size: int) -> Floats:
    # The level comes first and stays free; its place is filled but not used.
    return np.array([1.0, trend, *[season] * (size - 2)])


def _of_all(
    counts: Floats, known: Floats, weeks: Weeks, rules: ExpectationRules
) -> tuple[CoefficientPrior, float]:
    """What cells are drawn towards: the trend and season of all; and the power of open days."""
    # Cells that came later would look like growth: each week expects the rates of those present.
    rate = counts.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    present = np.maximum((known * rate).sum(axis=0), 1e-9)
    effort = np.average(
        np.broadcast_to(weeks.log_effort, known.shape), axis=0, weights=rate[:, 0] + 1e-9
    )
    own = _design(weeks, weeks, rules)
    size = own.shape[1]
    together = Series(
        counts.sum(axis=0, keepdims=True),
        np.log(present / present.max())[None, :],
        np.column_stack([own, effort - effort.mean()]),
    )
    spread = np.append(
        _spreads(rules.trend_spread, rules.season_spread, size), rules.working_day_spread
    )
    around = np.append(np.zeros(size), rules.working_day_power)
    problem = _Problem(
        together,
        CoefficientPrior(around, spread**-2.0),
        np.ones((1, len(weeks))),
        np.zeros(1, np.int64),
    )
    found = _baseline(problem, rules).coefficients[0]
    cell_spread = _spreads(rules.cell_trend_spread, rules.cell_season_spread, size)
    return CoefficientPrior(found[:-1], cell_spread**-2.0), float(found[-1])


def _of_each(problem: _Problem, rules: ExpectationRules) -> _Baseline:
    """Cells with events enough get a shape of their own, the others only a level."""
    events = problem.series.counts.sum(axis=1)
    rich: Bools = events >= rules.own_shape_from_events
    if rich.all():
        return _baseline(problem, rules)
    own = _baseline(problem.part(rich), rules) if rich.any() else None
    pooled = own.pooled if own else rules.dispersion_start
    of_row = np.full(int(problem.rows.max()) + 1, pooled)
    if own:
        of_row[problem.rows[rich]] = own.alpha
    alpha = of_row[problem.rows]
    coefficients, covariance = _levels(problem, alpha)
    if own:
        coefficients[rich], covariance[rich] = own.coefficients, own.covariance
    return _Baseline(coefficients, covariance, alpha, pooled)


def _levels(problem: _Problem, alpha: Floats) -> tuple[Floats, Floats]:
    """The level of each cell under the shape of all, and the covariance that this leaves.

    Events and half a one (Jeffreys) over the sum of the shape. Whatever the cell's own trend and
    season are, the level makes up for them on average over its weeks: hence the covariance.
    """
    series, prior, known = problem.series, problem.prior, problem.known
    cells, size = len(known), len(prior.mean)
    shared = np.array([0.0, *prior.mean[1:]])
    shape = known * np.exp(series.design @ shared + series.offset)
    total = np.maximum(shape.sum(axis=1), 1e-9)
    events = series.counts.sum(axis=1) + HALF_EVENT
    coefficients = np.tile(shared, (cells, 1))
    coefficients[:, 0] = np.log(events / total)
    spread = 1 / prior.precision[1:]
    middle = (shape @ series.design[:, 1:]) / total[:, None]
    covariance = np.tile(np.diag([0.0, *spread]), (cells, 1, 1))
    covariance[:, 0, 1:] = covariance[:, 1:, 0] = -middle * spread
    weekly = events / np.maximum(known.sum(axis=1), 1)
    covariance[:, 0, 0] = (1 + alpha * weekly) / events + (middle**2 * spread).sum(axis=1)
    return coefficients.reshape(cells, size), covariance


def _baseline(problem: _Problem, rules: ExpectationRules) -> _Baseline:
    """Fit, weigh past excesses down, measure the dispersion, and again; then the last fit."""
    series, prior, known = problem.series, problem.prior, problem.known
    pooled = rules.dispersion_start
    alpha = np.full(len(known), pooled)
    weights = Weights(known, np.zeros(known.shape))
    fitted = fit(series, prior, weights, alpha, steps=FEW_STEPS)
    for _ in range(rules.rounds):
        hat = leverage(fitted, series, weights, alpha)
        table = down_weighting(rules.downweight_above, pooled)
        residual = anscombe(series.counts, fitted.means, alpha[:, None], hat)
        weights = table.weights(residual, fitted.means, alpha, known)
        squared = capped_weight(residual, table.threshold) * (series.counts - fitted.means) ** 2
        kept = table.kept_at(fitted.means) * known
        spread = dispersion(
            Residuals(squared / (1 - hat) * known, fitted.means, kept),
            problem.rows,
            pooled,
            rules.dispersion_most,
            rounds=2,
        )
        pooled, alpha = spread.pooled, spread.of_group[problem.rows]
        fitted = fit(series, prior, weights, alpha, fitted.coefficients, FEW_STEPS)
    fitted = fit(series, prior, weights, alpha, fitted.coefficients)
    return _Baseline(fitted.coefficients, fitted.covariance, alpha, pooled)


def _outlook(
    base: _Baseline, means: Floats, design: Floats, known: Floats, rules: ExpectationRules
) -> Expectation:
    """Means and variances of the weeks ahead; the error of the mean is shared by all of them."""
    weeks_known = known.sum(axis=1).astype(np.int64)
    enough = weeks_known >= rules.least_weeks
    means = np.where(enough[:, None], means, np.nan)
    alpha, covariance = base.alpha[:, None], base.covariance
    error = means**2 * np.einsum("kp,cpq,kq->ck", design, covariance, design)
    direction = means @ design
    shared = np.einsum("cp,cpq,cq->c", direction, covariance, direction)
    return Expectation(
        weekly=means,
        weekly_variance=predictive_variance(means, alpha, error),
        expected=means.sum(axis=1),
        variance=(means + alpha * means**2).sum(axis=1) + shared,
        dispersion=base.alpha,
        pooled_dispersion=base.pooled,
        weeks_known=weeks_known,
        enough=enough,
    )
