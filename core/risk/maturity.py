"""Weeks of a zone, each cut at the weekday and time of day that the current week has reached.

A Wednesday's half week is compared with half weeks, and a case that became known late counts in a
past week only if it was known by the same weekday and time then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.cases.windows import day_start
from core.clock import to_micros
from core.risk.weeked_cases import Ints

NOT_COUNTED = -1


@dataclass(frozen=True, eq=False, slots=True)
class RipeWeeks:
    """Starts and cuts of weeks, oldest first; a start is inside, a cut is not."""

    mondays: tuple[date, ...]
    starts: Ints
    cuts: Ints

    @property
    def count(self) -> int:
        """Weeks, the current one among them."""
        return len(self.mondays)

    def place(self, at: Ints, known_at: Ints | None = None) -> Ints:
        """The week of each moment, negative before the first week and from the cut of its own."""
        week = np.searchsorted(self.starts, at, side="right") - 1
        cut = self.cuts[week]
        counted = (week >= 0) & (at < cut)
        if known_at is not None:
            counted &= known_at < cut
        found: Ints = np.where(counted, week, NOT_COUNTED)
        return found


def weeks_until(at: datetime, zone: str, count: int) -> RipeWeeks:
    """The local week of a moment and those before it, all as ripe as it is at that moment."""
    local = at.astimezone(ZoneInfo(zone))
    mondays = _mondays(local.date(), count)
    into = timedelta(days=local.weekday())
    cuts = [_same_time(monday + into, local) for monday in mondays[:-1]]
    return _weeks(mondays, zone, [*cuts, to_micros(at.astimezone(UTC))])


def whole_weeks(last: date, zone: str, count: int) -> RipeWeeks:
    """The week of a day and those before it, each to its end."""
    mondays = _mondays(last, count)
    ends = [day_start(monday + timedelta(days=7), zone) for monday in mondays]
    return _weeks(mondays, zone, ends)


def _mondays(last: date, count: int) -> tuple[date, ...]:
    monday = last - timedelta(days=last.weekday())
    return tuple(monday - timedelta(weeks=back) for back in range(count - 1, -1, -1))


def _same_time(day: date, local: datetime) -> int:
    """The instant of that time of day; in a gap or overlap of the clock the earlier offset's."""
    return to_micros(datetime.combine(day, local.time(), tzinfo=local.tzinfo))


def _weeks(mondays: tuple[date, ...], zone: str, cuts: list[int]) -> RipeWeeks:
    starts = np.array([day_start(monday, zone) for monday in mondays], dtype=np.int64)
    return RipeWeeks(mondays, starts, np.array(cuts, dtype=np.int64))
