"""Log-linear baselines of many cells: one shape shared by all, and each cell's own drawn towards it.

Past excesses count less in the means and are capped in the dispersion; both are made up for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.risk.cell_rules import ExpectationRules
from core.risk.weeks import DAYS_PER_WEEK, DAYS_PER_YEAR, Weeks
from core.stats.arrays import Bools, Floats, Ints, Reals
from core.stats.log_linear import (
    HALF_EVENT,
    CoefficientPrior,
    DownWeighting,
    Fit,
    Series,
    Weights,
    anscombe_of,
    capped_weight,
    down_weighting,
    fit,
    leverage,
    two_thirds_power,
)
from core.stats.negative_binomial import Residuals, dispersion

# Newton steps between two looks at weights and dispersion; the last fit runs to the end.
FEW_STEPS = 2


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """Counts of cells × weeks with their design, what they are drawn towards, and their rows."""

    series: Series
    prior: CoefficientPrior
    known: Reals
    rows: Ints

    def part(self, keep: Bools) -> Problem:
        """Some of the cells."""
        places = np.flatnonzero(keep)
        return Problem(self.series.part(places), self.prior, self.known[keep], self.rows[keep])

    def in_half_precision(self) -> Problem:
        """The same for sums over weeks, whose noise is far wider than their rounding."""
        series = self.series
        parts = (series.counts, series.offset, series.design)
        some = Series(*(np.asarray(part, np.float32) for part in parts))
        return Problem(some, self.prior, np.asarray(self.known, np.float32), self.rows)


@dataclass(frozen=True, eq=False, slots=True)
class Baseline:
    """Coefficients of each cell with their covariance, its dispersion, and that of all."""

    coefficients: Floats
    covariance: Floats
    alpha: Floats
    pooled: float


def design_of(weeks: Weeks, past: Weeks, rules: ExpectationRules) -> Floats:
    """Level, trend in years since the last known week, and harmonics as far as history carries."""
    harmonics = rules.harmonics if len(past) >= rules.harmonics_from_weeks else 0
    angle = 2 * np.pi * weeks.year_share
    waves = [wave(k * angle) for k in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    trend = (weeks.number - past.number[-1]) * DAYS_PER_WEEK / DAYS_PER_YEAR
    return np.column_stack([np.ones(len(weeks)), trend, *waves])


def _spreads(trend: float, season: float, size: int) -> Floats:
    # The level comes first and stays free; its place is filled but not used.
    return np.array([1.0, trend, *[season] * (size - 2)])


def shape_of_all(
    counts: Reals, known: Reals, weeks: Weeks, rules: ExpectationRules
) -> tuple[CoefficientPrior, float]:
    """What cells are drawn towards: the trend and season of all; and the power of open days."""
    # Cells that came later would look like growth: each week expects the rates of those present.
    rate = counts.sum(axis=1, dtype=np.float64) / np.maximum(known.sum(axis=1, dtype=np.float64), 1)
    present = np.maximum(rate @ known, 1e-9)
    effort = weeks.log_effort[0]
    if len(weeks.log_effort) > 1:
        effort = np.average(weeks.log_effort, axis=0, weights=rate + 1e-9)
    own = design_of(weeks, weeks, rules)
    size = own.shape[1]
    together = Series(
        counts.sum(axis=0, dtype=np.float64)[None, :],
        np.log(present / present.max())[None, :],
        np.column_stack([own, effort - effort.mean()]),
    )
    spread = np.append(
        _spreads(rules.trend_spread, rules.season_spread, size), rules.working_day_spread
    )
    around = np.append(np.zeros(size), rules.working_day_power)
    problem = Problem(
        together,
        CoefficientPrior(around, spread**-2.0),
        np.ones((1, len(weeks))),
        np.zeros(1, np.int64),
    )
    found = _baseline(problem, rules).coefficients[0]
    cell_spread = _spreads(rules.cell_trend_spread, rules.cell_season_spread, size)
    return CoefficientPrior(found[:-1], cell_spread**-2.0), float(found[-1])


def baseline_of_each(problem: Problem, rules: ExpectationRules) -> Baseline:
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
    return Baseline(coefficients, covariance, alpha, pooled)


def _levels(problem: Problem, alpha: Floats) -> tuple[Floats, Floats]:
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


def _baseline(problem: Problem, rules: ExpectationRules) -> Baseline:
    """Fit, weigh past excesses down, measure the dispersion, and again; then the last fit."""
    problem = problem.in_half_precision()
    series, prior, known = problem.series, problem.prior, problem.known
    power = two_thirds_power(series.counts)
    pooled = rules.dispersion_start
    alpha = np.full(len(known), pooled)
    weights = Weights(known, np.zeros_like(known))
    fitted = fit(series, prior, weights, alpha, steps=FEW_STEPS)
    for _ in range(rules.rounds):
        table = down_weighting(rules.downweight_above, pooled)
        weights, residuals = _weighed(problem, power, fitted, (weights, alpha), table)
        spread = dispersion(residuals, problem.rows, pooled, rules.dispersion_most, rounds=2)
        pooled, alpha = spread.pooled, spread.of_group[problem.rows]
        fitted = fit(series, prior, weights, alpha, fitted.coefficients, FEW_STEPS)
    fitted = fit(series, prior, weights, alpha, fitted.coefficients)
    return Baseline(fitted.coefficients, fitted.covariance, alpha, pooled)


def _weighed(
    problem: Problem,
    power: Reals,
    fitted: Fit,
    so_far: tuple[Weights, Floats],
    table: DownWeighting,
) -> tuple[Weights, Residuals]:
    """New weights, and squared residuals for the dispersion, under a fit with the old ones."""
    series, known, means = problem.series, problem.known, fitted.means
    weights, alpha = so_far
    hat = leverage(fitted, series, weights, alpha)
    residual = anscombe_of(power, means, alpha.astype(known.dtype)[:, None], hat)
    new, kept = table.weights(residual, means, alpha, known)
    squared = series.counts - means
    squared *= squared
    squared *= capped_weight(residual, table.threshold)
    squared /= np.subtract(1, hat, out=hat)
    squared *= known
    return new, Residuals(squared, means, kept)
