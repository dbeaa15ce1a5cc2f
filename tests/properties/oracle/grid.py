"""Open time as one mark per minute (or second), asked of the zone database one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from core.sla.model import Calendar, Target

    Marks = npt.NDArray[np.bool_]

_DAY_SECONDS = 86_400


class Grid:
    """Cells of one unit from ``begin`` to ``end``; cell k is the time from instant k to k + 1."""

    def __init__(self, begin: datetime, end: datetime, unit: timedelta) -> None:
        self.begin, self.unit = begin, unit
        self.size = (end - begin) // unit
        self._open: dict[Calendar, Marks] = {}

    def instant(self, moment: datetime) -> int:
        """The instant of a moment, which must lie on the grid."""
        cells, rest = divmod(moment - self.begin, self.unit)
        if rest:
            msg = f"{moment} is not a whole {self.unit}"
            raise ValueError(msg)
        return cells

    def moment(self, instant: int) -> datetime:
        """The inverse of ``instant``."""
        return self.begin + instant * self.unit

    def open(self, calendar: Calendar) -> Marks:
        """Whether the calendar is open in each cell."""
        if calendar not in self._open:
            self._open[calendar] = self._ask(calendar, 0, self.size)
        return self._open[calendar]

    def after(self, calendar: Calendar, instant: int, cells: int) -> int:
        """The instant at which ``cells`` open cells have passed; asks further ahead as needed."""
        while True:
            marks = self.open(calendar)
            ahead = np.flatnonzero(marks[instant:])
            if len(ahead) >= cells:
                return instant + int(ahead[cells - 1]) + 1
            more = self._ask(calendar, len(marks), len(marks) + self.size)
            self._open[calendar] = np.concatenate([marks, more])

    def _ask(self, calendar: Calendar, first: int, last: int) -> Marks:
        if calendar.always_open:
            return np.ones(last - first, dtype=np.bool_)
        zone, start, step = (
            ZoneInfo(calendar.zone),
            self.begin.timestamp(),
            self.unit.total_seconds(),
        )
        week = _week(calendar)
        closed = defaultdict(list)
        for holiday in calendar.holidays:
            closed[holiday.on].append(_seconds(holiday.closed_from, holiday.closed_until))
        answers = np.zeros(last - first, dtype=np.bool_)
        for cell in range(last - first):
            local = datetime.fromtimestamp(start + (first + cell) * step, zone)
            since = local.hour * 3600 + local.minute * 60 + local.second
            if any(a <= since < b for a, b in week[local.weekday()]):
                shut = closed.get(local.date(), ())
                answers[cell] = not any(a <= since < b for a, b in shut)
        return answers

    def cells_of(self, target: Target | None, calendar: Calendar) -> int | None:
        """A target in cells; a day is the calendar's commonest day, the longer on a tie."""
        if target is None:
            return None
        if target.exact is not None:
            return target.exact // self.unit
        if calendar.always_open:
            return target.days * (timedelta(days=1) // self.unit)
        hours: Counter[int] = Counter()
        for one in calendar.intervals:
            hours[one.weekday] += (one.closes - one.opens) // self.unit
        frequency = Counter(hours.values())
        best = max(frequency.values())
        return target.days * max(h for h, times in frequency.items() if times == best)


def _week(calendar: Calendar) -> dict[int, list[tuple[int, int]]]:
    """Open seconds of each weekday, with what reaches over from the evening before."""
    week: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for one in calendar.intervals:
        opens, closes = _seconds(one.opens, one.closes)
        week[one.weekday].append((opens, closes))
        if closes > _DAY_SECONDS:
            week[(one.weekday + 1) % 7].append((0, closes - _DAY_SECONDS))
    return week


def _seconds(since: timedelta, until: timedelta) -> tuple[int, int]:
    return int(since.total_seconds()), int(until.total_seconds())
