"""Rows of what people did with candidates for gaps; nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from core.clock import from_micros
from core.gaps.candidates import Act, CandidateAct
from core.storage.engine import Write
from core.storage.tables import GapCandidateActRow, GapCandidateCaseRow
from core.storage.tables.base import table_of

ACTS = table_of(GapCandidateActRow)
ACT_CASES = table_of(GapCandidateCaseRow)


@dataclass(frozen=True, slots=True)
class NewAct:
    """What somebody does with a candidate; ``case_ids`` where texts and not a slice make it."""

    key: str
    kind: str
    place: Mapping[str, str]
    scope: str
    act: Act
    count_then: int
    gap_id: int | None = None
    reason: str = ""
    case_ids: tuple[int, ...] = ()


def add_act(write: Write, new: NewAct) -> int:
    """Record what the writer does; gives the key of the row."""
    found = write.connection.execute(
        insert(ACTS)
        .values(
            key=new.key,
            kind=new.kind,
            place=json.dumps(dict(new.place), sort_keys=True),
            scope=new.scope,
            act=new.act.value,
            gap_id=new.gap_id,
            reason=new.reason,
            by=write.draft.actor,
            acted_at=write.at,
            count_then=new.count_then,
        )
        .returning(ACTS.c.id)
    )
    key = int(found.scalar_one())
    if new.case_ids:
        rows = [{"act_id": key, "case_id": case_id} for case_id in new.case_ids]
        write.connection.execute(insert(ACT_CASES), rows)
    return key


def end_act(write: Write, act_id: int) -> None:
    """Take back what was done; the row stays."""
    write.connection.execute(
        update(ACTS)
        .where(ACTS.c.id == act_id)
        .values(ended_at=write.at, ended_by=write.draft.actor)
    )


def standing_acts(connection: Connection) -> dict[str, CandidateAct]:
    """What stands, by the key of the candidate; of several the last."""
    statement = select(ACTS).where(ACTS.c.ended_at.is_(None)).order_by(ACTS.c.id)
    return {row.key: _act(row) for row in connection.execute(statement)}


def cases_of_acts(connection: Connection) -> dict[str, frozenset[int]]:
    """By key the cases of the alike texts that somebody did something with."""
    rows = connection.execute(
        select(ACTS.c.key, ACT_CASES.c.case_id)
        .join(ACT_CASES, ACT_CASES.c.act_id == ACTS.c.id)
        .where(ACTS.c.ended_at.is_(None))
    )
    found: dict[str, set[int]] = {}
    for key, case_id in rows:
        found.setdefault(key, set()).add(case_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def _act(row: Row[tuple[object, ...]]) -> CandidateAct:
    return CandidateAct(
        id=row.id,
        key=row.key,
        act=Act(row.act),
        gap_id=row.gap_id,
        reason=row.reason,
        by=row.by,
        at=from_micros(row.acted_at),
        count_then=row.count_then,
    )
