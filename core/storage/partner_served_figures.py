"""Figures of the service that one partner gets, counted over its cases that the whole desk may see.

Cases are chosen by the conditions of the queue, so that each figure counts what its filter opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, and_, select

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.sla.model import Owner
from core.stats.arrays import Bools, Floats, Ints
from core.stats.survival import kaplan_meier, quantile, quantile_interval
from core.storage.queue_conditions import Condition, Look, conditions, where
from core.storage.scope import OPEN, is_granted_to, visible
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Numbers
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES
from core.storage.tables import CaseGrantRow, CaseRow
from core.storage.tables.base import table_of

STORED, GRANTS = table_of(CaseRow), table_of(CaseGrantRow)
MEDIAN, P90 = 0.5, 0.9
# Decided before any filter is judged: whose cases they are and that the whole desk may see them.
DECIDED = ("partner", "restriction")


class ShareAsk(NamedTuple):
    """A share to be counted: all its cases, and those of them that are hits, wanted or not."""

    name: str
    of: CaseFilter
    hits: CaseFilter
    is_wanted: bool


class ShareCount(NamedTuple):
    """What was counted."""

    hits: int
    of: int


@dataclass(frozen=True, slots=True)
class Longest:
    """The case that took longest, or has taken longest so far."""

    case_id: int
    took_us: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """How long cases took; open ones count with the time they have taken so far.

    A quantile that the curve does not reach is infinite; without cases all are NaN.
    """

    n: int
    open_count: int
    median_us: float
    p90_us: float
    p90_low_us: float
    p90_high_us: float
    longest: Longest | None


@dataclass(frozen=True, slots=True)
class OwnerTime:
    """The time of finished cases that one owner held; the tail is of the cases that it held any of."""

    owner: str
    total_us: int
    count: int
    p90_us: float
    longest: Longest


def open_level_cases(reading: Reading, partner_id: int) -> Evaluator:
    """All cases of a partner that are open to the whole desk."""
    every = reading.evaluator(CASES)
    known = and_(CASES.c.partner_id == partner_id, CASES.c.restriction == OPEN)
    return every.chosen(np.flatnonzero(every.mask(known)))


def chosen_by(filter_: CaseFilter, look: Look) -> Condition:
    """The condition of a filter on rows of which level and partner are decided."""
    parts = conditions(filter_.without(*DECIDED), CASES, look)
    return where(parts, but=("scope",))


def count_cases(rows: Evaluator, look: Look, filter_: CaseFilter) -> int:
    """How many of the rows a filter opens."""
    return int(np.count_nonzero(rows.mask(chosen_by(filter_, look))))


def count_shares(rows: Evaluator, look: Look, asks: Sequence[ShareAsk]) -> dict[str, ShareCount]:
    """The counts of every share by its name."""
    return {
        ask.name: ShareCount(count_cases(rows, look, ask.hits), count_cases(rows, look, ask.of))
        for ask in asks
    }


def reply_tail(rows: Evaluator, look: Look, filter_: CaseFilter, level: float) -> Tail:
    """Working time until the first reply of cases that have one; none of them is open-ended."""
    chosen = rows.chosen(np.flatnonzero(rows.mask(chosen_by(filter_, look))))
    took = np.asarray(chosen.numbers(CASES.c.frt_us).numbers, np.int64)
    tail = _tail(chosen.ids, took, np.ones(len(took), bool), level)
    # Between two cases as the queue has it, which can be told where no end is missing.
    ends = np.quantile(took, [MEDIAN, P90]) if len(took) else np.full(2, np.nan)
    return replace(tail, median_us=float(ends[0]), p90_us=float(ends[1]))


def resolution_tail(rows: Evaluator, look: Look, filter_: CaseFilter, level: float) -> Tail:
    """Wall time until the final resolution, waits included; open cases are still to end."""
    chosen = rows.chosen(np.flatnonzero(rows.mask(chosen_by(filter_, look))))
    took, ended = resolution_walls(chosen, look.at)
    going = int(np.count_nonzero(chosen.mask(CASES.c.owner != "")))
    return replace(_tail(chosen.ids, took, ended, level), open_count=going)


def resolution_walls(rows: Evaluator, at: int) -> tuple[Ints, Bools]:
    """Wall time of each case from received until resolved, or until now; and whether it is over."""
    received = np.asarray(rows.numbers(CASES.c.received_at).numbers, np.int64)
    resolved = rows.numbers(CASES.c.resolved_at)
    ended = rows.mask(CASES.c.owner == "") & known_of(resolved)
    until = np.where(ended, resolved.numbers, at)
    return np.maximum(until - received, 0), ended


def owner_times(rows: Evaluator, look: Look, filter_: CaseFilter) -> tuple[OwnerTime, ...]:
    """Who held how much of the time of finished cases, the most first."""
    chosen = rows.chosen(np.flatnonzero(rows.mask(chosen_by(filter_, look))))
    found = []
    for owner in Owner:
        held = np.asarray(chosen.numbers(CASES.c[f"time_{owner}_us"]).numbers, np.int64)
        some = held[held > 0]
        if len(some):
            place = int(np.argmax(held))
            longest = Longest(int(chosen.ids[place]), int(held[place]), is_open=False)
            p90 = float(np.quantile(some, P90))
            found.append(OwnerTime(owner.value, int(held.sum()), len(some), p90, longest))
    return tuple(sorted(found, key=lambda one: -one.total_us))


def refs_by_ids(connection: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """The reference of each of these cases that the scope contains."""
    seen = visible(STORED, GRANTS, scope, is_granted_to(STORED, GRANTS, scope))
    statement = select(STORED.c.id, STORED.c.ref).where(STORED.c.id.in_(ids), seen)
    return {row.id: str(row.ref) for row in connection.execute(statement)} if ids else {}


def known_of(numbers: Numbers) -> Bools:
    """True where a number is known."""
    return np.ones(len(numbers.numbers), bool) if numbers.known is None else numbers.known


def _tail(ids: Ints, took: Ints, ended: Bools, level: float) -> Tail:
    if not len(took):
        return Tail(0, 0, np.nan, np.nan, np.nan, np.nan, None)
    place = int(np.argmax(took))
    longest = Longest(int(ids[place]), int(took[place]), is_open=not ended[place])
    durations: Floats = took.astype(np.float64)
    curve = kaplan_meier(durations, ended)
    low, high = quantile_interval(curve, P90, level) if ended.any() else (np.inf, np.inf)
    if P90 ** len(took) > (1 - level) / 2:
        high = np.inf  # all of so few may lie below the quantile
    return Tail(
        n=len(took),
        open_count=int(np.count_nonzero(~ended)),
        median_us=quantile(curve, MEDIAN),
        p90_us=quantile(curve, P90),
        p90_low_us=low,
        p90_high_us=high,
        longest=longest,
    )
