"""What a heatmap is asked for: two dimensions, the weeks, a measure, and what to compare with."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from core.risk.cell_rules import cell_rules

WEEK, DAY, WEEKDAY, HOUR = "week", "day", "weekday", "hour"
# Axes that stand in the order of time: the shown weeks or their days, and places in any week.
CALENDAR = (WEEK, DAY)
TIMES = (WEEK, DAY, WEEKDAY, HOUR)
RUNNING = "running"  # the end: the week that still runs, beside the same part of weeks before
BEFORE = "before"  # compared with: as many weeks just before
ALL = "*"  # a whole row or column
MOST_DAY_WEEKS = 4  # days of more weeks would not fit a screen


class Measure(StrEnum):
    """What the cells tell; ``core.risk.heat_measures`` has the definitions."""

    CASES = "cases"
    BREACH = "breach"
    OVERTURN = "overturn"
    TTR = "ttr"
    SEVERITY = "severity"


class HeatmapAsk(NamedTuple):
    """What to show; ``end`` and ``against`` name a last week by its Monday, ISO 8601.

    ``end`` is '' for the last complete week, or ``RUNNING``; ``against`` is '' for no comparison,
    or ``BEFORE``.
    """

    rows: str
    columns: str
    weeks: int
    measure: str = Measure.CASES
    end: str = ""
    against: str = ""

    @property
    def is_running(self) -> bool:
        """True when the week that still runs is shown."""
        return self.end == RUNNING

    @property
    def axes(self) -> tuple[str, str]:
        """Dimension of the rows and of the columns."""
        return self.rows, self.columns

    @property
    def coded(self) -> tuple[str, ...]:
        """The dimensions that each case is coded by to be counted by week, rows first."""
        names = (WEEKDAY if name == DAY else name for name in self.axes if name != WEEK)
        # Where time runs along an axis, the other comes first.
        return tuple(sorted(names, key=lambda name: name == WEEKDAY and DAY in self.axes))


DEFAULT = HeatmapAsk("abuse_type", "market", 4)


def usable(ask: HeatmapAsk, dimensions: tuple[str, ...], last: date) -> HeatmapAsk:
    """The ask with defaults in place of what cannot be; ``last`` is the last complete week."""
    offered = (*dimensions, *TIMES)
    rows = ask.rows if ask.rows in offered else DEFAULT.rows
    columns = ask.columns if ask.columns in offered else DEFAULT.columns
    if not _can_cross(rows, columns):
        columns = WEEK if rows not in TIMES else DEFAULT.rows
    end = ask.end if ask.end == RUNNING else _monday(ask.end, last)
    weeks = ask.weeks if ask.weeks in cell_rules().shown_weeks else DEFAULT.weeks
    if end == RUNNING:
        weeks = 1
    elif DAY in (rows, columns):
        weeks = min(weeks, MOST_DAY_WEEKS)
    measure = ask.measure if ask.measure in set(Measure) else Measure.CASES
    against = ask.against if ask.against == BEFORE else _monday(ask.against, last)
    return HeatmapAsk(rows, columns, weeks, measure, end, against)


def _can_cross(rows: str, columns: str) -> bool:
    both = {rows, columns}
    if len(both) == 1:
        return False
    return both not in ({WEEK, DAY}, {DAY, WEEKDAY})


def _monday(text: str, last: date) -> str:
    """An earlier complete week within the years kept, by its Monday; '' for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    day -= timedelta(days=day.weekday())
    first = last - timedelta(weeks=cell_rules().earlier_weeks)
    return day.isoformat() if first <= day < last else ""


def last_week(ask: HeatmapAsk, last: date) -> date:
    """Monday of the last shown week; ``last`` is that of the last complete one."""
    if ask.is_running:
        return last + timedelta(weeks=1)
    return date.fromisoformat(ask.end) if ask.end else last


def compared_week(ask: HeatmapAsk, last: date) -> date | None:
    """Monday of the last week compared with; ``None`` for no comparison, or with itself."""
    shown = last_week(ask, last)
    if ask.against == BEFORE:
        return shown - timedelta(weeks=ask.weeks)
    other = date.fromisoformat(ask.against) if ask.against else None
    return None if other == shown else other
