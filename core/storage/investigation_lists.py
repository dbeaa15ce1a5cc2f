"""Lists of investigations, each held to a scope; and cases to tell a story about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    distinct,
    exists,
    func,
    or_,
    select,
    true,
    union,
)

from core.access.model import Scope
from core.clock import from_micros
from core.storage.investigation_reads import CASES, in_scope, members_of, reader_of
from core.storage.investigations import INVESTIGATIONS, PEOPLE, PINS
from core.storage.scope import OPEN
from core.taxonomy import taxonomy


@dataclass(frozen=True, slots=True)
class InvestigationLine:
    """One investigation in a list."""

    ref: str
    status: str
    question: str
    lead: str
    members: tuple[str, ...]
    pin_count: int  # of cases that the reader may see
    opened_at: datetime
    changed_at: datetime


def investigation_lines(
    connection: Connection, scope: Scope, statuses: Sequence[str], person: str, most: int
) -> tuple[InvestigationLine, ...]:
    """Investigations that the scope opens: those going on first, then one's own, then the newest."""
    facts = INVESTIGATIONS.c
    going_on = [
        s for s, term in taxonomy().investigation_statuses.items() if term.is_set("is_open")
    ]
    chosen = [_opens(scope)]
    if statuses:
        chosen.append(facts.status.in_(statuses))
    if person:
        chosen.append(_is_on(person))
    rows = connection.execute(
        select(INVESTIGATIONS)
        .where(and_(*chosen))
        .order_by(
            case((facts.status.in_(going_on), 0), else_=1),
            case((_is_on(scope.username), 0), else_=1),
            facts.changed_at.desc(),
            facts.id.desc(),
        )
        .limit(most)
    ).all()
    keys = [row.id for row in rows]
    members, counts = members_of(connection, keys), _pin_counts(connection, scope, keys)
    return tuple(_line(row, members.get(row.id, ()), counts.get(row.id, 0)) for row in rows)


def people_on(connection: Connection, scope: Scope) -> tuple[str, ...]:
    """Everybody who is on an investigation that the scope opens."""
    leads = select(INVESTIGATIONS.c.lead).where(_opens(scope), INVESTIGATIONS.c.lead != "")
    members = (
        select(PEOPLE.c.username)
        .join(INVESTIGATIONS, INVESTIGATIONS.c.id == PEOPLE.c.investigation_id)
        .where(_opens(scope))
    )
    return tuple(sorted(connection.execute(union(leads, members)).scalars()))


def investigations_with(
    connection: Connection, scope: Scope, case_ref: str
) -> tuple[InvestigationLine, ...]:
    """Investigations that a case in scope is pinned to, the newest pin first."""
    rows = connection.execute(
        select(INVESTIGATIONS)
        .join(PINS, PINS.c.investigation_id == INVESTIGATIONS.c.id)
        .join(CASES, CASES.c.id == PINS.c.case_id)
        .where(CASES.c.ref == case_ref, in_scope(scope))
        .order_by(PINS.c.pinned_at.desc(), INVESTIGATIONS.c.id)
    ).all()
    return tuple(_line(row, (), 0) for row in rows)


def refs_received(
    connection: Connection, values: Mapping[str, str], since: int, until: int, most: int
) -> tuple[str, ...]:
    """The first unrestricted cases with these values, received from ``since`` to before ``until``."""
    chosen = [CASES.c[name] == value for name, value in values.items()]
    statement = (
        select(CASES.c.ref)
        .where(*chosen, CASES.c.restriction == OPEN)
        .where(CASES.c.received_at >= since, CASES.c.received_at < until)
        .order_by(CASES.c.received_at, CASES.c.id)
        .limit(most)
    )
    return tuple(connection.execute(statement).scalars())


def _is_on(username: str) -> ColumnElement[bool]:
    others = PEOPLE.alias()  # a statement that reads the people as well asks apart
    is_member = exists().where(
        others.c.investigation_id == INVESTIGATIONS.c.id, others.c.username == username
    )
    return or_(INVESTIGATIONS.c.lead == username, is_member)


def _opens(scope: Scope) -> ColumnElement[bool]:
    """The rule ``may_open`` as a condition."""
    if not reader_of(scope).is_bound:
        return true()
    has_case = exists().where(
        PINS.c.investigation_id == INVESTIGATIONS.c.id,
        PINS.c.case_id == CASES.c.id,
        in_scope(scope),
    )
    return or_(_is_on(scope.username), has_case)


def _pin_counts(connection: Connection, scope: Scope, keys: Sequence[int]) -> dict[int, int]:
    statement = (
        select(PINS.c.investigation_id, func.count(distinct(PINS.c.case_id)))
        .join(CASES, CASES.c.id == PINS.c.case_id)
        .where(PINS.c.investigation_id.in_(keys), in_scope(scope))
        .group_by(PINS.c.investigation_id)
    )
    return {int(key): int(n) for key, n in connection.execute(statement)} if keys else {}


def _line(row: Row[Any], members: tuple[str, ...], pin_count: int) -> InvestigationLine:
    return InvestigationLine(
        ref=row.ref,
        status=row.status,
        question=row.question,
        lead=row.lead,
        members=members,
        pin_count=pin_count,
        opened_at=from_micros(row.opened_at),
        changed_at=from_micros(row.changed_at),
    )
