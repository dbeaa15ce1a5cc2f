"""Reads of gaps. Facts, tasks and log are the same for everybody; cases are held to a scope."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.clock import from_micros
from core.gaps.model import Gap, GapEntry, GapEvidence, GapTask
from core.storage.engine import Dialect
from core.storage.gaps import ENTRIES, ENTRY_CASES, GAPS, LINKS, TASKS
from core.storage.investigation_reads import CASES, filters_shown, in_scope
from core.storage.sets import among


def gap_by_ref(connection: Connection, ref: str) -> Gap | None:
    """The facts of a gap."""
    row = connection.execute(select(GAPS).where(GAPS.c.ref == ref)).one_or_none()
    return None if row is None else _gap(row)


def gaps_of(connection: Connection) -> tuple[Gap, ...]:
    """All gaps, the one proposed last first."""
    rows = connection.execute(select(GAPS).order_by(GAPS.c.id.desc()))
    return tuple(_gap(row) for row in rows)


def linked_cases(connection: Connection, gap_id: int) -> tuple[int, ...]:
    """The keys of all cases that are linked to a gap, whoever may see them."""
    statement = select(LINKS.c.case_id).where(LINKS.c.gap_id == gap_id)
    return tuple(connection.execute(statement.order_by(LINKS.c.case_id)).scalars())


def evidence_of(connection: Connection, scope: Scope, gap_id: int) -> tuple[GapEvidence, ...]:
    """The linked cases that a reader may see, the link made last first."""
    rows = connection.execute(
        select(LINKS, CASES.c.ref)
        .join(CASES, CASES.c.id == LINKS.c.case_id)
        .where(LINKS.c.gap_id == gap_id, in_scope(scope))
        .order_by(LINKS.c.linked_at.desc(), CASES.c.id)
    )
    return tuple(_evidence(row, scope) for row in rows)


def link_counts(connection: Connection, scope: Scope) -> dict[int, int]:
    """How many linked cases of each gap a reader may see."""
    statement = (
        select(LINKS.c.gap_id, func.count())
        .join(CASES, CASES.c.id == LINKS.c.case_id)
        .where(in_scope(scope))
        .group_by(LINKS.c.gap_id)
    )
    return {int(key): int(n) for key, n in connection.execute(statement)}


def gaps_of_case(connection: Connection, scope: Scope, case_ref: str) -> tuple[Gap, ...]:
    """The gaps that a case in scope is linked to, the link made last first."""
    rows = connection.execute(
        select(GAPS)
        .join(LINKS, LINKS.c.gap_id == GAPS.c.id)
        .join(CASES, CASES.c.id == LINKS.c.case_id)
        .where(CASES.c.ref == case_ref, in_scope(scope))
        .order_by(LINKS.c.linked_at.desc(), GAPS.c.id)
    )
    return tuple(_gap(row) for row in rows)


def without_hidden(connection: Connection, scope: Scope, gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """The gaps without those filters that name what the reader may not know."""
    filters = [gap.matching for gap in gaps if gap.matching]
    known = filters_shown(connection, scope, filters) if filters else frozenset()
    return tuple(
        gap if gap.matching is None or gap.matching in known else replace(gap, matching=None)
        for gap in gaps
    )


def tasks_of(connection: Connection, gap_id: int) -> tuple[GapTask, ...]:
    """The tasks of a gap in the order in which they were added."""
    statement = select(TASKS).where(TASKS.c.gap_id == gap_id).order_by(TASKS.c.id)
    return tuple(_task(row) for row in connection.execute(statement))


def open_tasks(connection: Connection) -> dict[int, tuple[GapTask, ...]]:
    """What is left to do for each gap."""
    found: dict[int, tuple[GapTask, ...]] = {}
    statement = select(TASKS).where(TASKS.c.done_at.is_(None)).order_by(TASKS.c.id)
    for row in connection.execute(statement):
        found[row.gap_id] = (*found.get(row.gap_id, ()), _task(row))
    return found


def entries_of(
    connection: Connection, scope: Scope, gap_id: int, after: int = 0
) -> tuple[GapEntry, ...]:
    """The log of what came after a version, newest first.

    Linking and unlinking name the cases that the reader may see, and are left out without any.
    """
    statement = select(ENTRIES).where(ENTRIES.c.gap_id == gap_id, ENTRIES.c.version > after)
    rows = connection.execute(statement.order_by(ENTRIES.c.at.desc(), ENTRIES.c.id.desc())).all()
    touched = _touched(connection, gap_id)
    seen = _seen(connection, scope, gap_id)
    return tuple(
        _entry(row, seen.get(row.id, ())) for row in rows if row.id not in touched or row.id in seen
    )


def entry_by_id(connection: Connection, scope: Scope, gap_id: int, entry: int) -> GapEntry | None:
    """One line of the log, as far as the reader may see it."""
    return next((e for e in entries_of(connection, scope, gap_id) if e.id == entry), None)


def refs_in_scope(
    connection: Connection, scope: Scope, keys: Sequence[int], dialect: Dialect
) -> dict[str, int]:
    """References of those of the cases that the scope contains."""
    statement = select(CASES.c.ref, CASES.c.id).where(among(CASES.c.id, keys, dialect))
    rows = connection.execute(statement.where(in_scope(scope)).order_by(CASES.c.id))
    return {row.ref: row.id for row in rows}


def _touched(connection: Connection, gap_id: int) -> frozenset[int]:
    statement = (
        select(ENTRY_CASES.c.entry_id)
        .join(ENTRIES, ENTRIES.c.id == ENTRY_CASES.c.entry_id)
        .where(ENTRIES.c.gap_id == gap_id)
    )
    return frozenset(connection.execute(statement.distinct()).scalars())


def _seen(connection: Connection, scope: Scope, gap_id: int) -> Mapping[int, tuple[str, ...]]:
    rows = connection.execute(
        select(ENTRY_CASES.c.entry_id, CASES.c.ref)
        .join(ENTRIES, ENTRIES.c.id == ENTRY_CASES.c.entry_id)
        .join(CASES, CASES.c.id == ENTRY_CASES.c.case_id)
        .where(ENTRIES.c.gap_id == gap_id, in_scope(scope))
        .order_by(CASES.c.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for entry, ref in rows:
        found[entry] = (*found.get(entry, ()), ref)
    return found


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        id=row.id,
        ref=row.ref,
        version=row.version,
        title=row.title,
        statement=row.statement,
        gap_type=row.gap_type,
        severity=row.severity,
        abuse_types=_several(row.abuse_types),
        clauses=_several(row.clauses),
        matching=CaseFilter.model_validate_json(row.matching) if row.matching else None,
        owner=row.owner,
        sponsor_team=row.sponsor_team,
        stakeholders=_several(row.stakeholders),
        target_on=_day(row.target_on),
        review_on=_day(row.review_on),
        response=row.response,
        implementation=row.implementation,
        proposed_by=row.proposed_by,
        proposed_at=from_micros(row.proposed_at),
        response_at=from_micros(row.response_at),
        implementation_at=from_micros(row.implementation_at),
        responded_at=_moment(row.responded_at),
        shipped_at=_moment(row.shipped_at),
        closed_at=_moment(row.closed_at),
        changed_at=from_micros(row.changed_at),
        is_erased=row.erased_at is not None,
    )


def _evidence(row: Row[Any], scope: Scope) -> GapEvidence:
    return GapEvidence(
        case_id=row.case_id,
        case_ref=row.ref,
        strength=row.strength,
        reason=row.reason if scope.sees_text else "",
        linked_by=row.linked_by,
        linked_at=from_micros(row.linked_at),
    )


def _task(row: Row[Any]) -> GapTask:
    return GapTask(
        id=row.id,
        text=row.body,
        owner=row.owner,
        due_on=_day(row.due_on),
        done_at=_moment(row.done_at),
        done_by=row.done_by,
        is_erased=row.erased_at is not None,
    )


def _entry(row: Row[Any], refs: tuple[str, ...]) -> GapEntry:
    return GapEntry(
        id=row.id,
        version=row.version,
        at=from_micros(row.at),
        by=row.actor,
        act=row.act,
        value=row.value,
        reason=row.reason,
        link=row.link,
        is_erased=row.erased_at is not None,
        is_undone=row.undone_at is not None,
        refs=refs,
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
