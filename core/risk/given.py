"""What a cell is expected to hold, given how its row, its column and all cells do in this period.

A shock of a whole row or column is estimated from the other cells: a cell never explains itself,
and cells far from the others have no say, so that a lone hot cell stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.risk.shock_rules import ShockRules
from core.risk.shocks import Parted, Shocks
from core.stats.arrays import Bools, Floats, Ints, Reals
from core.stats.log_linear import anscombe

NO_SHOCK = 1e-9
MOST_LEVERAGE = 0.9


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """Mean and variance of each cell given the others; NaN where nothing is expected."""

    expected: Floats
    variance: Floats


@dataclass(frozen=True, eq=False, slots=True)
class _Crossed:
    """Cells in rows and columns: counts, means, relative variance of their own, sizes, priors."""

    y: Floats
    mean: Floats
    alpha: Floats
    row: Ints
    column: Ints
    rows: int
    columns: int
    precision: Floats

    def of_cells(self, effects: Floats) -> Floats:
        """Sum of the three effects of each cell."""
        found: Floats = effects[0] + effects[1 + self.row] + effects[1 + self.rows + self.column]
        return found

    def sums(self, values: Floats) -> Floats:
        """Sums over all cells, each row and each column."""
        by_row = np.bincount(self.row, values, self.rows)
        by_column = np.bincount(self.column, values, self.columns)
        return np.concatenate([[values.sum()], by_row, by_column])

    def covariance(self, information: Floats) -> Floats:
        """Of all effects, given the information that each cell has on its mean."""
        sums = self.sums(information)
        rows, columns = slice(1, 1 + self.rows), slice(1 + self.rows, None)
        whole = np.diag(sums + self.precision)
        whole[0, 1:] = whole[1:, 0] = sums[1:]
        place = self.row * self.columns + self.column
        crossed = np.bincount(place, information, self.rows * self.columns)
        whole[rows, columns] = crossed.reshape(self.rows, self.columns)
        whole[columns, rows] = whole[rows, columns].T
        found: Floats = np.linalg.inv(whole).astype(np.float64)
        return found

    def spread(self, covariance: Floats) -> Floats:
        """Variance of the sum of the three effects of each cell."""
        row, column = 1 + self.row, 1 + self.rows + self.column
        own = np.diag(covariance)
        twice = covariance[0, row] + covariance[0, column] + covariance[row, column]
        found: Floats = own[0] + own[row] + own[column] + 2 * twice
        return found


def given_margins(
    observed: Ints, expected: Floats, parted: Parted, places: tuple[Ints, Ints], rules: ShockRules
) -> Given:
    """Each cell given the others; ``places`` are the row and the column of each."""
    known: Bools = np.nan_to_num(expected) > 0
    mean, variance = (np.full(len(expected), np.nan) for _ in range(2))
    if known.any():
        row, column = (np.asarray(place[known], np.int64) for place in places)
        rows, columns = int(row.max()) + 1, int(column.max()) + 1
        m = expected[known]
        alpha = np.maximum((parted.own[known] - m) / m**2, NO_SHOCK)
        precision = _precision(parted.shocks, rows, columns)
        y = np.asarray(observed[known], np.float64)
        cells = _Crossed(y, m, alpha, row, column, rows, columns, precision)
        effect, spread = _left_out(cells, rules)
        mean[known] = m * np.exp(effect)
        variance[known] = mean[known] + (alpha + spread) * mean[known] ** 2
    return Given(mean, variance)


def _precision(shocks: Shocks, rows: int, columns: int) -> Floats:
    spread = np.concatenate(
        [[shocks.whole], np.full(rows, shocks.row), np.full(columns, shocks.column)]
    )
    found: Floats = 1 / np.maximum(spread, NO_SHOCK)
    return found


def _left_out(cells: _Crossed, rules: ShockRules) -> tuple[Floats, Floats]:
    """Log of the shocks of each cell with its variance, from all cells but that one.

    The first steps take all cells, so that a row that rose as a whole is not a row of outliers.
    """
    weight, at = np.ones(len(cells.y)), np.zeros(len(cells.precision))
    for step in range(rules.steps):
        mean = cells.mean * np.exp(cells.of_cells(at))
        slope = weight / (1 + cells.alpha * mean)
        covariance = cells.covariance(slope * mean)
        at = at + covariance @ (cells.sums(slope * (cells.y - mean)) - cells.precision * at)
        effect, own = cells.of_cells(at), cells.spread(covariance)
        mean = cells.mean * np.exp(effect)
        left = 1 - np.minimum(weight * mean / (1 + cells.alpha * mean) * own, MOST_LEVERAGE)
        effect = effect - own * weight * (cells.y - mean) / (1 + cells.alpha * mean) / left
        spread = own / left
        if step + 1 >= rules.steps_with_all:
            far = anscombe(cells.y, cells.mean * np.exp(effect), cells.alpha + spread, 0.0)
            weight = _trusted(far, rules)
    return effect, spread


def _trusted(residual: Reals, rules: ShockRules) -> Floats:
    """1 for a cell like the others, 0 for one far from them, and between in between."""
    start, end = rules.outlier_from, rules.outlier_at
    return np.asarray(np.clip((end - np.abs(residual)) / (end - start), 0.0, 1.0), np.float64)
