"""When cases arrive: days with growth, season, weekdays, quiet days and over-dispersion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.clock import EPOCH, to_micros
from core.demo.draw import Floats, Ints, Rng
from core.demo.recipe import ArrivalRecipe
from core.taxonomy import taxonomy

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Days:
    """The days of the window, midnight to midnight UTC, and how much each one weighs."""

    first: int  # days since 1970
    weight: Floats  # sums to 1
    as_of: int

    @property
    def count(self) -> int:
        """Days in the window, the last one may be cut by ``as_of``."""
        return len(self.weight)

    @property
    def week(self) -> Ints:
        """Position of each day's week, Monday to Sunday."""
        days = np.arange(self.first, self.first + self.count, dtype=np.int64)
        weeks = (days + 3) // 7  # 1970-01-01 was a Thursday
        found: Ints = weeks - weeks[0]
        return found

    def week_days(self, weeks_ago: int) -> Ints:
        """The seven days of a whole week; 1 is the last week that ended before ``as_of``."""
        this_monday = (self.as_of // DAY_US + 3) // 7 * 7 - 3
        return np.arange(7, dtype=np.int64) + this_monday - 7 * weeks_ago - self.first


def make_days(rules: ArrivalRecipe, rng: Rng, as_of: datetime) -> Days:
    """The window of ``rules.weeks`` weeks that ends at ``as_of``."""
    end = to_micros(as_of)
    last = end // DAY_US
    first = last - rules.weeks * 7 + 1
    days = np.arange(first, last + 1, dtype=np.int64)
    position = np.linspace(0, 1, len(days))
    weight = 1 + rules.growth_share * position
    weight = weight * (1 + rules.season_share * np.cos(2 * np.pi * (days - days[0] - 300) / 365.25))
    weight = weight * np.array(rules.weekdays)[(days + 3) % 7] * _quiet(rules, days)
    week = (days + 3) // 7 - (days[0] + 3) // 7
    shape = 1 / rules.week_cv**2
    weight = weight * rng.gamma(shape, 1 / shape, int(week[-1]) + 1)[week]
    weight = weight * rng.gamma(rules.day_shape, 1 / rules.day_shape, len(days))
    weight[-1] *= (end - last * DAY_US) / DAY_US
    return Days(int(first), weight / weight.sum(), end)


def _quiet(rules: ArrivalRecipe, days: Ints) -> Floats:
    dates = [EPOCH + timedelta(days=int(d)) for d in days]
    return np.array([rules.quiet_days.get(f"{d:%m-%d}", 1.0) for d in dates])


def offsets_by_month(days: Days) -> tuple[npt.NDArray[np.int64], Ints]:
    """Offset of each market's zone in each month of the window, and the month of each day."""
    dates = [EPOCH + timedelta(days=days.first + d) for d in range(days.count)]
    months = np.array([d.year * 12 + d.month for d in dates], dtype=np.int64)
    months -= months[0]
    middles = [dates[int(np.flatnonzero(months == m)[0])] for m in range(int(months[-1]) + 1)]
    zones = [ZoneInfo(term["zone"] or "UTC") for term in taxonomy().markets.values()]
    table = [[_offset(zone, at) for at in middles] for zone in zones]
    return np.array(table, dtype=np.int64), months


def _offset(zone: ZoneInfo, at: datetime) -> int:
    local = (at.replace(tzinfo=UTC) + timedelta(hours=12)).astimezone(zone).utcoffset()
    return (local or timedelta()) // timedelta(microseconds=1)
