"""Which cases each input of health counts, as conditions on rows; the queue and the score ask here.

A day is judged by what its end could know. Of the past the columns do not say when a case was
reopened, rated, re-ranked, decided anew or given to another partner: there the present holds.
Whoever writes again without a reopening is not in the columns either, so ``returns`` are
reopenings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from core.cases.csat import csat_scale
from core.cases.filter import HITS, CaseFilter
from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.partners.health_day import HealthDay, health_day, today_of
from core.storage.scope import either

Condition = ColumnElement[bool]
NO_TARGET = "none"


class InputConditions(NamedTuple):
    """The cases of an input and those of them that are hits; a tail has no hits."""

    of: Condition
    hits: Condition | None


def health_conditions(
    filter_: CaseFilter, cases: FromClause, at: int
) -> dict[str, ColumnElement[bool]]:
    """The part of a filter that names an input of health, judged at a moment."""
    if not filter_.health:
        return {}
    day = health_day(filter_.health_on or today_of(at), at)
    found = input_conditions(filter_.health.removesuffix(HITS), day, cases)
    if found is None:
        return {"health": false()}
    if not filter_.health.endswith(HITS):
        return {"health": found.of}
    return {"health": false() if found.hits is None else and_(found.of, found.hits)}


def input_conditions(name: str, day: HealthDay, cases: FromClause) -> InputConditions | None:
    """The conditions of an input; None where it counts no cases."""
    counted = _COUNTED.get(name)
    return None if counted is None else counted(cases, day)


def first_replies(cases: FromClause, day: HealthDay) -> InputConditions:
    """Received in the window, the first reply judged by then: met ÷ (met + breached)."""
    missed = or_(
        cases.c.frt_breached_at < day.at,
        and_(cases.c.sla_frt == "running", cases.c.frt_due_at < day.at),
    )
    met = and_(cases.c.sla_frt == "met", cases.c.first_response_at < day.at)
    received = _within(cases.c.received_at, day, "sla_attainment")
    return InputConditions(and_(received, or_(met, missed)), met)


def resolutions(cases: FromClause, day: HealthDay) -> InputConditions:
    """Received in the window with a target: resolved after a known time, or not yet."""
    known = or_(cases.c.owner != "", cases.c.ttr_us.is_not(None))
    received = _within(cases.c.received_at, day, "ttr_p90")
    return InputConditions(and_(received, cases.c.sla_ttr != NO_TARGET, known), None)


def resolved_by(cases: FromClause, day: HealthDay) -> Condition:
    """True where the final resolution stood by then."""
    return and_(cases.c.owner == "", cases.c.resolved_at < day.at)


def _load(cases: FromClause, day: HealthDay) -> InputConditions:
    is_open = or_(cases.c.owner != "", cases.c.ended_at >= day.at)
    return InputConditions(_within(cases.c.received_at, day, "load"), is_open)


def _returns(cases: FromClause, day: HealthDay) -> InputConditions:
    resolved = _within(cases.c.first_resolved_at, day, "returns")
    return InputConditions(resolved, cases.c.reopen_count > 0)


def _overturns(cases: FromClause, day: HealthDay) -> InputConditions:
    resolved = _within(cases.c.resolved_at, day, "overturn_rate")
    reviewed = either(cases.c.outcome, reviewed_outcomes())
    overturned = either(cases.c.outcome, overturned_outcomes())
    return InputConditions(and_(resolved, reviewed), overturned)


def _ratings(cases: FromClause, day: HealthDay) -> InputConditions:
    resolved = _within(cases.c.resolved_at, day, "csat")
    satisfied = cases.c.csat >= csat_scale().satisfied_from
    return InputConditions(and_(resolved, cases.c.csat.is_not(None)), satisfied)


def _severe(cases: FromClause, day: HealthDay) -> InputConditions:
    severe = either(cases.c.priority, day.rules.severe_priorities)
    return InputConditions(_within(cases.c.received_at, day, "severe_incidents"), severe)


def _within(moment: ColumnElement[int], day: HealthDay, name: str) -> Condition:
    since, until = day.window(name)
    return and_(moment >= since, moment < until)


_COUNTED: Mapping[str, Callable[[FromClause, HealthDay], InputConditions]] = {
    "sla_attainment": first_replies,
    "ttr_p90": resolutions,
    "load": _load,
    "returns": _returns,
    "overturn_rate": _overturns,
    "csat": _ratings,
    "severe_incidents": _severe,
}
COUNTED_INPUTS = frozenset(_COUNTED)
