"""Reads of a single case from the store of record: facts, events, content, and related cases.

Each begins with the scope; an unknown reference and one out of scope are the same ``NotFound``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from core.access.model import Scope
from core.cases.case import (
    MESSAGE,
    OPEN_LEVEL,
    Case,
    Decision,
    PartnerPanel,
    RelatedCase,
    Revealed,
    TimelineItem,
)
from core.clock import from_micros
from core.errors import NotFound
from core.storage.scope import visible
from core.storage.tables import (
    CaseEntityRow,
    CaseEventRow,
    CaseGrantRow,
    CaseRow,
    CaseTextRow,
    DecisionRow,
    EntityRow,
    MessageRow,
    PartnerAccountRow,
    PartnerRow,
)
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)
TEXTS = table_of(CaseTextRow)
EVENTS = table_of(CaseEventRow)
MESSAGES = table_of(MessageRow)
DECISIONS = table_of(DecisionRow)
ENTITIES = table_of(EntityRow)
LINKS = table_of(CaseEntityRow)
PARTNERS = table_of(PartnerRow)
ACCOUNTS = table_of(PartnerAccountRow)

UNDATED = "undated"  # in ``field`` of a status event: that it happened is known, not when
MOST_RELATED = 20
_MOMENTS = ("received_at", "first_response_at", "resolved_at", "closed_at")
_TEXT_FIELDS = {
    "title": ("title",),
    "summary": ("summary",),
    "requester": ("requester_name", "requester_contact"),
    "attributes": ("attributes",),
}
_TEXT_COLUMNS = tuple(name for names in _TEXT_FIELDS.values() for name in names)


def case_by_ref(connection: Connection, scope: Scope, ref: str) -> Case:
    """The facts of a case; the title only where the scope allows texts and the case is open to all."""
    row = _visible_row(connection, scope, ref, select(CASES))
    text = connection.execute(select(TEXTS).where(TEXTS.c.case_id == row.id)).one_or_none()
    own = {*_MOMENTS, "title", "has_text", "is_erased"}
    facts: dict[str, Any] = {
        name: getattr(row, name) for name in Case.__dataclass_fields__ if name not in own
    }
    facts |= {name: _moment(getattr(row, name)) for name in _MOMENTS}
    return Case(
        **facts,
        title=_title(scope, row.restriction, text.title if text else ""),
        has_text=text is not None and any(getattr(text, name) for name in _TEXT_COLUMNS),
        is_erased=text is not None and text.erased_at is not None,
    )


def events_of(connection: Connection, scope: Scope, ref: str) -> tuple[TimelineItem, ...]:
    """What happened to a case, in order; events that an import took back are left out."""
    case_id = _visible_row(connection, scope, ref, select(CASES.c.id)).id
    statement = (
        select(EVENTS)
        .where(EVENTS.c.case_id == case_id, EVENTS.c.void_batch_id.is_(None))
        .order_by(EVENTS.c.at, EVENTS.c.seq)
    )
    return tuple(_item(row) for row in connection.execute(statement))


def decisions_of(connection: Connection, scope: Scope, ref: str) -> tuple[Decision, ...]:
    """Decisions on a case, oldest first."""
    case_id = _visible_row(connection, scope, ref, select(CASES.c.id)).id
    statement = select(DECISIONS).where(DECISIONS.c.case_id == case_id)
    return tuple(
        Decision(
            at=from_micros(row.at),
            by=row.decided_by,
            outcome=row.outcome,
            clause=row.clause,
            clause_version=row.clause_version,
            overturn_reason=row.overturn_reason,
            enforcement_action=row.enforcement_action,
            confidence=row.confidence,
        )
        for row in connection.execute(statement.order_by(DECISIONS.c.at, DECISIONS.c.id))
    )


def partner_of(
    connection: Connection, partner_id: int, open_count: int, breached_count: int
) -> PartnerPanel | None:
    """The partner of a case that the person may see."""
    row = connection.execute(select(PARTNERS).where(PARTNERS.c.id == partner_id)).one_or_none()
    if row is None:
        return None
    accounts = select(ACCOUNTS.c.platform, ACCOUNTS.c.handle)
    accounts = accounts.where(ACCOUNTS.c.partner_id == partner_id)
    found = connection.execute(accounts.order_by(ACCOUNTS.c.platform, ACCOUNTS.c.handle))
    names = ("ref", "name", "category", "tier", "market", "language", "zone")
    return PartnerPanel(
        **{name: getattr(row, name) for name in names},
        accounts=tuple((account.platform, account.handle) for account in found),
        open_count=open_count,
        breached_count=breached_count,
    )


def related(connection: Connection, scope: Scope, case: Case) -> tuple[RelatedCase, ...]:
    """Cases that share an entity, then other open cases of the partner, newest first."""
    sharing = [
        _related(row, scope, "entity", _shares(row, scope))
        for row in connection.execute(_sharing(case, scope).limit(MOST_RELATED))
    ]
    seen = {one.ref for one in sharing}
    of_partner = []
    if case.partner_id is not None:
        rows = connection.execute(_of_partner(case, scope).limit(MOST_RELATED))
        of_partner = [
            _related(row, scope, "partner", "open case of the same partner")
            for row in rows
            if row.ref not in seen
        ]
    return (*_once(sharing), *of_partner)


def reveal_part(connection: Connection, scope: Scope, ref: str, part: str) -> tuple[Case, Revealed]:
    """One part of the content with the case that it belongs to; forbidden parts are not found."""
    case = case_by_ref(connection, scope, ref)
    if not scope.sees_text:
        raise NotFound("Case", ref)
    if part.startswith(MESSAGE):
        return case, _message(connection, case, part)
    if part not in _TEXT_FIELDS:
        raise NotFound("Part", part)
    row = connection.execute(select(TEXTS).where(TEXTS.c.case_id == case.id)).one_or_none()
    texts = [getattr(row, name) for name in _TEXT_FIELDS[part]] if row else []
    return case, Revealed(part, "\n".join(filter(None, texts)), case.is_erased)


def _message(connection: Connection, case: Case, part: str) -> Revealed:
    seq = part.removeprefix(MESSAGE)
    statement = (
        select(MESSAGES.c.body, MESSAGES.c.erased_at)
        .join(EVENTS, EVENTS.c.message_id == MESSAGES.c.id)
        .where(
            EVENTS.c.case_id == case.id,
            EVENTS.c.seq == (int(seq) if seq.isdecimal() and len(seq) < 10 else -1),
            EVENTS.c.void_batch_id.is_(None),
        )
    )
    row = connection.execute(statement).first()
    if row is None:
        raise NotFound("Message", seq)
    return Revealed(part, row.body, row.erased_at is not None)


def _visible_row(connection: Connection, scope: Scope, ref: str, columns: Select[Any]) -> Row[Any]:
    statement = columns.where(CASES.c.ref == ref, visible(CASES, GRANTS, scope))
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound("Case", ref)
    return row


def _item(row: Row[Any]) -> TimelineItem:
    return TimelineItem(
        seq=row.seq,
        at=from_micros(row.at),
        kind=row.kind,
        value=row.value,
        field=row.field,
        actor=row.actor,
        actor_kind=row.actor_kind,
        part="" if row.message_id is None else f"{MESSAGE}{row.seq}",
        is_undated=row.field == UNDATED,
    )


def _near(scope: Scope, case: Case) -> Select[Any]:
    names = ("ref", "status", "priority", "abuse_type", "received_at", "owner", "restriction")
    return (
        select(*(CASES.c[name] for name in names), TEXTS.c.title)
        .select_from(CASES.outerjoin(TEXTS, TEXTS.c.case_id == CASES.c.id))
        .where(CASES.c.id != case.id, visible(CASES, GRANTS, scope))
        .order_by(CASES.c.received_at.desc(), CASES.c.id.desc())
    )


def _sharing(case: Case, scope: Scope) -> Select[Any]:
    own = select(LINKS.c.entity_id).where(LINKS.c.case_id == case.id)
    return (
        _near(scope, case)
        .add_columns(ENTITIES.c.kind.label("entity_kind"), ENTITIES.c.value.label("entity"))
        .join(LINKS, LINKS.c.case_id == CASES.c.id)
        .join(ENTITIES, ENTITIES.c.id == LINKS.c.entity_id)
        .where(LINKS.c.entity_id.in_(own))
    )


def _of_partner(case: Case, scope: Scope) -> Select[Any]:
    return _near(scope, case).where(CASES.c.partner_id == case.partner_id, CASES.c.owner != "")


def _shares(row: Row[Any], scope: Scope) -> str:
    kind = "URL" if row.entity_kind == "url" else row.entity_kind.replace("_", " ")
    return f"shares the {kind} {row.entity}" if scope.sees_text else f"shares the same {kind}"


def _related(row: Row[Any], scope: Scope, kind: Any, reason: str) -> RelatedCase:
    return RelatedCase(
        ref=row.ref,
        title=_title(scope, row.restriction, row.title or ""),
        status=row.status,
        priority=row.priority,
        abuse_type=row.abuse_type,
        received_at=from_micros(row.received_at),
        is_open=row.owner != "",
        kind=kind,
        reason=reason,
    )


def _once(found: Sequence[RelatedCase]) -> list[RelatedCase]:
    """One entry per case; what it shares is listed in its reason."""
    merged: dict[str, list[RelatedCase]] = {}
    for one in found:
        merged.setdefault(one.ref, []).append(one)
    return [
        RelatedCase(
            **{
                name: getattr(same[0], name)
                for name in RelatedCase.__dataclass_fields__
                if name != "reason"
            },
            reason="; ".join(dict.fromkeys(one.reason for one in same)),
        )
        for same in merged.values()
    ]


def _title(scope: Scope, restriction: str, title: str) -> str:
    return title if scope.sees_text and restriction == OPEN_LEVEL else ""


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
