"""Writes the rating of a case: an event as imports make it, and the case's latest rating."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import func, insert, select, update

from core.cases.case import Case
from core.errors import Conflict
from core.sla.model import EventKind
from core.storage.engine import Write
from core.storage.sets import among
from core.storage.tables import CaseEventRow, CaseRow
from core.storage.tables.base import table_of

CASES, EVENTS = table_of(CaseRow), table_of(CaseEventRow)


def add_rating(write: Write, case: Case, seen: int, rating: int, given_at: int) -> None:
    """Add a rating to a case that the writer saw in this version; no clock depends on it."""
    if case.version != seen:
        raise Conflict(
            f"{case.ref} was changed while you looked at it.",
            hint="Nothing of yours was saved or lost. Look at the case, then save again.",
        )
    last = select(func.max(EVENTS.c.seq)).where(EVENTS.c.case_id == case.id)
    write.connection.execute(
        insert(EVENTS).values(
            case_id=case.id,
            seq=(write.connection.execute(last).scalar() or 0) + 1,
            at=given_at,
            kind=EventKind.CSAT.value,
            value=str(rating),
            actor_kind="requester",
            recorded_at=write.at,
        )
    )
    earlier = func.coalesce(CASES.c.last_event_at, 0) < given_at
    write.connection.execute(
        update(CASES)
        .where(CASES.c.id == case.id)
        .values(csat=rating, version=case.version + 1, change_seq=write.seq)
    )
    write.connection.execute(
        update(CASES).where(CASES.c.id == case.id, earlier).values(last_event_at=given_at)
    )


def with_desk_ratings(
    write: Write, lines: pd.DataFrame, case_ids: list[int], events: pd.DataFrame
) -> pd.DataFrame:
    """Case lines of an import with the ratings recorded here, unless the source tells a later one."""
    own = _recorded_here(write, case_ids)
    if not own:
        return lines
    told = events[events["kind"] == EventKind.CSAT.value].groupby("key")["at"].max().to_dict()
    rated = lines["csat"].copy()
    for place, (key, case_id) in enumerate(zip(lines["key"], case_ids, strict=True)):
        if case_id in own and told.get(key, -1) <= own[case_id][0]:
            rated.iloc[place] = own[case_id][1]
    return lines.assign(csat=rated)


def _recorded_here(write: Write, case_ids: list[int]) -> dict[int, tuple[int, int]]:
    """When the last rating that people recorded was given, and what it was, by case."""
    rows = write.connection.execute(
        select(EVENTS.c.case_id, EVENTS.c.at, EVENTS.c.value)
        .where(
            among(EVENTS.c.case_id, case_ids, write.dialect),
            EVENTS.c.batch_id.is_(None),
            EVENTS.c.void_batch_id.is_(None),
            EVENTS.c.kind == EventKind.CSAT.value,
            EVENTS.c.value != "",
        )
        .order_by(EVENTS.c.case_id, EVENTS.c.seq)
    )
    return {row.case_id: (row.at, int(row.value)) for row in rows}
