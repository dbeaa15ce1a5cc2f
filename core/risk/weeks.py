"""Weeks as arrays: where they lie in the year, how many open days they have, and where they end, so
that a week still running is only ever compared with the same part of the weeks before it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.cases.windows import day_start
from core.clock import to_micros
from core.stats.arrays import Floats, Ints

DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
SATURDAY = 5
# A week that has only just begun still has some effort, so that its logarithm is a number.
LEAST_DAYS = 1 / 24


@dataclass(frozen=True, eq=False, slots=True)
class Weeks:
    """Weeks in order: their number on the time line, place in the year, and effort.

    ``number`` counts weeks from any origin, the same for history and outlook; ``year_share`` is
    0–1. ``effort`` is the open days, with what closed days bring of an open one, ÷ 7: one row for
    all cells, or cells × weeks.
    """

    number: Floats
    year_share: Floats
    effort: Floats

    def __len__(self) -> int:
        return len(self.number)

    @property
    def log_effort(self) -> Floats:
        """Logarithm of the effort; 1 × weeks or cells × weeks."""
        return np.atleast_2d(np.log(self.effort))

    def part(self, first: int, end: int | None = None) -> Weeks:
        """The weeks from ``first`` up to but without ``end``; both may count from the back."""
        cut = slice(first, end)
        return Weeks(self.number[cut], self.year_share[cut], self.effort[..., cut])


@dataclass(frozen=True, eq=False, slots=True)
class WeekWindows:
    """Weeks of a zone at equal maturity: start and end in microseconds, ends exclusive.

    ``days`` is how much of each week is covered, the same for all: 7 unless the last still runs.
    """

    mondays: tuple[date, ...]
    starts: Ints
    ends: Ints
    days: float


def week_windows(at: datetime, zone: str, count: int, *, running: bool = True) -> WeekWindows:
    """The last ``count`` weeks, Monday to Sunday, oldest first.

    With ``running`` the last is the week of ``at``, and all end at the weekday and local time of
    ``at``; without, the last is the one that ended before.
    """
    local = at.astimezone(ZoneInfo(zone))
    this = local.date() - timedelta(days=local.weekday())
    last = this if running else this - timedelta(days=DAYS_PER_WEEK)
    mondays = tuple(last - timedelta(days=DAYS_PER_WEEK * k) for k in range(count - 1, -1, -1))
    starts = [day_start(day, zone) for day in mondays]
    if not running:
        ends = [day_start(day + timedelta(days=DAYS_PER_WEEK), zone) for day in mondays]
        return WeekWindows(mondays, np.array(starts), np.array(ends), float(DAYS_PER_WEEK))
    today = timedelta(
        hours=local.hour,
        minutes=local.minute,
        seconds=local.second,
        microseconds=local.microsecond,
    )
    into = timedelta(days=local.weekday()) + today
    ends = [_moment(day, into, zone) for day in mondays[:-1]]
    ends.append(to_micros(at))
    return WeekWindows(mondays, np.array(starts), np.array(ends), into / timedelta(days=1))


def _moment(monday: date, into: timedelta, zone: str) -> int:
    """So many days and hours of the wall clock after that Monday began."""
    # Within one zone Python adds by the wall clock, whatever the hours of the day.
    return to_micros(datetime.combine(monday, time(), ZoneInfo(zone)) + into)


def weeks_of(windows: WeekWindows, rest_day_share: float, holidays: Collection[date] = ()) -> Weeks:
    """The same weeks as the baseline takes them; holidays and weekends are closed days."""
    middles = [day + timedelta(days=DAYS_PER_WEEK // 2) for day in windows.mondays]
    return Weeks(
        number=np.array([day.toordinal() / DAYS_PER_WEEK for day in windows.mondays]),
        year_share=np.array([(m.timetuple().tm_yday - 0.5) / DAYS_PER_YEAR for m in middles]),
        effort=np.array(
            [_effort(day, windows.days, rest_day_share, holidays) for day in windows.mondays]
        ),
    )


def _effort(monday: date, days: float, rest_day_share: float, holidays: Collection[date]) -> float:
    total = 0.0
    for position in range(DAYS_PER_WEEK):
        covered = min(1.0, max(0.0, max(days, LEAST_DAYS) - position))
        day = monday + timedelta(days=position)
        is_open = day.weekday() < SATURDAY and day not in holidays
        total += covered * (1.0 if is_open else rest_day_share)
    return total / DAYS_PER_WEEK
