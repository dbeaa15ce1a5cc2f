"""The working-time measure of a calendar: open edges in UTC with cumulative working time.

A calendar is open at an instant when the wall clock of its zone shows open time, so a skipped
hour is never open, a doubled one is open twice, and no day is assumed to have 24 hours.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from core.clock import EPOCH, MICROSECOND, from_micros, to_micros
from core.errors import BadInput

if TYPE_CHECKING:
    import numpy.typing as npt

    from core.sla.model import Calendar

    Micros = npt.NDArray[np.int64]

ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1990, 2060
_DAY_US = 86_400_000_000
_SECOND_US = 1_000_000
# No zone has changed its offset twice within a week since 1990 (Gaza and Noronha come closest).
_LOOK_SECONDS = 5 * 86_400


@dataclass(frozen=True, eq=False)
class CalendarMeasure:
    """Working microseconds since ``ORIGIN`` as a function of time, and its inverse.

    ``opens`` and ``closes`` are the edges in UTC microseconds, ``before`` the measure at each
    opening edge. Outside of ``FIRST_YEAR`` to ``LAST_YEAR`` a calendar counts as closed.
    """

    opens: Micros
    closes: Micros
    before: Micros

    def worked(self, micros: Micros) -> Micros:
        """Working microseconds from the origin to each instant; negative before it."""
        at = np.searchsorted(self.opens, micros, side="right") - 1
        np.maximum(at, 0, out=at)
        inside = np.minimum(micros, self.closes[at]) - self.opens[at]
        return self.before[at] + np.maximum(inside, 0)

    def moment(self, worked: Micros) -> Micros:
        """The earliest instant at which each amount is reached: on a closing edge, that edge."""
        at = np.searchsorted(self.before, worked, side="left") - 1
        np.maximum(at, 0, out=at)
        return self.opens[at] + (worked - self.before[at])

    def worked_at(self, moment: datetime) -> timedelta:
        """``worked`` for one moment."""
        one = np.array([to_micros(moment)], dtype=np.int64)
        return int(self.worked(one)[0]) * MICROSECOND

    def moment_at(self, worked: timedelta) -> datetime:
        """``moment`` for one amount."""
        one = np.array([worked // MICROSECOND], dtype=np.int64)
        return from_micros(int(self.moment(one)[0]))


@lru_cache(maxsize=4096)
def measure_of(calendar: Calendar) -> CalendarMeasure:
    """Build the measure of one calendar version once."""
    opens, closes = _open_hours(calendar)
    if not len(opens):
        msg = f"Calendar '{calendar.key}' is never open"
        raise BadInput(msg, at=calendar.id, hint="give it weekly intervals or always_open: true")
    lengths = closes - opens
    before = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    raw = CalendarMeasure(opens, closes, before)
    zero = raw.worked(np.array([to_micros(ORIGIN)], dtype=np.int64))[0]
    return CalendarMeasure(opens, closes, before - zero)


@lru_cache(maxsize=4096)
def standard_day(calendar: Calendar) -> timedelta:
    """What ``1 d`` is worth: as declared, else the commonest weekday's hours, the longer on a tie."""
    if calendar.standard_day is not None:
        return calendar.standard_day
    if calendar.always_open:
        return timedelta(days=1)
    hours: dict[int, timedelta] = {}
    for one in calendar.intervals:
        hours[one.weekday] = hours.get(one.weekday, timedelta()) + one.closes - one.opens
    counted = Counter(hours.values())
    return max(counted, key=lambda length: (counted[length], length))


def _open_hours(calendar: Calendar) -> tuple[Micros, Micros]:
    first, last = _day_number(FIRST_YEAR), _day_number(LAST_YEAR)
    if calendar.always_open:
        edges = np.array([first, last], dtype=np.int64) * _DAY_US
        return edges[:1], edges[1:]
    opens, closes = _local_hours(calendar, first, last)
    return _to_utc(opens, closes, calendar.zone)


def _local_hours(calendar: Calendar, first: int, last: int) -> tuple[Micros, Micros]:
    days = np.arange(first, last, dtype=np.int64)
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday
    shifts = []
    for one in calendar.intervals:
        midnights = days[weekdays == one.weekday] * _DAY_US
        shifts.append((midnights + one.opens // MICROSECOND, midnights + one.closes // MICROSECOND))
    closed = [
        ((h.on.toordinal() - EPOCH.toordinal()) * _DAY_US + edge // MICROSECOND)
        for h in calendar.holidays
        for edge in (h.closed_from, h.closed_until)
    ]
    shut = np.array(closed, dtype=np.int64).reshape(-1, 2)
    starts = np.concatenate([s for s, _ in shifts] or [shut[:0, 0]])
    ends = np.concatenate([e for _, e in shifts] or [shut[:0, 0]])
    return _open_and_not_shut((starts, ends), (shut[:, 0], shut[:, 1]))


def _open_and_not_shut(
    open_: tuple[Micros, Micros], shut: tuple[Micros, Micros]
) -> tuple[Micros, Micros]:
    """Sweep all edges: open where some interval holds and no holiday does."""
    times = np.concatenate([*open_, *shut])
    opened = np.concatenate([np.ones_like(open_[0]), -np.ones_like(open_[1])])
    closed = np.concatenate([np.ones_like(shut[0]), -np.ones_like(shut[1])])
    order = np.argsort(times, kind="stable")
    is_open = np.cumsum(np.concatenate([opened, 0 * closed])[order]) > 0
    is_shut = np.cumsum(np.concatenate([0 * opened, closed])[order]) > 0
    times, state = times[order], is_open & ~is_shut
    settled = np.append(times[1:] != times[:-1], True)  # the last of equal times tells the state
    return _runs(times[settled], state[settled])


def _runs(times: Micros, state: npt.NDArray[np.bool_]) -> tuple[Micros, Micros]:
    """Start and end of each stretch where ``state`` holds from its time to the next."""
    before = np.concatenate([np.zeros(1, dtype=np.bool_), state[:-1]])
    return times[state & ~before], times[~state & before]


def _to_utc(opens: Micros, closes: Micros, zone: str) -> tuple[Micros, Micros]:
    """Cut local hours at each change of the zone's offset and move each piece by its offset."""
    starts, ends = [], []
    for (since, offset), (until, _) in pairwise(_offsets(zone)):
        low = np.searchsorted(closes, since + offset, side="right")
        high = np.searchsorted(opens, until + offset, side="left")
        starts.append(np.maximum(opens[low:high] - offset, since))
        ends.append(np.minimum(closes[low:high] - offset, until))
    begin, end = np.concatenate(starts), np.concatenate(ends)
    apart = begin[1:] != end[:-1]
    return begin[np.append(True, apart)[: len(begin)]], end[np.append(apart, True)[: len(end)]]


@lru_cache(maxsize=1024)
def _offsets(zone: str) -> tuple[tuple[int, int], ...]:
    """(since, offset) of each stretch of constant offset, in UTC microseconds, and the end."""
    info = ZoneInfo(zone)

    def offset(second: int) -> int:
        local = datetime.fromtimestamp(second, info).utcoffset() or timedelta()
        return local // MICROSECOND

    first, last = _day_number(FIRST_YEAR) * 86_400, _day_number(LAST_YEAR) * 86_400
    found = [(first * _SECOND_US, offset(first))]
    for begin in range(first, last, _LOOK_SECONDS):
        low, high = begin, min(begin + _LOOK_SECONDS, last)
        while offset(high) != found[-1][1] and high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == found[-1][1] else (low, middle)
        if offset(high) != found[-1][1]:
            found.append((high * _SECOND_US, offset(high)))
    return (*found, (last * _SECOND_US, 0))


def _day_number(year: int) -> int:
    return datetime(year, 1, 1, tzinfo=UTC).toordinal() - EPOCH.toordinal()
