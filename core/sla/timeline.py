"""Lays the events of one case out as steps: stretches in which nothing that a clock reads changes.

A step begins at an event, or where a policy or calendar version takes effect, and ends at the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.sla.calendars import measure_of, standard_day
from core.sla.model import (
    ALWAYS_OPEN_KEY,
    ENDED_STATUSES,
    FIRST_STATUS,
    NO_TARGETS,
    PUBLIC_REPLIES,
    RESOLVED,
    CaseFacts,
    ClockEvent,
    ClockName,
    EventKind,
    Owner,
    owner_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from core.sla.model import Calendar, PolicyVersion, SlaBook, Targets

NO_RECEIVED = "no_received"
REPLY_BEFORE_RECEIVED = "first_reply_before_received"
END_BEFORE_RECEIVED = "resolved_before_received"


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy version, its targets and the calendar that hold during a step."""

    policy: PolicyVersion | None
    targets: Targets
    calendar: Calendar

    def target(self, clock: ClockName) -> timedelta | None:
        """The target in working time of the calendar."""
        found = self.targets.of(clock)
        if found is None:
            return None
        return found.exact if found.exact is not None else found.days * standard_day(self.calendar)

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """Working time between two moments."""
        measure = measure_of(self.calendar)
        return measure.worked_at(until) - measure.worked_at(since)

    def due(self, since: datetime, left: timedelta) -> datetime:
        """The earliest instant at which ``left`` has passed since ``since``."""
        measure = measure_of(self.calendar)
        return measure.moment_at(measure.worked_at(since) + left)


@dataclass(frozen=True, slots=True)
class Step:
    """One event and the stretch up to the next; ``run`` counts stretches of open and ended.

    ``at`` is never before the case was received; ``recorded_at`` is what the event said.
    """

    at: datetime
    until: datetime
    recorded_at: datetime
    kind: EventKind | None
    value: str
    facts: CaseFacts
    status: str
    run: int
    terms: Terms
    supported: bool = True
    resolution: bool = False

    @property
    def owner(self) -> Owner | None:
        """Who owns the stretch; None once the case has ended."""
        return owner_of(self.status)

    @property
    def is_open(self) -> bool:
        """True while the case is open."""
        return self.status not in ENDED_STATUSES

    @property
    def is_reply(self) -> bool:
        """True if the step begins with a public human reply."""
        return self.kind in PUBLIC_REPLIES

    @property
    def pauses_ttr(self) -> bool:
        """True while the policy lets this owner stop the resolution clocks."""
        policy = self.terms.policy
        return policy is not None and self.owner in policy.pausing_owners


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a case up to ``at`` with what its record says about itself."""

    steps: tuple[Step, ...]
    faults: tuple[str, ...]
    received_at: datetime | None
    first_response_at: datetime | None


def lay_out(
    facts: CaseFacts, events: Sequence[ClockEvent], book: SlaBook, at: datetime
) -> Timeline:
    """The timeline as known at ``at``: later events do not exist yet."""
    known = sorted((e for e in events if e.at <= at), key=lambda e: e.at)
    replies = [e.at for e in known if e.kind in PUBLIC_REPLIES]
    first_reply = replies[0] if replies else None
    received = next((e.at for e in known if e.kind is EventKind.RECEIVED), None)
    if received is None:
        return Timeline((), (NO_RECEIVED,), None, first_reply)
    start = _start(known, received)
    faults = _faults(known, start)
    kept = [e for e in known if not (e.at < start and e.kind in PUBLIC_REPLIES)]
    steps = _with_evidence(
        _with_resolutions(list(_steps(facts, _rows(kept, book, start, at), book, at)))
    )
    return Timeline(tuple(steps), faults, start, first_reply)


def _start(events: Sequence[ClockEvent], received: datetime) -> datetime:
    """Received; a case that another was merged into keeps its earliest requester message."""
    if not any(e.kind is EventKind.MERGED_IN for e in events):
        return received
    return min([received, *(e.at for e in events if e.kind is EventKind.MESSAGE_IN)])


def _faults(events: Sequence[ClockEvent], start: datetime) -> tuple[str, ...]:
    early = [e for e in events if e.at < start]
    found = []
    if any(e.kind in PUBLIC_REPLIES for e in early):
        found.append(REPLY_BEFORE_RECEIVED)
    if any(e.kind is EventKind.STATUS and e.value in ENDED_STATUSES for e in early):
        found.append(END_BEFORE_RECEIVED)
    return tuple(found)


def _rows(
    events: Sequence[ClockEvent], book: SlaBook, start: datetime, at: datetime
) -> list[tuple[datetime, ClockEvent | None]]:
    rows: list[tuple[datetime, ClockEvent | None]] = [(max(e.at, start), e) for e in events]
    rows += [(change, None) for change in book.changes() if start < change <= at]
    return sorted(rows, key=lambda row: (row[0], row[1] is not None))


def _steps(
    facts: CaseFacts,
    rows: Sequence[tuple[datetime, ClockEvent | None]],
    book: SlaBook,
    at: datetime,
) -> Iterator[Step]:
    status, run = FIRST_STATUS, 0
    ends = [moment for moment, _ in rows[1:]] + [at]
    for (moment, event), until in zip(rows, ends, strict=True):
        if event is not None:
            facts = _changed(facts, event)
            if event.kind is EventKind.STATUS:
                run += (event.value in ENDED_STATUSES) != (status in ENDED_STATUSES)
                status = event.value
        kind, value = (event.kind, event.value) if event else (None, "")
        recorded_at = event.at if event else moment
        terms = terms_of(facts, book, moment)
        yield Step(moment, until, recorded_at, kind, value, facts, status, run, terms)


def _changed(facts: CaseFacts, event: ClockEvent) -> CaseFacts:
    match event.kind:
        case EventKind.PRIORITY:
            return replace(facts, priority=event.value)
        case EventKind.TIER:
            return replace(facts, tier=event.value)
        case EventKind.REQUESTER_KIND:
            return replace(facts, requester_kind=event.value)
        case EventKind.CALENDAR:
            return replace(facts, calendar=event.value)
        case _:
            return facts


def terms_of(facts: CaseFacts, book: SlaBook, moment: datetime) -> Terms:
    """The terms at a moment; priorities that count around the clock leave the case's calendar."""
    policy = book.policy_at(moment)
    if policy is None:
        return Terms(None, NO_TARGETS, book.calendar_at(facts.calendar, moment))
    always = facts.priority in policy.always_open_priorities
    calendar = book.calendar_at(ALWAYS_OPEN_KEY if always else facts.calendar, moment)
    targets = policy.targets_for(facts.priority, facts.requester_kind, facts.tier)
    return Terms(policy, targets, calendar)


def _with_resolutions(steps: Sequence[Step]) -> list[Step]:
    """Mark the ended runs in which a resolution is recorded; others end without a verdict."""
    resolved = {s.run for s in steps if s.kind is EventKind.STATUS and s.value == RESOLVED}
    return [replace(s, resolution=True) if s.run in resolved else s for s in steps]


def _with_evidence(steps: Sequence[Step]) -> list[Step]:
    """Mark the waits on a requester who was asked nothing since writing, or since we last worked."""
    asked, owner, found = False, None, []
    for step in steps:
        if step.kind is EventKind.QUESTION:
            asked = True
        elif step.kind is EventKind.MESSAGE_IN or (
            step.owner is Owner.US and owner is not Owner.US
        ):
            asked = False
        owner = step.owner
        bare = owner is Owner.REQUESTER and not asked
        found.append(replace(step, supported=False) if bare else step)
    return found


def recorded_at(steps: Sequence[Step], status: str) -> datetime | None:
    """When the present end was recorded with this status; None while open or unrecorded."""
    if steps[-1].is_open:
        return None
    of_run = (s for s in steps if s.run == steps[-1].run and s.kind is EventKind.STATUS)
    return next((s.recorded_at for s in of_run if s.value == status), None)


def first_resolved_at(steps: Sequence[Step]) -> datetime | None:
    """When a resolution was recorded for the first time."""
    return next(
        (s.recorded_at for s in steps if s.kind is EventKind.STATUS and s.value == RESOLVED), None
    )
