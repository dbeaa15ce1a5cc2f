"""How often detectors alarm on drawn series without a surge, and what chance alone allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import stats

from core.risk.alarms import Alarms
from core.risk.day_alarms import judge_days
from core.risk.detector_settings import DayEarsSettings, FarringtonSettings
from core.risk.farrington import farrington
from core.stats.arrays import Ints
from tests.support.weekly_series import quiet_weeks

MONDAY = date(2020, 1, 6)
YEARLY_WEEKS = 52 * 3 + 20
YOUNG_WEEKS = 14
MEANS = (2.0, 10.0, 50.0)
DAY_MEANS = (0.1, 0.5, 2.0, 10.0, 50.0)
WEEK = 7
ALIKE = (1.0,) * WEEK
STEEP = (1.25, 1.1, 1.05, 1.0, 0.9, 0.45, 0.35)  # more so than the demo's
DISPERSIONS = (0.0, 0.1)
# A right detector fails one such test in five hundred.
CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class DayCell:
    """Cases a day, their over-dispersion, what each weekday has of them, and which is looked at."""

    mean: float
    spread: float
    weekdays: tuple[float, ...]
    weekday: int


def day_cells() -> list[DayCell]:
    """Every mean and spread, by days alike and by a steep week."""
    return [
        DayCell(mean, spread, shape, weekday)
        for mean in DAY_MEANS
        for spread in DISPERSIONS
        for shape in (ALIKE, STEEP)
        for weekday in range(WEEK)
    ]


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


def reached_on_days(
    how: DayEarsSettings,
    rng: np.random.Generator,
    runs: int,
    cell: DayCell,
    *,
    factor: float = 1.0,
) -> Reached:
    """One weekday of each of ``runs`` series of days, its expectation times ``factor``."""
    size = how.history_days + how.shown_days
    weekdays = np.arange(size) % WEEK
    shape = np.array(cell.weekdays)
    mean = cell.mean * (shape / shape.mean())[weekdays]
    # The day looked at ends the series, as the last of the days that a view shows.
    at = size - WEEK + cell.weekday
    mean[at] *= factor
    level = rng.gamma(1 / cell.spread, cell.spread, (runs, size)) if cell.spread > 0 else 1.0
    counts = rng.poisson(mean * level, (runs, size)).astype(np.int64)
    told = judge_days(counts[:, : at + 1], weekdays[: at + 1].tolist(), how)
    assert told.can_say[:, at].all()
    return Reached(int(told.any[:, at].sum()), runs)


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
