"""Turns a ``CaseFilter`` into conditions on the snapshot, one per part, so that counts can leave one out.

What depends on time (past due, at risk, age, urgency) is judged at the ``Look``'s moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from core.access.model import Scope
from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment, Sort, Whose
from core.cases.measures import overturned_outcomes
from core.cases.model import Viewer
from core.cases.windows import (
    MINUTES_PER_DAY,
    clock_changes,
    day_start,
    next_day,
    queue_windows,
)
from core.storage.partner_conditions import health_conditions
from core.storage.scope import either, visible
from core.storage.snapshot.tables import CASES, GRANTS, OPEN_CASES, PARTNERS
from core.taxonomy import taxonomy

KEPT = 256  # expressions of the last minutes; to make one anew costs more than to use it
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = MINUTES_PER_DAY * MINUTE_US
# 1970 began on a Thursday; whole weeks keep what came before positive.
TO_A_MONDAY = 3 * DAY_US + 5_218 * 7 * DAY_US
# Days between which the clocks of a zone are followed where a filter has no dates.
FIRST_CLOCK, LAST_CLOCK = date(2015, 1, 1), date(2035, 12, 31)
Condition = ColumnElement[bool]
NOBODY = Viewer("", "")
# Range of days -> the moment it is about.
RANGES = {
    "received": "received_at",
    "resolved": "resolved_at",
    "closed": "closed_at",
    "responded": "first_response_at",
}
# Verdict of a clock -> the moment that it is due at.
DUE_OF = {
    "sla_frt": "frt_due_at",
    "sla_nrt": "nrt_due_at",
    "sla_upd": "upd_due_at",
    "sla_ttr": "ttr_due_at",
}
OURS = ("", "us", "out_of_hours")
# Keys of the order are whole numbers; each state has a band, so that no two bands overlap.
BAND = 10**17  # wider than any moment in microseconds
SHARE_UNITS = 1_000_000


class Found:
    """Cases that something outside the snapshot named; equal sets are equal, hashed only once."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        self.ids = np.sort(np.fromiter(ids, dtype=np.int64))
        self._hash = hash(self.ids.tobytes())

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Found) and np.array_equal(self.ids, other.ids)


@dataclass(frozen=True)
class GapCases:
    """The cases behind a policy gap as a filter asks for them: linked, matching, or either."""

    linked: Found | None = None  # None = not asked for, as are those it matches
    matching: CaseFilter | None = None
    found: Found | None = None  # cases named by text and references of ``matching``
    at: int | None = None  # the moment, where which cases match hangs on it


@dataclass(frozen=True)
class Look:
    """Who looks, when, and what the filter names outside the snapshot; all of it is hashable."""

    scope: Scope
    viewer: Viewer
    at: int
    worked: tuple[tuple[str, int], ...]  # calendar version -> its working time up to ``at``
    at_risk_share: float
    found: Found | None = None  # cases named by text and references; None = not asked
    granted: Found | None = None  # restricted cases opened by name; None = ask each time
    gap: GapCases | None = None  # the cases behind the gap of the filter; None = not asked

    @property
    def sight(self) -> Hashable:
        """What of a look its cases depend on, but for the moment."""
        return (self.scope, self.granted, self.found, self.gap)


def source_of(filter_: CaseFilter) -> Table:
    """The smallest table that holds every case of the filter."""
    return OPEN_CASES if filter_.is_open_only else CASES


def conditions(filter_: CaseFilter, cases: FromClause, look: Look) -> dict[str, Condition]:
    """One condition for each part of the filter that narrows, by the part's name; scope first."""
    parts: dict[str, Condition] = {"scope": _in_scope(cases, look.scope, look.granted)}
    parts["segment"] = in_segment(filter_.segment, cases, look)
    parts |= {
        name: _in_dimension(name, filter_.values(name), cases, look)
        for name in DIMENSIONS
        if filter_.values(name)
    }
    parts |= {f"flag.{flag}": has_flag(flag, cases, look) for flag in filter_.flags}
    parts |= {f"whose.{one}": _is_whose(one, cases, look) for one in filter_.whose}
    if look.found is not None:
        parts["found"] = _among(cases.c.id, look.found)
    if filter_.gap or look.gap is not None:
        parts["gap"] = in_gap(cases, look)
    parts |= _local_times(filter_, cases)
    parts |= health_conditions(filter_, cases, look.at)
    return parts | _ranges(filter_, cases) | _minutes(filter_, cases, look)


@lru_cache(KEPT)
def _in_scope(cases: FromClause, scope: Scope, granted: Found | None) -> Condition:
    is_granted = None if granted is None else _among(cases.c.id, granted)
    return visible(cases, GRANTS, scope, is_granted)


def where(parts: dict[str, Condition], but: Collection[str] = ()) -> Condition:
    """All parts together, without some."""
    return and_(true(), *(condition for name, condition in parts.items() if name not in but))


def dimension(name: str, cases: FromClause, look: Look) -> ColumnElement[Any]:
    """The expression whose values a dimension has; clocks as they stand at the moment."""
    if name not in DUE_OF:
        return cases.c.partner_id if name == "partner" else cases.c[name]
    missed = is_missed(name, cases, look)
    return case((missed, literal("breached")), else_=cast(cases.c[name], Text))


def is_missed(verdict: str, cases: FromClause, look: Look) -> Condition:
    """True where a clock was running when it was last worked out and has been missed since."""
    return and_(cases.c[verdict] == "running", cases.c[DUE_OF[verdict]] < look.at)


@lru_cache(KEPT)
def in_segment(segment: Segment, cases: FromClause, look: Look) -> Condition:
    """The first cut, judged at the moment."""
    is_open = cases.c.owner != ""
    since = look.at - queue_windows().recently_closed_days * DAY_US
    cuts: dict[Segment, Callable[[], Condition]] = {
        Segment.MINE: lambda: and_(is_open, _is_whose(Whose.ME, cases, look)),
        Segment.TEAM: lambda: and_(is_open, _is_whose(Whose.TEAM, cases, look)),
        Segment.OPEN: lambda: is_open,
        Segment.BREACHED: lambda: and_(is_open, has_flag(Flag.BREACHED, cases, look)),
        Segment.WAITING: lambda: cases.c.owner.not_in(OURS),
        Segment.RECENTLY_CLOSED: lambda: cases.c.ended_at >= since,
        Segment.ALL: true,
    }
    return cuts[segment]()


@lru_cache(KEPT)
def has_flag(flag: Flag, cases: FromClause, look: Look) -> Condition:
    """A yes-or-no property, judged at the moment."""
    runs = cases.c.next_clock != ""
    late = and_(runs, cases.c.next_due_at < look.at)
    flags: dict[Flag, Callable[[], Condition]] = {
        Flag.UNASSIGNED: lambda: cases.c.assignee == "",
        Flag.BREACHED: lambda: or_(cases.c.has_breach, func.coalesce(late, false())),
        Flag.AT_RISK: lambda: and_(
            runs, cases.c.next_due_at >= look.at, share_used(cases, look) >= look.at_risk_share
        ),
        Flag.REOPENED: lambda: cases.c.reopen_count > 0,
        Flag.UNSUPPORTED_PAUSE: lambda: cases.c.unsupported_pause,
        Flag.DATA_FAULT: lambda: cases.c.data_fault != "",
        Flag.LEGAL_HOLD: lambda: cases.c.legal_hold,
        Flag.OFF_CHANNEL: lambda: either(cases.c.channel, taxonomy().off_channel()),
        Flag.NO_FIRST_REPLY: lambda: cases.c.first_response_at.is_(None),
        Flag.WENT_WRONG: lambda: or_(
            has_flag(Flag.BREACHED, cases, look), either(cases.c.outcome, overturned_outcomes())
        ),
    }
    return flags[flag]()


@lru_cache(KEPT)
def share_used(cases: FromClause, look: Look) -> ColumnElement[Any]:
    """Share of the target that the clock due next has used; NULL when none runs."""
    worked = case(dict(look.worked), value=cases.c.next_calendar) if look.worked else literal(None)
    used = cast(worked, BigInteger) - cases.c.next_base_us
    return used * 1.0 / func.nullif(cases.c.next_target_us, 0)


def urgency(cases: FromClause, look: Look) -> ColumnElement[Any]:
    """Harm weight of the priority × share of the target used; NULL when no clock runs."""
    lists = taxonomy()
    weights = {p: lists.harm_weight(p) for p in lists.priorities}
    weight = case(weights, value=cases.c.priority, else_=min(weights.values()))
    running = cases.c.next_clock != ""
    return case((running, weight * share_used(cases, look)))


@lru_cache(KEPT)
def order_key(sort: Sort, cases: FromClause, look: Look) -> ColumnElement[int]:
    """A whole number that is larger for what comes earlier; equal keys go by id."""
    is_open, finished = cases.c.owner != "", finished_key(cases)
    waiting = -BAND - cases.c.received_at
    if sort is Sort.RECEIVED:
        return cases.c.received_at
    if sort is Sort.AGE:
        return -cases.c.received_at
    if sort is Sort.URGENCY:
        units = cast(func.floor(urgency(cases, look) * SHARE_UNITS), BigInteger)
        # Bands hold only when no share is negative, whatever a wrong base would give.
        running = case((units < 0, 0), else_=units)
        return case((is_open, func.coalesce(running, waiting)), else_=finished)
    if sort is Sort.DUE:
        return case((is_open, func.coalesce(-cases.c.next_due_at, waiting)), else_=finished)
    return case((is_open, _priority_key(cases)), else_=finished)


def finished_key(cases: FromClause) -> ColumnElement[int]:
    """The order among finished cases where those come last: what ended last comes first."""
    return -3 * BAND + func.coalesce(cases.c.ended_at, 0)


def _priority_key(cases: FromClause) -> ColumnElement[int]:
    order = list(taxonomy().priorities)
    bands = {name: (len(order) - place) * 10 * BAND for place, name in enumerate(order)}
    band = case(bands, value=cases.c.priority, else_=0)
    # Within a priority what is due first; without a clock the oldest, after all that have one.
    return cast(band, BigInteger) + func.coalesce(-cases.c.next_due_at, -BAND - cases.c.received_at)


def _in_dimension(name: str, values: tuple[str, ...], cases: FromClause, look: Look) -> Condition:
    expression = dimension(name, cases, look)
    if name != "partner":
        return either(expression, values)
    known = [value for value in values if value]
    chosen = expression.in_(select(PARTNERS.c.lead_id).where(either(PARTNERS.c.ref, known)))
    return or_(chosen, expression.is_(None)) if "" in values else chosen


def _is_whose(whose: Whose, cases: FromClause, look: Look) -> Condition:
    own = look.viewer.username if whose is Whose.ME else look.viewer.team
    if not own:
        return false()
    column: ColumnElement[str] = cases.c.assignee if whose is Whose.ME else cases.c.team
    return column == own


@lru_cache(8)
def _among(column: ColumnElement[int], found: Found) -> Condition:
    if not len(found.ids):
        return false()
    # One parameter, however many there are.
    listed = bindparam("found", found.ids.tolist(), type_=ARRAY(BigInteger), unique=True)
    return column.in_(select(func.unnest(listed)))


@lru_cache(KEPT)
def in_gap(cases: FromClause, look: Look) -> Condition:
    """Linked to the gap or matching it; nobody's own cases, so that all see the same gap."""
    either_: list[Condition] = []
    if look.gap is not None and look.gap.linked is not None:
        either_.append(_among(cases.c.id, look.gap.linked))
    if look.gap is not None and look.gap.matching is not None:
        inside = replace(look, viewer=NOBODY, found=look.gap.found, gap=None)
        either_.append(where(conditions(look.gap.matching, cases, inside), but=("scope",)))
    return or_(*either_) if either_ else false()


def _ranges(filter_: CaseFilter, cases: FromClause) -> dict[str, Condition]:
    parts: dict[str, Condition] = {}
    for name, column in RANGES.items():
        if bounds := _days(filter_, name, cases.c[column]):
            parts[name] = and_(*bounds)
    if "responded" in parts:
        parts["responded"] = and_(parts["responded"], cases.c.frt_us.is_not(None))
    return parts


def _days(filter_: CaseFilter, name: str, column: ColumnElement[int]) -> list[Condition]:
    first, last = getattr(filter_, f"{name}_from"), getattr(filter_, f"{name}_to")
    bounds: list[Condition] = []
    if first is not None:
        bounds.append(column >= day_start(first, filter_.zone))
    if last is not None:
        bounds.append(column < day_start(next_day(last), filter_.zone))
    return bounds


def _local_times(filter_: CaseFilter, cases: FromClause) -> dict[str, Condition]:
    """Weekday and hour of the local clock at which a case was received."""
    weekday, hour = filter_.received_weekday, filter_.received_hour
    if weekday is None and hour is None:
        return {}
    first, last = filter_.received_from or FIRST_CLOCK, filter_.received_to or LAST_CLOCK
    changes = clock_changes(filter_.zone, first, max(first, last))
    received = cases.c.received_at
    moved = [(at, literal(ahead + TO_A_MONDAY)) for at, ahead in changes]
    later = [(received >= at, ahead) for at, ahead in reversed(moved[1:])]
    local = received + (case(*later, else_=moved[0][1]) if later else moved[0][1])
    parts = {}
    if weekday is not None:
        into = local % (7 * DAY_US)
        parts["received_weekday"] = and_(into >= weekday * DAY_US, into < (weekday + 1) * DAY_US)
    if hour is not None:
        into = local % DAY_US
        parts["received_hour"] = and_(into >= hour * HOUR_US, into < (hour + 1) * HOUR_US)
    return parts


def _minutes(filter_: CaseFilter, cases: FromClause, look: Look) -> dict[str, Condition]:
    parts: dict[str, Condition] = {}
    if filter_.due_within is not None:
        last = look.at + filter_.due_within * MINUTE_US
        due = cases.c.next_due_at
        parts["due_within"] = and_(cases.c.next_clock != "", due >= look.at, due <= last)
    if filter_.age_over is not None:
        parts["age_over"] = cases.c.received_at <= look.at - filter_.age_over * MINUTE_US
    if filter_.age_under is not None:
        parts["age_under"] = cases.c.received_at > look.at - filter_.age_under * MINUTE_US
    return parts
