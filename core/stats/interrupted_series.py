"""A series of counts that something interrupts: its design, and the plain quasi-Poisson reading.

The plain reading takes the counts for independent; correlated_counts does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

import numpy as np
from scipy import special

from core.stats.arrays import Floats
from core.stats.quasi_poisson import Fit, fit_quasi_poisson

LEVEL, STEP = 0, 1  # columns of every design


@dataclass(frozen=True, slots=True)
class Shape:
    """What besides a level and a step the mean follows; ``season_length`` is in periods."""

    trend: bool = True
    slope: bool = False  # the trend changes with the step
    season_pairs: int = 0
    season_length: float = 1.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """A factor with its interval."""

    ratio: float
    low: float
    high: float

    @property
    def is_lower(self) -> bool:
        """True when the whole interval lies below no change."""
        return self.high < 1.0

    @property
    def is_higher(self) -> bool:
        """True when the whole interval lies above no change."""
        return self.low > 1.0


def design(count: int, begin: int, shape: Shape) -> Floats:
    """Columns level, step, then trend, slope after the step, and sines and cosines of the season.

    ``begin`` is the first period after the step. Time runs in periods from 1, as counted, so that
    a coefficient of the trend is that of one period.
    """
    time = np.arange(1, count + 1, dtype=np.float64)
    after = (np.arange(count) >= begin).astype(np.float64)
    columns = [np.ones(count), after]
    if shape.trend:
        columns.append(time)
    if shape.slope:
        columns.append(after * (time - begin))
    for pair in range(1, shape.season_pairs + 1):
        turn = 2 * pi * pair * time / shape.season_length
        columns += [np.sin(turn), np.cos(turn)]
    return np.column_stack(columns)


def plain_fit(counts: Floats, base: Floats, columns: Floats) -> Fit:
    """Quasi-Poisson with ``base`` as what the mean is a multiple of."""
    return fit_quasi_poisson(counts, columns, offset=np.log(base))


def plain_ratio(fit: Fit, column: int, level: float, *, poisson: bool = False) -> Ratio:
    """The factor of one column with a normal interval; ``poisson``: as if phi were 1."""
    spread = sqrt(float(fit.unscaled[column, column]) * (1.0 if poisson else fit.dispersion))
    reach = float(special.ndtri((1 + level) / 2)) * spread
    middle = float(fit.coefficients[column])
    return Ratio(exp(middle), exp(middle - reach), exp(middle + reach))
