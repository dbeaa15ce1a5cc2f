"""One case as one person may see it, and its content part by part, on the record where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.access.model import Person
from core.access.rules import require, scope_of
from core.audit.model import Draft
from core.cases.case import Case, Decision, PartnerPanel, RelatedCase, Revealed, TimelineItem
from core.cases.filter import CaseFilter, Segment
from core.cases.model import Viewer
from core.clock import to_micros
from core.desk.boot import Desk
from core.sla.clocks import clocks
from core.sla.model import (
    CaseClocks,
    CaseFacts,
    ClockEvent,
    ClockName,
    ClockState,
    EventKind,
    Verdict,
)
from core.storage.one_case import (
    case_by_ref,
    decisions_of,
    events_of,
    partner_of,
    related,
    reveal_part,
)
from core.storage.queue import count, look_at

NOT_TOLD = "the source does not tell when"
CASE_KINDS = frozenset(kind.value for kind in EventKind)


@dataclass(frozen=True)
class CaseView:
    """Everything about a case but its content."""

    case: Case
    clocks: CaseClocks
    timeline: tuple[TimelineItem, ...]
    decisions: tuple[Decision, ...]
    partner: PartnerPanel | None
    related: tuple[RelatedCase, ...]
    can_reveal: bool  # the person may ask for content
    at: datetime


def case_view(desk: Desk, person: Person, ref: str) -> CaseView:
    """A case by its reference; unknown and out of scope are refused in the same words."""
    require(person, "case.read")
    scope, at = scope_of(person), desk.clock.now()
    with desk.store.read() as connection:
        case = case_by_ref(connection, scope, ref)
        timeline = events_of(connection, scope, ref)
        decisions = decisions_of(connection, scope, ref)
        near = related(connection, scope, case)
    return CaseView(
        case=case,
        clocks=_clocks(desk, case, timeline, at),
        timeline=timeline,
        decisions=decisions,
        partner=_partner(desk, person, case, at),
        related=near,
        can_reveal=scope.sees_text and (case.has_text or any(item.part for item in timeline)),
        at=at,
    )


def case_clocks(desk: Desk, person: Person, ref: str) -> tuple[Case, CaseClocks]:
    """A case with its clocks and nothing else."""
    require(person, "case.read")
    scope = scope_of(person)
    with desk.store.read() as connection:
        case = case_by_ref(connection, scope, ref)
        timeline = events_of(connection, scope, ref)
    return case, _clocks(desk, case, timeline, desk.clock.now())


def reveal(desk: Desk, person: Person, ref: str, part: str) -> Revealed:
    """One part of the content; of a restricted or sealed case it is recorded before it is given."""
    require(person, "case.read_content")
    with desk.store.read() as connection:
        case, revealed = reveal_part(connection, scope_of(person), ref, part)
    if case.is_restricted:
        details = {"part": part, "restriction": case.restriction}
        desk.store.record(Draft(person.username, "case.read_restricted", ref, details))
    return revealed


def _clocks(desk: Desk, case: Case, timeline: Sequence[TimelineItem], at: datetime) -> CaseClocks:
    facts = CaseFacts(
        priority=case.first_priority or case.priority,
        tier=case.first_tier or case.tier,
        requester_kind=case.first_requester_kind or case.requester_kind,
        calendar=case.calendar,
    )
    events = [
        ClockEvent(item.at, EventKind(item.kind), item.value)
        for item in timeline
        if item.kind in CASE_KINDS
    ]
    state = clocks(facts, events, desk.book, at)
    undated = {item.value for item in timeline if item.is_undated}
    return _forget_undated(state, undated) if undated else state


def _forget_undated(state: CaseClocks, undated: set[str]) -> CaseClocks:
    """An end that nobody dated has no moment and judges no clock."""
    if "closed" in undated and state.status == "closed":
        state = replace(state, closed_at=None)
    if "resolved" not in undated or state.status != "resolved":
        return state
    unknown = {
        name: ClockState(name, Verdict.NONE, NOT_TOLD)
        for name in (ClockName.TTR_FIRST, ClockName.TTR)
    }
    kept = {**state.clocks, **unknown}
    return replace(state, clocks=kept, first_resolved_at=None, resolved_at=None)


def _partner(desk: Desk, person: Person, case: Case, at: datetime) -> PartnerPanel | None:
    if case.partner_id is None:
        return None
    with desk.store.read() as connection:
        panel = partner_of(connection, case.partner_id, 0, 0)
    if panel is None:
        return None
    viewer = Viewer(person.username, person.team)
    look = look_at(desk.book, scope_of(person), viewer, to_micros(at))
    theirs = CaseFilter(partner=(panel.ref,))
    with desk.snapshot.reading() as reading:
        open_count = count(reading, theirs, look)
        breached = count(reading, theirs.but(segment=Segment.BREACHED), look)
    return replace(panel, open_count=open_count, breached_count=breached)
