"""Rows of what people did with candidates for gaps, and the erasing of their reasons."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, insert, select, true, update

from core.clock import from_micros, to_micros
from core.gaps.candidates import Act, CandidateAct
from core.gaps.mining_rules import mining_rules
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.retention import CASES, kept_for
from core.storage.sets import among
from core.storage.tables import GapCandidateActRow, GapCandidateCaseRow
from core.storage.tables.base import table_of

ACTS = table_of(GapCandidateActRow)
ACT_CASES = table_of(GapCandidateCaseRow)
CASE_REF = re.compile(r"E-\d{6,}")
Tells = Callable[[str], bool]


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
    """By key the cases of the clusters of texts that somebody did something with."""
    rows = connection.execute(
        select(ACTS.c.key, ACT_CASES.c.case_id)
        .join(ACT_CASES, ACT_CASES.c.act_id == ACTS.c.id)
        .where(ACTS.c.ended_at.is_(None))
    )
    found: dict[str, set[int]] = {}
    for key, case_id in rows:
        found.setdefault(key, set()).add(case_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def erase_candidate_reasons_about(write: Write, case_ids: Sequence[int]) -> int:
    """Empty the reasons that name one of these cases; gives how many."""
    wanted = among(CASES.c.id, case_ids, write.dialect)
    refs = set(write.connection.execute(select(CASES.c.ref).where(wanted)).scalars())
    return _erase(write, lambda text: bool(refs.intersection(CASE_REF.findall(text))), true())


def erase_candidate_mentions(write: Write, names: Iterable[str]) -> int:
    """Empty every reason that tells any of these names; gives how many."""
    known = [folded for folded in map(fold, names) if folded]
    if not known:
        return 0
    told = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
    return _erase(write, lambda text: bool(told.search(fold(text))), true())


def erase_old_candidate_reasons(write: Write, at: datetime) -> int:
    """Empty the reasons older than they are kept; gives how many."""
    before = to_micros(at - kept_for()[mining_rules().kept_as])
    return _erase(write, bool, ACTS.c.acted_at < before)


def _erase(write: Write, tells: Tells, where: ColumnElement[bool]) -> int:
    held = set(write.connection.execute(select(CASES.c.ref).where(CASES.c.legal_hold)).scalars())
    number = 0
    for row in write.connection.execute(select(ACTS).where(where, ACTS.c.reason != "")).all():
        if held.intersection(CASE_REF.findall(row.reason)) or not tells(row.reason):
            continue
        number += 1
        change = update(ACTS).where(ACTS.c.id == row.id)
        write.connection.execute(change.values(reason="", erased_at=write.at))
    return number


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
