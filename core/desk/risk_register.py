"""The register of perceived risks: read in the order of their verdicts, and the acts on a risk.

A change names the version that its person saw, so that two at once are told, not overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.access.model import Person
from core.access.permissions import role_may
from core.access.rules import require, scope_of
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.desk.assessments import AssessmentLine, lines_for
from core.desk.boot import Desk
from core.desk.scope_counts import count_scopes
from core.errors import BadInput, Conflict
from core.risk.framework import Outcome
from core.risk.register import (
    Risk,
    Status,
    place_of,
    proposed_review,
    register_rules,
    risk_ref,
    why_not_change,
    why_not_review_on,
    why_not_turn,
)
from core.risk.subjects import Asked, Kind, Subject, a_subject
from core.storage import people, risks
from core.storage.assessments import newest_assessments
from core.storage.engine import Write
from core.storage.risk_sight import of_subject, posed, seen_risk, sight_of

NEW = "new"  # the key of a risk that has no reference yet


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One risk of the register as its reader may see it."""

    risk: Risk
    last: AssessmentLine | None  # None while nobody has assessed it
    case_count: int  # as the reader may see them
    is_overdue: bool
    reads_text: bool

    @property
    def outcome(self) -> Outcome | None:
        """What its last assessment came to."""
        return self.last.outcome if self.last else None


@dataclass(frozen=True, slots=True)
class Register:
    """The register at one moment; cases are counted in one sequence number."""

    lines: tuple[RiskLine, ...]
    closed_count: int
    at: datetime
    zone: str
    version: int
    is_refreshing: bool


@dataclass(frozen=True, slots=True)
class SubjectView:
    """One subject with its cases, what was said about it, and the risk that it stands as."""

    subject: Subject
    history: tuple[AssessmentLine, ...]  # the newest first
    risk_ref: str  # '' while it does not stand on the register
    case_count: int
    at: datetime
    zone: str
    version: int
    is_refreshing: bool


def register_view(
    desk: Desk, person: Person, zone: str = "", *, with_closed: bool = False
) -> Register:
    """Risks that the person may see, by verdict, then range, then next review."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        every = risks.risks(connection)
        newest = newest_assessments(connection)
        subjects = [risk.subject for risk in every]
        subjects += [one.subject for one in newest.values()]
        sight = sight_of(connection, scope_of(person), subjects)
    seen = [risk for risk in every if sight.sees(risk.subject)]
    shown = [risk for risk in seen if risk.is_open or with_closed]
    last = {
        risk.ref: max(found, key=lambda one: one.id)
        for risk in shown
        if (found := [newest[ref] for ref in (risk.subject.ref, risk.origin) if ref in newest])
    }
    lines = {ref: lines_for([one], sight) for ref, one in last.items()}
    counted = count_scopes(desk, person, [risk.subject.filter for risk in shown])
    today = _today(desk, person)
    found_lines = [
        RiskLine(
            risk=risk if sight.sees_title(risk.subject) else _untitled(risk),
            last=next(iter(lines.get(risk.ref, ())), None),
            case_count=case_count,
            is_overdue=risk.is_overdue(today),
            reads_text=sight.sees_text(risk.subject),
        )
        for risk, case_count in zip(shown, counted.counts, strict=True)
    ]
    return Register(
        lines=tuple(sorted(found_lines, key=lambda line: place_of(line.risk, line.outcome))),
        closed_count=sum(not risk.is_open for risk in seen),
        at=counted.at,
        zone=zone or person.zone,
        version=counted.version,
        is_refreshing=counted.is_refreshing,
    )


def risk_history(desk: Desk, person: Person, ref: str) -> tuple[AssessmentLine, ...]:
    """All assessments of a risk, also from before it was one, the newest first."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        found = of_subject(connection, seen_risk(connection, scope_of(person), ref).subject)
        sight = sight_of(connection, scope_of(person), [one.subject for one in found])
    return lines_for(found, sight, together=True)


def subject_view(desk: Desk, person: Person, asked: Asked, zone: str = "") -> SubjectView:
    """Everything about one subject, or not found where the person may not see it."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        scope = scope_of(person)
        subject = posed(connection, scope, asked.kind, asked.key, asked.title, asked.filter)
        found = of_subject(connection, subject)
        sight = sight_of(connection, scope, [subject, *(one.subject for one in found)])
        if subject.kind is Kind.RISK:
            risk: Risk | None = risks.risk_by_ref(connection, subject.key)
        else:
            risk = risks.risk_of_origin(connection, subject)
    counted = count_scopes(desk, person, [subject.filter])
    return SubjectView(
        subject=subject if sight.sees_title(subject) else replace(subject, title=""),
        history=lines_for(found, sight, together=True),
        risk_ref=risk.ref if risk and risk.is_open and sight.sees(risk.subject) else "",
        case_count=counted.counts[0],
        at=counted.at,
        zone=zone or person.zone,
        version=counted.version,
        is_refreshing=counted.is_refreshing,
    )


def possible_owners(desk: Desk, person: Person) -> Mapping[str, str]:
    """Who can look after a risk: username and name of everybody who may work on risks."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        return {u.username: u.name for u in people.users(connection) if _can_own(u)}


def review_proposed(desk: Desk, person: Person, outcome: Outcome | None) -> date:
    """The day of the next review that a verdict asks for, in the person's zone."""
    return proposed_review(outcome, _today(desk, person), register_rules())


def add_risk(
    desk: Desk,
    person: Person,
    subject: Subject,
    owner: str,
    next_review_on: date,
    *,
    goes_on: bool = False,
) -> str:
    """Put a subject on the register; gives the reference of the risk.

    ``goes_on`` lets cases that come in after the subject's last day belong to the risk.
    """
    require(person, "risk.write")
    _require_day(desk, person, next_review_on)
    draft = Draft(person.username, "risk.add", "risk", {"from": subject.kind.value})
    with desk.store.write(draft) as write:
        if subject.kind is not Kind.RISK:
            parts = (subject.kind.value, subject.key, subject.title, subject.filter)
            subject = posed(write.connection, scope_of(person), *parts)
            _require_new(write, subject)
        if goes_on:
            subject = replace(subject, filter=subject.filter.without("received_to"))
        _require_owner(write, owner)
        found = risks.add_risk(write, subject, owner=owner, next_review_on=next_review_on)
        write.subject = risk_ref(found)
        write.details |= {"owner": owner, "next_review": next_review_on.isoformat()}
        return write.subject


def add_risk_by_hand(
    desk: Desk, person: Person, title: str, filter_: CaseFilter, owner: str, next_review_on: date
) -> str:
    """Put something on the register that nobody has assessed yet; gives its reference."""
    subject = a_subject(Kind.RISK, NEW, title, filter_)
    return add_risk(desk, person, subject, owner, next_review_on)


def assign_risk(desk: Desk, person: Person, ref: str, version: int, owner: str) -> None:
    """Say who looks after a risk."""
    require(person, "risk.write")
    with desk.store.write(Draft(person.username, "risk.assign", ref)) as write:
        risk = _changeable(write, person, ref, version)
        _require_owner(write, owner)
        write.details |= {"owner": owner, "owner_before": risk.owner}
        risks.change_risk(write, risk, version, owner=owner)


def plan_review(desk: Desk, person: Person, ref: str, version: int, day: date) -> None:
    """Say when a risk is looked at next."""
    require(person, "risk.write")
    _require_day(desk, person, day)
    with desk.store.write(Draft(person.username, "risk.plan_review", ref)) as write:
        risk = _changeable(write, person, ref, version)
        write.details["next_review"] = day.isoformat()
        risks.change_risk(write, risk, version, next_review_on=day.isoformat())


def close_risk(desk: Desk, person: Person, ref: str, version: int, reason: str) -> None:
    """Stop looking after a risk; a reason is required."""
    _turn(desk, person, ref, version, Status.CLOSED, reason)


def reopen_risk(desk: Desk, person: Person, ref: str, version: int, reason: str) -> None:
    """Look after a closed risk again; a reason is required."""
    _turn(desk, person, ref, version, Status.OPEN, reason)


def _turn(desk: Desk, person: Person, ref: str, version: int, to: Status, reason: str) -> None:
    require(person, "risk.write")
    act = "risk.close" if to is Status.CLOSED else "risk.reopen"
    with desk.store.write(Draft(person.username, act, ref)) as write:
        risk = seen_risk(write.connection, scope_of(person), ref)
        refusal = why_not_turn(risk, to, reason)
        if refusal and risk.version == version:
            raise refusal
        values = {"status": to.value, "reason": reason.strip()}
        if to is Status.OPEN:
            # What was planned before it was closed has passed; it is looked at soon.
            values["next_review_on"] = review_proposed(desk, person, None).isoformat()
        risks.change_risk(write, risk, version, **values)


def _changeable(write: Write, person: Person, ref: str, version: int) -> Risk:
    risk = seen_risk(write.connection, scope_of(person), ref)
    refusal = why_not_change(risk)
    if refusal and risk.version == version:
        raise refusal
    return risk


def _untitled(risk: Risk) -> Risk:
    return replace(risk, subject=replace(risk.subject, title=""))


def _today(desk: Desk, person: Person) -> date:
    return desk.clock.now().astimezone(ZoneInfo(person.zone)).date()


def _require_day(desk: Desk, person: Person, day: date) -> None:
    refusal = why_not_review_on(day, _today(desk, person), register_rules())
    if refusal:
        raise refusal


def _require_new(write: Write, subject: Subject) -> None:
    known = risks.risk_of_origin(write.connection, subject)
    if known and known.is_open:
        raise Conflict(
            f"It stands on the register already, as {known.ref}.", hint="Open that risk instead."
        )


def _require_owner(write: Write, owner: str) -> None:
    user = people.user_named(write.connection, owner)
    if user is None or not _can_own(user):
        hint = "choose somebody who may work on risks and can sign in"
        raise BadInput(f"'{owner}' cannot look after a risk", at="owner", hint=hint)


def _can_own(user: people.User) -> bool:
    return user.is_active and role_may(user.role, "risk.write")
