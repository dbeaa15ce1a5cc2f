"""Rows of what people did about findings; nothing is decided here."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Connection, Row, insert, select, update

from core.clock import from_micros
from core.risk.finding_acts import Act, FindingAct, FindingPlace
from core.storage.engine import Write
from core.storage.tables import FindingActRow
from core.storage.tables.base import table_of

ACTS = table_of(FindingActRow)


def add_act(write: Write, place: FindingPlace, act: Act, reason: str) -> None:
    """Record what the writer does about a finding."""
    write.connection.execute(
        insert(ACTS).values(
            key=place.key,
            week_on=place.week_on.isoformat(),
            slice=json.dumps(dict(place.slice), sort_keys=True),
            ground=json.dumps(dict(place.ground), sort_keys=True, ensure_ascii=False),
            scope=place.scope,
            act=act.value,
            reason=reason,
            by=write.draft.actor,
            acted_at=write.at,
        )
    )


def end_act(write: Write, act_id: int) -> None:
    """Take back what was done about a finding; the row stays."""
    write.connection.execute(
        update(ACTS)
        .where(ACTS.c.id == act_id)
        .values(ended_at=write.at, ended_by=write.draft.actor)
    )


def standing_acts(connection: Connection, scope: str) -> dict[str, FindingAct]:
    """What stands about findings of a scope, by the key of the finding."""
    statement = (
        select(ACTS).where(ACTS.c.scope == scope, ACTS.c.ended_at.is_(None)).order_by(ACTS.c.id)
    )
    return {row.key: _act(row) for row in connection.execute(statement)}


def _act(row: Row[tuple[object, ...]]) -> FindingAct:
    return FindingAct(
        id=row.id,
        key=row.key,
        week_on=date.fromisoformat(row.week_on),
        act=Act(row.act),
        reason=row.reason,
        by=row.by,
        at=from_micros(row.acted_at),
    )
