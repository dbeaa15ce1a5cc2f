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
    """Counts and fitted means of cells × periods, 0 where unknown, with rows and columns of cells."""

    counts: Reals
    means: Reals
    rows: Ints
    columns: Ints
    alpha: float

    def in_spans(self, length: int) -> Past:
        """The same in periods of so many weeks; the oldest weeks that fill none are left out."""
        if length == 1:
            return self
        cells, weeks = self.counts.shape
        first = weeks % length
        counts, means = (
            part[:, first:].reshape(cells, -1, length).sum(axis=2)
            for part in (self.counts, self.means)
        )
        return Past(counts, means, self.rows, self.columns, self.alpha / length)


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
    spread = np.sqrt(past.means * (1 + past.alpha * past.means))
    residual = np.clip(past.counts - past.means, None, rules.residual_cap * spread)
    square, mean_square = residual**2, past.means**2
    noise = past.means + past.alpha * mean_square
    parts = (residual, square, past.means, mean_square, noise)
    row, column = (_products(parts, of) for of in (past.rows, past.columns))
    whole = _products(parts, np.zeros_like(past.rows))
    # Pairs in other rows and other columns share nothing but what all share.
    apart = _Products(
        whole.found.sum(axis=0) - row.found.sum(axis=0) - column.found.sum(axis=0),
        whole.whole.sum(axis=0) - row.whole.sum(axis=0) - column.whole.sum(axis=0),
        whole.noise[0],
        whole.mean[0],
    )
    alone = float(apart.whole.sum()) > 1e-6 * float(whole.whole.sum())
    shared = max(0.0, apart.variance(past.alpha)) if alone else 0.0
    return Shocks(
        shared,
        max(0.0, row.variance(past.alpha) - shared),
        max(0.0, column.variance(past.alpha) - shared),
    )


def _products(parts: tuple[Reals, ...], groups: Ints) -> _Products:
    cells = len(groups)
    size = int(groups.max()) + 1
    belongs = csr_array(
        (np.ones(cells, np.float32), (groups, np.arange(cells))), shape=(size, cells)
    )
    residual, square, mean, mean_square, noise = (
        np.asarray(belongs @ part, np.float64) for part in parts
    )
    return _Products(residual**2 - square, mean**2 - mean_square, noise, mean)
