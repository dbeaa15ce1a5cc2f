"""How much all cells move together, those of one row and those of one column, from their past.

A shock is a factor that a whole row or column has in one period. Its variance shows in products of
residuals of two different cells, in which what each cell does by itself cancels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from core.risk.shock_rules import ShockRules
from core.stats.arrays import Floats, Ints, Reals

ROUNDS = 3  # of weighing the products by the variances found
LEAST_KEPT = 0.2
LEAST_APART = 1e-4  # share of all pairs of cells below which what they make is but rounding


@dataclass(frozen=True, slots=True)
class Shocks:
    """Squared coefficients of variation of what all cells, a row or a column share in a period."""

    whole: float = 0.0
    row: float = 0.0
    column: float = 0.0

    @property
    def total(self) -> float:
        """What they add to the relative variance of one cell."""
        return self.whole + self.row + self.column

    def times(self, factor: float) -> Shocks:
        """All of them larger by a factor."""
        return Shocks(self.whole * factor, self.row * factor, self.column * factor)


@dataclass(frozen=True, eq=False, slots=True)
class Parted:
    """The variance of each cell parted: its own with the error of its mean, and what it shares.

    ``error`` is the standard deviation of the mean. Along ``series`` ("row" or "column") cells are
    one and the same in many periods, which share that error.
    """

    own: Floats
    error: Floats
    shocks: Shocks
    series: str = ""

    def turned(self) -> Parted:
        """The same with columns for rows."""
        shocks = Shocks(self.shocks.whole, self.shocks.column, self.shocks.row)
        series = {"row": "column", "column": "row"}.get(self.series, "")
        return replace(self, shocks=shocks, series=series)


@dataclass(frozen=True, eq=False, slots=True)
class Past:
    """Counts and fitted means of cells × periods, 0 where unknown, with rows and columns of cells.

    ``basis`` spans what the means could follow, periods × coefficients, orthonormal by weeks: so
    much of every shock the means have taken up.
    """

    counts: Reals
    means: Reals
    rows: Ints
    columns: Ints
    alpha: float
    basis: Floats | None = None

    @property
    def kept_share(self) -> float:
        """The share of the variance of shocks that is left in the residuals."""
        if self.basis is None:
            return 1.0
        taken = float((self.basis**2).sum()) / max(1, self.counts.shape[1])
        return float(max(LEAST_KEPT, 1 - taken))

    def in_spans(self, length: int) -> Past:
        """The same in periods of so many weeks; the oldest weeks that fill none are left out."""
        if length == 1:
            return self
        first = self.counts.shape[1] % length
        counts, means = (
            np.asarray(sum(part[:, first + week :: length] for week in range(length)))
            for part in (self.counts, self.means)
        )
        basis = self.basis
        if basis is not None:
            shape = (-1, length, basis.shape[1])
            basis = basis[first:].reshape(shape).sum(axis=1) / np.sqrt(length)
        return Past(counts, means, self.rows, self.columns, self.alpha / length, basis)


@dataclass(frozen=True, eq=False, slots=True)
class _Products:
    """Sums over pairs of cells: of products of residuals, and of what they are for a shock of 1."""

    found: Floats
    whole: Floats
    noise: Floats
    mean: Floats

    def variance(self, start: float) -> float:
        """The variance of the shock; weights follow the variance of the sums, hence the rounds."""
        at = start
        if not float(self.whole.sum()) > 0:
            return 0.0
        for _ in range(ROUNDS):
            weight = (self.noise + max(at, 0.0) * self.mean**2 + 1e-9) ** -2.0
            at = float((weight * self.found).sum() / (weight * self.whole).sum())
        return at


def shocks_of(past: Past, rules: ShockRules) -> Shocks:
    """The shocks of the past periods by moments; none where there are too few periods."""
    if past.counts.shape[1] < rules.least_periods:
        return Shocks()
    means = np.asarray(past.means, np.float32)
    square = means * means
    most = rules.residual_cap * np.sqrt(means + np.float32(past.alpha) * square)
    residual = np.minimum(np.asarray(past.counts, np.float32) - means, most)
    parts = (residual, residual * residual, means, square)
    by_row, by_column = (_sums(parts, groups) for groups in (past.rows, past.columns))
    row, column, whole = (
        _products(sums, past.alpha)
        for sums in (by_row, by_column, [part.sum(axis=0, keepdims=True) for part in by_row])
    )
    # Pairs in other rows and other columns share nothing but what all share.
    apart = _Products(
        whole.found[0] - row.found.sum(axis=0) - column.found.sum(axis=0),
        whole.whole[0] - row.whole.sum(axis=0) - column.whole.sum(axis=0),
        whole.noise[0],
        whole.mean[0],
    )
    least = LEAST_APART * float(whole.whole.sum())

    def measured(products: _Products) -> float:
        if float(products.whole.sum()) <= least:
            return 0.0
        return max(0.0, products.variance(past.alpha))

    shared = measured(apart)
    in_rows, in_columns = (max(0.0, measured(products) - shared) for products in (row, column))
    return Shocks(shared, in_rows, in_columns).times(1 / past.kept_share)


def _sums(parts: tuple[Reals, ...], groups: Ints) -> list[Floats]:
    """Sums of each part over the cells of each group, by period."""
    cells, size = len(groups), int(groups.max()) + 1
    belongs = csr_array(
        (np.ones(cells, np.float32), (groups, np.arange(cells))), shape=(size, cells)
    )
    return [np.asarray(belongs @ part, np.float64) for part in parts]


def _products(sums: list[Floats], alpha: float) -> _Products:
    residual, square, mean, mean_square = sums
    return _Products(residual**2 - square, mean**2 - mean_square, mean + alpha * mean_square, mean)
