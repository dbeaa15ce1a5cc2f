"""The five clocks of one case as a pure rule: facts, events and the book in, their state out.

``batch`` computes the same for a million cases; tests hold the two and an oracle together.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.sla.calendars import measure_of
from core.sla.model import (
    CLOSED,
    REPLIES_NOT_RECORDED,
    RESOLVED,
    UPDATES_NOT_RECORDED,
    CaseClocks,
    CaseFacts,
    ClockEvent,
    ClockName,
    ClockState,
    Cycle,
    EventKind,
    Owner,
    Verdict,
)
from core.sla.ownership import owner_parts, owner_since, strip
from core.sla.rounds import Round
from core.sla.timeline import (
    END_BEFORE_RECEIVED,
    REPLY_BEFORE_RECEIVED,
    Step,
    Timeline,
    first_resolved_at,
    lay_out,
    recorded_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from core.sla.model import SlaBook


def clocks(
    facts: CaseFacts, events: Sequence[ClockEvent], book: SlaBook, at: datetime
) -> CaseClocks:
    """The state of all clocks at ``at``; events after it do not exist yet."""
    line = lay_out(facts, events, book, at)
    if not line.steps:
        return _unread(facts, line, at)
    steps, last = line.steps, line.steps[-1]
    parts = owner_parts(steps)
    resolved_at = recorded_at(steps, RESOLVED)
    terms = [s.terms for s in steps if s.is_open]
    return CaseClocks(
        at=at,
        clocks={state.name: state for state in _states(line)},
        parts=parts,
        wall=sum(parts.values(), timedelta()),
        requester_wait=(resolved_at or at) - steps[0].at,
        segments=strip(steps),
        owner=last.owner,
        owner_since_at=owner_since(steps),
        unsupported_pause=any(not s.supported and s.until > s.at for s in steps),
        faults=line.faults,
        reopen_count=last.run // 2,
        status=last.status,
        priority=last.facts.priority,
        tier=last.facts.tier,
        calendar_version=terms[-1].calendar.id if terms else "",
        policy_version=terms[-1].policy.id if terms and terms[-1].policy else "",
        base=measure_of(terms[-1].calendar).worked_at(at) if terms else None,
        received_at=line.received_at,
        first_response_at=line.first_response_at,
        first_resolved_at=first_resolved_at(steps),
        resolved_at=resolved_at,
        closed_at=recorded_at(steps, CLOSED),
    )


def _states(line: Timeline) -> Iterator[ClockState]:
    steps, faults = line.steps, line.faults
    admitted = {step.value for step in steps if step.kind is EventKind.ATTRIBUTE}
    silent = REPLIES_NOT_RECORDED in admitted
    one_reply = silent or UPDATES_NOT_RECORDED in admitted
    unrecorded = {ClockName.FRT: silent, ClockName.NRT: one_reply, ClockName.UPD: one_reply}
    unknown = {
        ClockName.FRT: REPLY_BEFORE_RECEIVED in faults,
        ClockName.TTR: END_BEFORE_RECEIVED in faults,
        ClockName.TTR_FIRST: END_BEFORE_RECEIVED in faults,
    }
    states = [_first_reply(steps), _next_reply(steps), _update(steps), *_resolution(steps)]
    for state in states:
        if unknown.get(state.name):
            yield ClockState(state.name, Verdict.NONE, "unknown: see the data fault")
        elif unrecorded.get(state.name):
            yield ClockState(state.name, Verdict.NONE, "unknown: the source keeps no record of it")
        else:
            yield state


def _begin(name: ClockName, number: int, step: Step) -> Round:
    return Round(name=name, number=number, started_at=step.at, terms=step.terms)


def _first_reply(steps: Sequence[Step]) -> ClockState:
    """Received to the first public human reply; ticks while the case is open, never pauses."""
    going = _begin(ClockName.FRT, 1, steps[0])
    for step in steps:
        if step.is_reply:
            counts = step.is_open or step.resolution
            return _shown(ClockName.FRT, [going.cycle(step.at, counts=counts)], None)
        if step.is_open:
            going.advance(step, ticking=True)
        else:
            going.settle()
    if steps[-1].is_open:
        return _shown(ClockName.FRT, [], going)
    ended = next(s.at for s in steps if s.run == steps[-1].run)
    return _shown(ClockName.FRT, [going.cycle(ended, counts=False)], None)


def _next_reply(steps: Sequence[Step]) -> ClockState:
    """Oldest unanswered message to public reply or resolution; a message to an ended case waits."""
    rounds: list[Cycle] = []
    going: Round | None = None
    unanswered, was_open = False, True
    for step in steps:
        ends = was_open and not step.is_open
        if step.is_reply or ends:
            unanswered = False
            if going:
                counts = step.is_reply or step.resolution
                rounds.append(going.cycle(step.at, counts=counts))
                going = None
        unanswered |= step.kind is EventKind.MESSAGE_IN
        if unanswered and step.is_open:
            going = going or _begin(ClockName.NRT, len(rounds) + 1, step)
            going.advance(step, ticking=True)
        was_open = step.is_open
    return _shown(ClockName.NRT, rounds, going)


def _update(steps: Sequence[Step]) -> ClockState:
    """Silence towards the requester while the case is open; stands while we await the requester."""
    rounds: list[Cycle] = []
    going: Round | None = None
    for step in steps:
        if going and (step.is_reply or not step.is_open):
            counts = step.is_reply or step.resolution
            rounds.append(going.cycle(step.at, counts=counts))
            going = None
        if step.is_open:
            going = going or _begin(ClockName.UPD, len(rounds) + 1, step)
            going.advance(step, ticking=step.owner is not Owner.REQUESTER)
    return _shown(ClockName.UPD, rounds, going)


def _resolution(steps: Sequence[Step]) -> tuple[ClockState, ClockState]:
    """To the first and to the final resolution; a reopening goes on, a late one begins anew."""
    cycles: list[Cycle] = []
    going, opened_at = _begin(ClockName.TTR, 1, steps[0]), steps[0].at
    ended: datetime | None = None
    for step in steps:
        if step.is_open:
            if ended is not None:
                going = _reopened(going, ended, step, len(cycles) + 1)
                opened_at, ended = step.at, None
            going.advance(step, ticking=not step.pauses_ttr)
        elif ended is None:
            ended = step.at
            cycle = going.cycle(ended, counts=step.resolution)
            cycles.append(replace(cycle, started_at=opened_at))
    running = going if ended is None else None
    total = _shown(ClockName.TTR, cycles, running, lenient=False)
    first = next((i for i, cycle in enumerate(cycles, 1) if cycle.counts), None)
    if first is None:
        return replace(total, name=ClockName.TTR_FIRST), total
    return _shown(ClockName.TTR_FIRST, cycles[:first], None, lenient=False), total


def _reopened(going: Round, ended: datetime, step: Step, number: int) -> Round:
    """Within the policy's days the round goes on; later the case counts as its own follow-up."""
    policy = step.terms.policy
    if policy is not None and step.at - ended > policy.reopen_within:
        return _begin(ClockName.TTR, number, step)
    going.number = number
    return going


def _shown(
    name: ClockName, rounds: list[Cycle], going: Round | None, *, lenient: bool = True
) -> ClockState:
    """One state from all rounds: a breach stays; ``lenient`` lets an answered round speak."""
    cycles = [*rounds, going.cycle(None, counts=True)] if going else rounds
    if not cycles:
        return ClockState(name, Verdict.NONE, "no message waited for an answer")
    last = cycles[-1]
    breaches = [c for c in cycles if c.breached_at is not None]
    verdict = Verdict.BREACHED if breaches else last.verdict
    if verdict is Verdict.NONE and not going and lenient:
        verdict = Verdict.MET if any(c.verdict is Verdict.MET for c in cycles) else Verdict.NONE
    judged = breaches[0] if breaches else last
    elapsed = last.elapsed if last.counts else None
    return ClockState(
        name=name,
        verdict=verdict,
        reason=_reason(verdict, last, judged),
        started_at=last.started_at,
        due_at=last.due_at,
        stopped_at=last.stopped_at,
        elapsed=elapsed,
        target=last.target,
        share_used=elapsed / last.target if last.target and elapsed is not None else None,
        policy_version=judged.policy_version,
        breached_at=judged.breached_at,
        ticking=bool(going and going.ticking),
        pauses=last.pauses,
        cycles=tuple(cycles[:-1]),
    )


def _reason(verdict: Verdict, last: Cycle, judged: Cycle) -> str:
    match verdict:
        case Verdict.BREACHED:
            return f"ran past its due time under {judged.policy_version}"
        case Verdict.PAUSED:
            return "stands while we wait"
        case Verdict.MET:
            return "in time"
        case Verdict.RUNNING:
            return ""
        case _ if last.target is None:
            return "nothing is promised"
        case _:
            return "ended without an answer or a resolution on record"


def _unread(facts: CaseFacts, line: Timeline, at: datetime) -> CaseClocks:
    """A case without a recorded receipt: nothing can be said about its time."""
    return CaseClocks(
        at=at,
        clocks={n: ClockState(n, Verdict.NONE, "not received") for n in ClockName},
        parts={owner: timedelta() for owner in Owner},
        wall=timedelta(),
        requester_wait=timedelta(),
        segments=(),
        owner=None,
        owner_since_at=None,
        unsupported_pause=False,
        faults=line.faults,
        reopen_count=0,
        status="",
        priority=facts.priority,
        tier=facts.tier,
        calendar_version="",
        policy_version="",
        base=None,
        received_at=None,
        first_response_at=line.first_response_at,
        first_resolved_at=None,
        resolved_at=None,
        closed_at=None,
    )
