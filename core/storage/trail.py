"""Keeps the audit record: appends to its chain inside a write, reads it and verifies it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from core.audit.chain import GENESIS, Verification, canonical, next_entry
from core.audit.chain import verify as verify_chain
from core.audit.model import Draft, Entry
from core.clock import from_micros, to_micros
from core.storage.tables import AuditHeadRow, AuditRow

_HEAD = AuditHeadRow.__table__.c


def append(connection: Connection, draft: Draft, at: datetime) -> Entry:
    """Chain the draft to the last entry; the caller holds the write lock and commits."""
    last = connection.execute(
        select(_HEAD.entry_id, _HEAD.hash).where(_HEAD.id == 1).with_for_update()
    ).one()
    entry = next_entry(draft, last.entry_id + 1, at, last.hash or GENESIS)
    connection.execute(
        insert(AuditRow).values(
            id=entry.id,
            at=to_micros(entry.at),
            actor=entry.actor,
            act=entry.act,
            subject=entry.subject,
            details=canonical(entry.details),
            previous_hash=entry.previous_hash,
            hash=entry.hash,
        )
    )
    connection.execute(
        update(AuditHeadRow).where(_HEAD.id == 1).values(entry_id=entry.id, hash=entry.hash)
    )
    return entry


def audit_entries(
    connection: Connection,
    *,
    actor: str = "",
    act: str = "",
    subject: str = "",
    before_id: int | None = None,
    limit: int = 200,
) -> list[Entry]:
    """Entries from the newest down, of one actor, act or subject; pages on with ``before_id``."""
    statement = select(AuditRow.__table__).order_by(AuditRow.id.desc()).limit(limit)
    if actor:
        statement = statement.where(AuditRow.actor == actor)
    if act:
        statement = statement.where(AuditRow.act == act)
    if subject:
        statement = statement.where(AuditRow.subject == subject)
    if before_id is not None:
        statement = statement.where(AuditRow.id < before_id)
    return [_entry(row) for row in connection.execute(statement)]


def verify(connection: Connection) -> Verification:
    """Walk the whole chain; names the first entry that does not hold."""
    head = connection.execute(select(_HEAD.entry_id, _HEAD.hash).where(_HEAD.id == 1)).one_or_none()
    if head is None:
        return Verification(0, 1, "the head of the chain is missing")
    return verify_chain(_all_entries(connection), head.entry_id, head.hash)


def _all_entries(connection: Connection) -> Iterator[Entry]:
    statement = select(AuditRow.__table__).order_by(AuditRow.id)
    rows = connection.execute(statement.execution_options(yield_per=2000))
    return (_entry(row) for row in rows)


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    try:
        details = json.loads(row.details)
    except ValueError:
        # Shown as it stands, so that the walk names this entry instead of stopping.
        details = {"unreadable": row.details}
    return Entry(
        id=row.id,
        at=from_micros(row.at),
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        details=details,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
