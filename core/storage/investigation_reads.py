"""Reads of investigations, each held to a scope: nothing of it tells of a case that is out of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    or_,
    select,
)

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.clock import from_micros
from core.errors import NotFound
from core.risk.investigation import (
    Entry,
    EvidenceLink,
    Finding,
    Hypothesis,
    Investigation,
    Reader,
)
from core.risk.investigation_rules import may_open, shows_filter, shows_outcome, shows_text
from core.storage.investigations import ENTRIES, FINDING, INVESTIGATIONS, ITEMS, LINKS, PEOPLE, PINS
from core.storage.scope import is_granted_to, visible
from core.storage.tables import CaseGrantRow, CaseRow, PartnerRow
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)
PARTNERS = table_of(PartnerRow)


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned case that the reader may see."""

    case_id: int
    ref: str
    by: str
    at: datetime


def reader_of(scope: Scope) -> Reader:
    """What of a scope the rules of investigations ask for."""
    return Reader(scope.username, scope.sees_text, scope.partner_ids is not None)


def investigation_by_ref(connection: Connection, scope: Scope, ref: str) -> Investigation:
    """The facts; an outcome only where the rules show it. Unknown and out of scope are alike."""
    row = connection.execute(
        select(INVESTIGATIONS).where(INVESTIGATIONS.c.ref == ref)
    ).one_or_none()
    if row is None:
        raise NotFound("Investigation", ref)
    found = _facts(row, members_of(connection, [row.id]).get(row.id, ()))
    reader, people = reader_of(scope), found.people
    if not may_open(reader, people, len(pins_of(connection, scope, row.id))):
        raise NotFound("Investigation", ref)
    return found if shows_outcome(reader, people) else replace(found, outcome="")


def pins_of(connection: Connection, scope: Scope, key: int) -> tuple[Pin, ...]:
    """Pinned cases in scope, the newest pin first."""
    rows = connection.execute(
        select(PINS.c.case_id, CASES.c.ref, PINS.c.pinned_by, PINS.c.pinned_at)
        .join(CASES, CASES.c.id == PINS.c.case_id)
        .where(PINS.c.investigation_id == key, in_scope(scope))
        .order_by(PINS.c.pinned_at.desc(), CASES.c.id)
    )
    return tuple(Pin(r.case_id, r.ref, r.pinned_by, from_micros(r.pinned_at)) for r in rows)


def texts_of(
    connection: Connection, scope: Scope, found: Investigation
) -> tuple[tuple[Finding, ...], tuple[Hypothesis, ...]]:
    """Findings and hypotheses, oldest first; one that rests on a case out of scope is left out."""
    reader, people = reader_of(scope), found.people
    links = _links(connection, scope, found.id)
    findings: list[Finding] = []
    hypotheses: list[Hypothesis] = []
    statement = select(ITEMS).where(ITEMS.c.investigation_id == found.id).order_by(ITEMS.c.id)
    for row in connection.execute(statement):
        mine = links.get(row.id, _Found())
        if mine.is_hidden or not shows_text(reader, people, mine.cases, mine.visible):
            continue
        if row.kind == FINDING:
            findings.append(_finding(row, tuple(mine.links)))
        else:
            hypotheses.append(_hypothesis(row))
    return tuple(findings), tuple(hypotheses)


def finding_count(connection: Connection, key: int) -> int:
    """How many findings there are, for the rule that asks; not for a screen."""
    statement = select(func.count()).where(ITEMS.c.investigation_id == key, ITEMS.c.kind == FINDING)
    return int(connection.execute(statement).scalar_one())


def entries_of(
    connection: Connection, scope: Scope, key: int, shown: Collection[int], after: int = 0
) -> tuple[Entry, ...]:
    """What was done after a version, newest first, of the shown texts and of cases in scope."""
    is_seen = and_(CASES.c.id.is_not(None), in_scope(scope))
    rows = connection.execute(
        select(ENTRIES, CASES.c.ref.label("case_ref"))
        .outerjoin(CASES, CASES.c.id == ENTRIES.c.case_id)
        .where(
            ENTRIES.c.investigation_id == key,
            ENTRIES.c.version > after,
            or_(ENTRIES.c.case_id.is_(None), is_seen),
        )
        .order_by(ENTRIES.c.version.desc(), ENTRIES.c.id)
    )
    acts: dict[int, list[Row[Any]]] = {}
    for row in rows:
        if row.item_id is None or row.item_id in shown:
            acts.setdefault(row.version, []).append(row)
    return tuple(_entry(same) for same in acts.values())


def case_ids_in_scope(connection: Connection, scope: Scope, refs: Sequence[str]) -> dict[str, int]:
    """The keys of those references that the scope contains."""
    statement = select(CASES.c.ref, CASES.c.id).where(CASES.c.ref.in_(refs), in_scope(scope))
    rows = connection.execute(statement).all() if refs else []
    return {row.ref: row.id for row in rows}


def investigation_version(connection: Connection, ref: str) -> int:
    """The version that an investigation has now, for those who write it without looking at it."""
    statement = select(INVESTIGATIONS.c.version).where(INVESTIGATIONS.c.ref == ref)
    return int(connection.execute(statement).scalar_one())


def filters_shown(
    connection: Connection, scope: Scope, filters: Sequence[CaseFilter]
) -> frozenset[CaseFilter]:
    """Those that the reader may know, asked by the partners, cases and texts that they name."""
    keys = sorted(scope.partner_ids or ())
    partners = select(PARTNERS.c.ref).where(PARTNERS.c.id.in_(keys))
    own = set(connection.execute(partners).scalars()) if keys else set()
    refs = sorted({ref for filter_ in filters for ref in filter_.cases})
    seen, reader = case_ids_in_scope(connection, scope, refs), reader_of(scope)
    return frozenset(f for f in filters if shows_filter(reader, f, own, seen))


def filter_of(link: EvidenceLink) -> CaseFilter:
    """The list of cases that a link is."""
    return CaseFilter.model_validate_json(link.value)


@dataclass(slots=True)
class _Found:
    """What a finding rests on, and how many of its cases there are and are in scope."""

    links: list[EvidenceLink] = field(default_factory=list)
    cases: int = 0
    visible: int = 0
    is_hidden: bool = False  # a list among them names what the reader may not know


def _links(connection: Connection, scope: Scope, key: int) -> dict[int, _Found]:
    is_seen = case((in_scope(scope), 1), else_=0)
    rows = connection.execute(
        select(LINKS, CASES.c.id.label("there"), is_seen.label("seen"))
        .join(ITEMS, ITEMS.c.id == LINKS.c.item_id)
        .outerjoin(CASES, CASES.c.id == LINKS.c.case_id)
        .where(ITEMS.c.investigation_id == key)
        .order_by(LINKS.c.id)
    )
    found: dict[int, _Found] = {}
    for row in rows:
        mine = found.setdefault(row.item_id, _Found())
        mine.links.append(EvidenceLink(row.kind, row.value, row.count_then))
        if row.there is not None:  # a case that left the desk hides nothing any more
            mine.cases += 1
            mine.visible += row.seen
    _hide(connection, scope, found.values())
    return found


def _hide(connection: Connection, scope: Scope, found: Collection[_Found]) -> None:
    lists = {id(mine): [filter_of(n) for n in mine.links if n.kind == "filter"] for mine in found}
    shown = filters_shown(connection, scope, [f for filters in lists.values() for f in filters])
    for mine in found:
        mine.is_hidden = not shown.issuperset(lists[id(mine)])


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """True for the cases that a scope contains."""
    return visible(CASES, GRANTS, scope, is_granted_to(CASES, GRANTS, scope))


def members_of(connection: Connection, keys: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who is on each of these investigations besides its lead."""
    found: dict[int, list[str]] = {}
    statement = select(PEOPLE).where(PEOPLE.c.investigation_id.in_(keys))
    for row in connection.execute(statement.order_by(PEOPLE.c.username)) if keys else ():
        found.setdefault(row.investigation_id, []).append(row.username)
    return {key: tuple(names) for key, names in found.items()}


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _facts(row: Row[Any], members: tuple[str, ...]) -> Investigation:
    return Investigation(
        id=row.id,
        ref=row.ref,
        version=row.version,
        status=row.status,
        question=row.question,
        scope=CaseFilter.model_validate_json(row.scope),
        lead=row.lead,
        members=members,
        outcome=row.outcome,
        opened_by=row.opened_by,
        opened_at=from_micros(row.opened_at),
        changed_at=from_micros(row.changed_at),
        ended_at=_moment(row.ended_at),
        is_erased=row.erased_at is not None,
    )


def _finding(row: Row[Any], links: tuple[EvidenceLink, ...]) -> Finding:
    return Finding(
        id=row.id,
        text=row.body,
        links=links,
        by=row.written_by,
        at=from_micros(row.written_at),
        changed_at=_moment(row.changed_at),
        is_erased=row.erased_at is not None,
    )


def _hypothesis(row: Row[Any]) -> Hypothesis:
    return Hypothesis(
        id=row.id,
        text=row.body,
        state=row.state,
        reason=row.reason,
        by=row.written_by,
        at=from_micros(row.written_at),
        is_erased=row.erased_at is not None,
    )


def _entry(same: Sequence[Row[Any]]) -> Entry:
    first = same[0]
    refs = tuple(row.case_ref for row in same if row.case_ref)
    return Entry(from_micros(first.at), first.actor, first.act, first.value, first.item_id, refs)
