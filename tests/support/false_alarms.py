"""How often detectors alarm on drawn series without a surge, and what chance alone allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import stats

from core.risk.alarms import Alarms
from core.risk.detector_settings import FarringtonSettings
from core.risk.farrington import farrington
from core.stats.arrays import Ints
from tests.support.weekly_series import quiet_weeks

MONDAY = date(2020, 1, 6)
YEARLY_WEEKS = 52 * 3 + 20
YOUNG_WEEKS = 14
MEANS = (2.0, 10.0, 50.0)
DISPERSIONS = (0.0, 0.1)
# A right detector fails one such test in five hundred.
CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class Reached:
    """Alarms among independent runs."""

    alarms: int
    runs: int

    @property
    def share(self) -> float:
        return self.alarms / self.runs

    def fits(self, low: float, high: float) -> bool:
        """Whether some share from ``low`` to ``high`` gives so many alarms, chance granted."""
        least = stats.binom.ppf(CHANCE, self.runs, low)
        most = stats.binom.ppf(1.0 - CHANCE, self.runs, high)
        return bool(least <= self.alarms <= most)


def reached_by_ears(
    judge: Callable[[Ints], Alarms], rng: np.random.Generator, runs: int, mean: float, spread: float
) -> Reached:
    """The last week of each of ``runs`` series that only just are long enough."""
    level = rng.gamma(1 / spread, spread, (runs, YOUNG_WEEKS)) if spread > 0 else 1.0
    counts = rng.poisson(mean * level, (runs, YOUNG_WEEKS)).astype(np.int64)
    return Reached(int(judge(counts).alarm[:, -1].sum()), runs)


def reached_by_farrington(
    how: FarringtonSettings,
    rng: np.random.Generator,
    runs: int,
    mean: float,
    spread: float,
    *,
    factor: float = 1.0,
) -> Reached:
    """The last week of each series with a yearly wave, its expectation times ``factor``."""
    shape = (runs, YEARLY_WEEKS)
    counts = quiet_weeks(rng, shape, mean, dispersion=spread, last_times=factor)
    last = YEARLY_WEEKS - 1
    told = (farrington(row, MONDAY, how, since=last).alarm[0] for row in counts)
    return Reached(sum(bool(alarm) for alarm in told), runs)
