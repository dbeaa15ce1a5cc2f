"""Rounds of one clock for many cases at once: what ``rounds`` does step by step, in arrays.

Rows are steps in order; rows of one round adjoin. Nothing here loops over cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.sla.measuring import first_per, last_marked

if TYPE_CHECKING:
    import numpy.typing as npt

    from core.sla.measuring import Codes, Marks, Measures, Micros

NO_TARGET = 1 << 61
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class ClockRows:
    """The rows of one clock. ``round`` counts from 0; ``worked`` is zero where nothing counts."""

    round: Micros
    since: Micros
    until: Micros
    base: Micros
    worked: Micros
    ticking: Marks
    target: Micros
    calendar: Codes


@dataclass(frozen=True, eq=False)
class Tally:
    """Per row: elapsed before and after it. Per round: its last row, due time and first breach.

    ``due`` and ``breached_at`` are ``NEVER`` where there is none; ``breach_row`` then is -1.
    ``fixed`` says that the due time will not move with a pause any more.
    """

    before: Micros
    after: Micros
    last: Micros
    due: Micros
    fixed: Marks
    breach_row: Micros
    breached_at: Micros


@dataclass(frozen=True, eq=False)
class _Overdue:
    """Where a due time became fixed, and at which instant; ``since`` points to that row."""

    since: Micros
    instant: Micros
    holds: Marks
    crossing: Marks


def tally(rows: ClockRows, measures: Measures) -> Tally:
    """Accumulate every round and find its due time and its first breach.

    A row without duration can neither tick past a due time nor breach it.
    """
    counted = np.where(rows.ticking, rows.worked, 0)
    first = np.append(True, rows.round[1:] != rows.round[:-1])[: len(rows.round)]
    total = np.cumsum(counted)
    before = total - counted - (total - counted)[first][rows.round]
    after = before + counted
    overdue = _overdue(rows, first, before, after, measures)
    fixed_at = np.where(overdue.holds, overdue.instant[overdue.since], NEVER)
    late = overdue.holds & rows.ticking & (rows.until > np.maximum(fixed_at, rows.since))
    hits = np.flatnonzero(late | overdue.crossing)
    rounds = int(rows.round[-1]) + 1 if len(rows.round) else 0
    nth = first_per(rows.round[hits], rounds)
    breach_row = np.where(nth >= 0, hits[nth], -1) if len(hits) else nth
    breached_at = np.full(rounds, NEVER, dtype=np.int64)
    known = breach_row >= 0
    breached_at[known] = fixed_at[breach_row[known]]
    last = np.append(np.flatnonzero(first)[1:], len(rows.round))[:rounds] - 1
    due = _due_at_end(rows, last, before, after, measures)
    fixed = overdue.holds[last]
    due[fixed] = fixed_at[last][fixed]
    return Tally(before, after, last, due, fixed, breach_row, breached_at)


def _overdue(
    rows: ClockRows, first: Marks, before: Micros, after: Micros, measures: Measures
) -> _Overdue:
    """Fixed due times: run past, or new terms whose target is used up (due at the change)."""
    same = (rows.target[1:] == rows.target[:-1]) & (rows.calendar[1:] == rows.calendar[:-1])
    renewed = first.copy()
    renewed[1:] |= ~same
    epoch = last_marked(renewed)
    used_up = (rows.target - before <= 0)[epoch] if len(epoch) else renewed
    crossing, instant = _crossings(rows, used_up, before, after, measures)
    crossed = last_marked(crossing) >= epoch
    crossed_before = np.append(False, crossed[:-1])[: len(crossed)] & ~renewed
    crossing &= ~crossed_before
    holds = used_up | crossed
    held_before = np.append(False, holds[:-1])[: len(holds)]
    changed = used_up & renewed & ~held_before
    instant[changed] = rows.since[changed]
    return _Overdue(last_marked(crossing | changed), instant, holds, crossing)


def _crossings(
    rows: ClockRows, used_up: Marks, before: Micros, after: Micros, measures: Measures
) -> tuple[Marks, Micros]:
    """Rows that run past their due time, and that time."""
    maybe = np.flatnonzero(rows.ticking & ~used_up & (after >= rows.target))
    crossing = np.zeros(len(rows.round), dtype=np.bool_)
    instant = np.full(len(rows.round), NEVER, dtype=np.int64)
    level = rows.base[maybe] + rows.target[maybe] - before[maybe]
    due = measures.moment(rows.calendar[maybe], level)
    crossing[maybe] = rows.until[maybe] > np.maximum(due, rows.since[maybe])
    instant[maybe] = due
    return crossing, instant


def _due_at_end(
    rows: ClockRows, last: Micros, before: Micros, after: Micros, measures: Measures
) -> Micros:
    """Due if the round ticked on from the end of its last row."""
    due = np.full(len(last), NEVER, dtype=np.int64)
    promised: npt.NDArray[np.int64] = np.flatnonzero(rows.target[last] < NO_TARGET)
    row = last[promised]
    left = rows.target[row] - after[row]
    due[promised] = measures.moment(rows.calendar[row], rows.base[row] + rows.worked[row] + left)
    return due
