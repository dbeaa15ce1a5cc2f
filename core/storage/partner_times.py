"""How long cases took for their resolution, as a share of the target; open ones until a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import and_

from core.clock import MICROSECOND, from_micros
from core.partners.health_day import HealthDay
from core.sla.calendars import measure_of, standard_day
from core.sla.model import ALWAYS_OPEN_KEY, Calendar, ClockName, SlaBook
from core.stats.arrays import Bools, Floats, Ints
from core.storage.partner_conditions import resolved_by
from core.storage.snapshot.columns import Coded, Numbers
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES

# What a target hangs on, in the order of the axes of ``TermTable``.
TERMS = ("policy_version", "priority", "requester_kind", "tier", "calendar")
Words = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False, slots=True)
class ResolutionTimes:
    """Of each case its time ÷ target, and whether it was resolved by then; NaN without a target.

    A case not resolved by then has the working time since it was received: from its due time where
    it has one, else without taking off earlier waits for the requester. One that waits for the
    requester now has what it had when that wait began. Targets are those of the present priority,
    tier and requester by the calendar that the case began with.
    """

    shares: Floats
    ended: Bools


@dataclass(frozen=True, eq=False, slots=True)
class TermTable:
    """Target in microseconds (0 for none) and calendar by the codes of ``TERMS``."""

    target: Ints
    calendar: Ints
    calendars: tuple[Calendar, ...]


def resolution_times(rows: Evaluator, day: HealthDay, book: SlaBook) -> ResolutionTimes:
    """The times of all rows as a day could know them."""
    words, codes = _terms(rows)
    table = term_table(book, words, day.day.toordinal())
    target, calendar = table.target[codes], table.calendar[codes]
    took = rows.numbers(CASES.c.ttr_us)
    ended = rows.mask(resolved_by(CASES, day))
    if took.known is not None:
        ended = ended & took.known
    amounts = np.where(ended, took.numbers, 0)
    going = np.flatnonzero(~ended)
    amounts[going] = _so_far(
        rows.chosen(going), day, table.calendars, calendar[going], target[going]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(target > 0, amounts / target, np.nan)
    return ResolutionTimes(shares, ended)


def _terms(rows: Evaluator) -> tuple[Words, tuple[npt.NDArray[Any], ...]]:
    found = [_coded(rows, name) for name in TERMS]
    return tuple(one.values for one in found), tuple(one.codes for one in found)


def _coded(rows: Evaluator, name: str) -> Coded:
    column = rows.column(CASES.c[name])
    if not isinstance(column, Coded):
        msg = f"{name} is no dimension"
        raise TypeError(msg)
    return column


@lru_cache(maxsize=64)
def term_table(book: SlaBook, words: Words, ordinal: int) -> TermTable:
    """The table for these values of the dimensions, with the calendars in force on a day."""
    policies = {policy.id: policy for policy in book.policies}
    moment = from_micros((ordinal - from_micros(0).toordinal()) * 86_400_000_000)
    calendars = tuple(book.calendar_at(key, moment) for key in book.calendars)
    place = {one.key: at for at, one in enumerate(calendars)}
    target = np.zeros([len(one) for one in words], dtype=np.int64)
    calendar = np.zeros(target.shape, dtype=np.int64)
    for at, (version, priority, kind, tier, key) in zip(
        np.ndindex(target.shape), product(*words), strict=True
    ):
        policy = policies.get(version)
        if policy is None:
            continue
        promised = policy.targets_for(priority, kind, tier).of(ClockName.TTR)
        if promised is None:
            continue
        always = priority in policy.always_open_priorities
        used = place.get(ALWAYS_OPEN_KEY if always else key, place[ALWAYS_OPEN_KEY])
        length = promised.exact or promised.days * standard_day(calendars[used])
        target[at], calendar[at] = length // MICROSECOND, used
    return TermTable(target, calendar, calendars)


def _so_far(
    rows: Evaluator, day: HealthDay, calendars: tuple[Calendar, ...], calendar: Ints, target: Ints
) -> Ints:
    """Working time of cases that were not resolved yet, each by its calendar."""
    received = rows.numbers(CASES.c.received_at).numbers
    due, took = rows.numbers(CASES.c.ttr_due_at), rows.numbers(CASES.c.ttr_us)
    due_at = _or(due, day.at)
    until = np.clip(_stands_since(rows, day.at), received, day.at)
    # One that was resolved later took no longer until then than in the end.
    most = _or(took, np.iinfo(np.int64).max)
    by_due = _or(due, 0) > 0
    if took.known is not None:
        by_due &= ~took.known
    found = np.zeros(len(received), dtype=np.int64)
    for code in np.flatnonzero(np.bincount(calendar, minlength=len(calendars))):
        mine = np.flatnonzero(calendar == code)
        measure = measure_of(calendars[code])
        end = measure.worked(until[mine])
        whole = end - measure.worked(received[mine])
        used = np.clip(target[mine] - (measure.worked(due_at[mine]) - end), 0, whole)
        found[mine] = np.minimum(np.where(by_due[mine], used, whole), most[mine])
    return found


def _stands_since(rows: Evaluator, at: int) -> Ints:
    """Since when the clock of a case stands, because we wait for the requester; else ``at``."""
    stands = rows.mask(and_(CASES.c.sla_ttr == "paused", CASES.c.owner == "requester"))
    since = _or(rows.numbers(CASES.c.owner_since_at), at)
    return np.where(stands, np.minimum(since, at), at)


def _or(numbers: Numbers, otherwise: int) -> Ints:
    """The numbers, with another where one is missing."""
    if numbers.known is None:
        return numbers.numbers
    return np.where(numbers.known, numbers.numbers, otherwise)
