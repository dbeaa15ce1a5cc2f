"""Calendar measures for arrays in which every row has its own calendar.

One pass per distinct calendar; nothing here knows what a clock is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.sla.calendars import CalendarMeasure, measure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from core.sla.model import Calendar

    Micros = npt.NDArray[np.int64]
    Codes = npt.NDArray[np.int64]
    Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measures:
    """The measures of the calendars that codes point to."""

    calendars: Sequence[Calendar]

    def worked(self, calendar: Codes, micros: Micros) -> Micros:
        """Working time from the origin to each instant, by each row's calendar."""
        return self._each(calendar, micros, CalendarMeasure.worked)

    def moment(self, calendar: Codes, worked: Micros) -> Micros:
        """The earliest instant of each amount, by each row's calendar."""
        return self._each(calendar, worked, CalendarMeasure.moment)

    def _each(
        self, calendar: Codes, values: Micros, ask: Callable[[CalendarMeasure, Micros], Micros]
    ) -> Micros:
        found = np.empty_like(values)
        used = [int(code) for code in np.flatnonzero(np.bincount(calendar))]
        for code in used:
            measure = measure_of(self.calendars[code])
            if len(used) == 1:
                return ask(measure, values)
            rows = np.flatnonzero(calendar == code)
            found[rows] = ask(measure, values[rows])
        return found


def carried(values: Codes, here: Marks) -> Codes:
    """Each row's value as last set at a row marked ``here``; the first row must be marked."""
    return values[last_marked(here)]


def last_marked(here: Marks) -> Micros:
    """The position of the last marked row up to each row; -1 before the first."""
    positions = np.where(here, np.arange(len(here)), -1)
    return np.maximum.accumulate(positions) if len(here) else positions


def first_per(group: Micros, count: int) -> Micros:
    """The first position of each group number among ``group``; -1 where it does not occur."""
    found = np.full(count, -1, dtype=np.int64)
    found[group[::-1]] = np.arange(len(group))[::-1]
    return found


def marked(group: Micros, count: int) -> Marks:
    """Which of the group numbers occur in ``group``."""
    found = np.zeros(count, dtype=np.bool_)
    found[group] = True
    return found
