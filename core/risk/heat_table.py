"""Cases by row, column and week: what expectations and counts of a heatmap are taken from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from core.risk.cell_rules import CellRules
from core.risk.cells import Counted
from core.risk.expectation import Expectation, History, expect
from core.risk.heat_ask import CALENDAR, DAY, HeatmapAsk
from core.risk.shocks import Parted
from core.risk.weeks import Weeks
from core.stats.arrays import Bools, Ints, Wholes


@dataclass(frozen=True, eq=False, slots=True)
class HeatTable:
    """Counts of the first dimension × the second × weeks; the second has one value if there is none.

    Both have a last place more, for the values that are left out. Counts are as short as they fit.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    counts: Wholes
    left_out: int

    @property
    def cells(self) -> Wholes:
        """Values that are not left out."""
        return self.counts[: len(self.first), : len(self.second)]


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """Some weeks of a table, without ``end``, and the days that they stand for."""

    end: int
    mondays: tuple[date, ...]
    last_day: date

    @property
    def start(self) -> int:
        """The first of the weeks."""
        return self.end - len(self.mondays)

    def names(self, axis: str) -> tuple[str, ...]:
        """Weeks by their Mondays, or the days up to the last."""
        if axis != DAY:
            return tuple(day.isoformat() for day in self.mondays)
        count = (self.last_day - self.mondays[0]).days + 1
        return tuple((self.mondays[0] + timedelta(days=n)).isoformat() for n in range(count))


def counted(
    table: HeatTable, ask: HeatmapAsk, stretch: Stretch, weeks: Weeks, rules: CellRules
) -> Counted:
    """The cells of these weeks with their expectation from the weeks before."""
    cells = table.cells
    flat = cells.reshape(-1, cells.shape[2])
    begin = max(0, stretch.start - rules.history_weeks)
    past, now = flat[:, begin : stretch.start], flat[:, stretch.start : stretch.end]
    places = np.divmod(np.arange(len(flat)), max(1, len(table.second)))
    ahead = weeks.part(stretch.start, stretch.end)
    found = _expected(past, places, weeks.part(begin, stretch.start), ahead, rules)
    seen: Bools = np.asarray(past.any(axis=1), np.bool_)
    if not set(CALENDAR) & set(ask.axes):
        return Counted(
            rows=np.repeat(table.first, len(table.second)).tolist(),
            columns=list(table.second) * len(table.first),
            observed=now.sum(axis=1, dtype=np.int64),
            expected=found.expected,
            variance=found.variance,
            seen_before=seen,
            parted=found.parted,
        )
    return _in_time(table, ask, stretch, now, found, seen)


def _in_time(
    table: HeatTable,
    ask: HeatmapAsk,
    stretch: Stretch,
    now: Wholes,
    found: Expectation,
    seen: Bools,
) -> Counted:
    """One axis is the shown weeks or their days; the days of a week are the second dimension."""
    axis = DAY if DAY in ask.axes else next(a for a in ask.axes if a in CALENDAR)
    names = stretch.names(axis)
    size, per_week = len(table.first), len(table.second) if axis == DAY else 1

    def spread(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        # first × day of week × week -> first × (week × day of week), days to come cut off
        shaped = values.reshape(size, per_week, -1).transpose(0, 2, 1).reshape(size, -1)
        return shaped[:, : len(names)].ravel()

    first = np.repeat(table.first, len(names)).tolist()
    second = list(names) * size
    rows, columns = (first, second) if ask.columns == axis else (second, first)
    return Counted(
        rows=rows,
        columns=columns,
        observed=spread(now).astype(np.int64),
        expected=spread(found.weekly),
        variance=spread(found.weekly_variance),
        seen_before=spread(np.broadcast_to(seen[:, None], now.shape)),
        parted=None if axis == DAY else _in_weeks(found.weekly_parted, ask),
    )


def _in_weeks(parted: Parted | None, ask: HeatmapAsk) -> Parted | None:
    """Each line of cells is one value in many weeks; in each week all values share a shock."""
    if parted is None:
        return None
    flat = replace(parted, own=parted.own.ravel(), error=parted.error.ravel(), series="row")
    return flat if ask.columns in CALENDAR else flat.turned()


def _expected(
    past: Wholes, places: tuple[Ints, Ints], weeks: Weeks, ahead: Weeks, rules: CellRules
) -> Expectation:
    # The desk began with its first case: weeks before are unknown, not quiet, and that week was
    # hardly a whole one.
    begun = min(int(np.argmax(past.any(axis=0))) + 1, past.shape[1] - 1) if past.size else 0
    rows, columns = places
    history = History(past[:, begun:], weeks.part(begun), rows, columns=columns)
    return expect(history, ahead, rules.expectation)


def totals(
    table: HeatTable, ask: HeatmapAsk, stretch: Stretch
) -> tuple[dict[str, int], dict[str, int], int]:
    """Cases of each whole row, of each whole column, and of all; also those of left out values."""
    now = table.counts[:, :, stretch.start : stretch.end]
    by_first = dict(zip(table.first, now.sum(axis=(1, 2)).tolist(), strict=False))
    axis = next((a for a in ask.axes if a in CALENDAR), "")
    if axis == DAY:
        days = now.sum(axis=0)[: len(table.second)].T.ravel().tolist()
        by_second = dict(zip(stretch.names(DAY), days, strict=False))
    elif axis:
        by_second = dict(zip(stretch.names(axis), now.sum(axis=(0, 1)).tolist(), strict=True))
    else:
        by_second = dict(zip(table.second, now.sum(axis=(0, 2)).tolist(), strict=False))
    first_is_rows = not axis or ask.columns == axis
    rows, columns = (by_first, by_second) if first_is_rows else (by_second, by_first)
    return rows, columns, int(now.sum())


def in_order(ask: HeatmapAsk, times: Sequence[str]) -> frozenset[str]:
    """The axes that keep the order of time."""
    both = {"row": ask.rows, "column": ask.columns}
    return frozenset(side for side, name in both.items() if name in times)
