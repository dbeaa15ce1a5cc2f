"""One case's row of ``CLOCK_CACHE`` from the one-case rule: for a command that changes a case.

The reading back of a cached row at a later moment stands here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import MICROSECOND, to_micros
from core.sla.calendars import measure_of
from core.sla.clocks import clocks
from core.sla.model import CaseClocks, ClockName, ClockState, Owner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from core.sla.model import CaseFacts, ClockEvent, SlaBook

CacheValue = str | int | bool | None
_DUE_NEXT = (ClockName.FRT, ClockName.NRT, ClockName.UPD, ClockName.TTR)


def cache_row(
    facts: CaseFacts, events: Sequence[ClockEvent], book: SlaBook, at: datetime
) -> dict[str, CacheValue]:
    """The same columns and values as ``clock_frame``; None is missing."""
    now = clocks(facts, events, book, at)
    if now.received_at is None:
        told = None
    else:
        told = max([now.received_at, *(e.at for e in events if e.at <= at)])
    then = clocks(facts, events, book, told) if told else now
    return {
        **_clock_columns(now),
        **_next_columns(now),
        "owner": str(now.owner or ""),
        "owner_since_at": _moment(now.owner_since_at),
        **{f"time_{owner}_us": then.parts[owner] // MICROSECOND for owner in Owner},
        "wall_us": then.wall // MICROSECOND,
        "unsupported_pause": now.unsupported_pause,
        "last_event_at": _moment(told),
        "first_response_at": _moment(now.first_response_at),
        "first_resolved_at": _moment(now.first_resolved_at),
        "resolved_at": _moment(now.resolved_at),
        "closed_at": _moment(now.closed_at),
        "reopen_count": now.reopen_count,
        "status": now.status,
        "priority": now.priority,
        "tier": now.tier,
        "policy_version": now.policy_version,
        "data_fault": now.faults[0] if now.faults else "",
    }


def worked_now(book: SlaBook, at: datetime) -> dict[str, int]:
    """The measure of every calendar version at ``at`` by its id, in microseconds.

    A queue reads a ticking clock with it: share used = (measure - next_base_us) / next_target_us.
    """
    versions = (calendar for kept in book.calendars.values() for calendar in kept)
    return {c.id: measure_of(c).worked_at(at) // MICROSECOND for c in versions}


def _clock_columns(now: CaseClocks) -> dict[str, CacheValue]:
    of = now.clocks
    breaches = [of[name].breached_at for name in _DUE_NEXT]
    known = [moment for moment in breaches if moment is not None]
    return {
        **{f"sla_{name}": str(of[name].verdict) for name in ClockName},
        **{f"{name}_due_at": _moment(of[name].due_at) for name in _DUE_NEXT},
        "frt_us": _finished(of[ClockName.FRT]),
        "ttr_first_us": _finished(of[ClockName.TTR_FIRST]),
        "ttr_us": _finished(of[ClockName.TTR]),
        "nrt_worst_us": _worst(of[ClockName.NRT]),
        "upd_worst_us": _worst(of[ClockName.UPD]),
        "frt_breached_at": _moment(of[ClockName.FRT].breached_at),
        "ttr_breached_at": _moment(of[ClockName.TTR].breached_at),
        "first_breached_at": _moment(min(known, default=None)),
    }


def _next_columns(now: CaseClocks) -> dict[str, CacheValue]:
    """What the queue needs to count down: the ticking clock that is due first."""
    dues = [(s.due_at, s) for s in (now.clocks[n] for n in _DUE_NEXT) if s.ticking and s.due_at]
    if not dues or now.base is None:
        return {
            "next_clock": "",
            "next_due_at": None,
            "next_target_us": None,
            "next_base_us": None,
            "next_calendar": "",
        }
    due_at, state = min(dues, key=lambda pair: pair[0])
    return {
        "next_clock": str(state.name),
        "next_due_at": _moment(due_at),
        "next_target_us": _length(state.target),
        "next_base_us": _length(now.base - state.elapsed if state.elapsed is not None else None),
        "next_calendar": now.calendar_version,
    }


def _finished(state: ClockState) -> int | None:
    return _length(state.elapsed) if state.stopped_at is not None else None


def _worst(state: ClockState) -> int | None:
    rounds = [c.elapsed for c in state.cycles if c.counts]
    if state.stopped_at is not None and state.elapsed is not None:
        rounds.append(state.elapsed)
    return _length(max(rounds, default=None))


def _moment(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _length(length: timedelta | None) -> int | None:
    return None if length is None else length // MICROSECOND
