"""Rows of gaps: adds and changes them; nothing is decided here.

Facts and states change through ``change``, which gives the next version; links, tasks and notes do
not, because nobody writes over them. Every act puts a line into the log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from core.cases.filter import CaseFilter
from core.clock import to_micros
from core.gaps.model import GapEvidence, NewGap
from core.gaps.workflow import States
from core.storage.engine import Write
from core.storage.sets import among
from core.storage.tables import GapCaseRow, GapEntryCaseRow, GapEntryRow, GapRow, GapTaskRow
from core.storage.tables.base import table_of

GAPS = table_of(GapRow)
LINKS = table_of(GapCaseRow)
TASKS = table_of(GapTaskRow)
ENTRIES = table_of(GapEntryRow)
ENTRY_CASES = table_of(GapEntryCaseRow)


@dataclass(frozen=True, slots=True)
class Line:
    """What was done, for the log."""

    act: str
    value: str = ""
    reason: str = ""
    link: str = ""


def add_gap(write: Write, new: NewGap, states: States) -> tuple[int, str]:
    """Begin a gap; gives its key and its reference."""
    last = write.connection.execute(select(func.max(GAPS.c.id))).scalar()
    key = (last or 0) + 1  # no other write runs, so nobody else takes this number
    ref = f"G-{key:04d}"
    write.connection.execute(
        insert(GAPS).values(
            id=key,
            ref=ref,
            version=1,
            **facts_of(new),
            response=states.response,
            implementation=states.implementation,
            proposed_by=write.draft.actor,
            proposed_at=write.at,
            response_at=write.at,
            implementation_at=write.at,
            changed_at=write.at,
        )
    )
    log(write, key, 1, Line("proposed"))
    return key, ref


def facts_of(new: NewGap) -> dict[str, object]:
    """What people say about a gap, as it is stored."""
    return {
        "title": new.title,
        "statement": new.statement,
        "gap_type": new.gap_type,
        "severity": new.severity,
        "abuse_types": json.dumps(new.abuse_types),
        "clauses": json.dumps(new.clauses),
        "matching": filter_text(new.matching),
        "owner": new.owner,
        "sponsor_team": new.sponsor_team,
        "stakeholders": json.dumps(new.stakeholders, ensure_ascii=False),
        "target_on": new.target_on.isoformat() if new.target_on else "",
        "review_on": new.review_on.isoformat() if new.review_on else "",
    }


def filter_text(matching: CaseFilter | None) -> str:
    """A filter as it is stored; everything that differs from the default."""
    return "" if matching is None else matching.model_dump_json(exclude_defaults=True)


def change(write: Write, key: int, version: int, line: Line, **facts: object) -> int:
    """Give the version after ``version`` with changed facts; gives the key of the line."""
    write.connection.execute(
        update(GAPS)
        .where(GAPS.c.id == key)
        .values(version=version + 1, changed_at=write.at, **facts)
    )
    return log(write, key, version + 1, line)


def log(write: Write, key: int, version: int, line: Line) -> int:
    """Put an act into the log; gives the key of its line."""
    found = write.connection.execute(
        insert(ENTRIES)
        .values(
            gap_id=key,
            version=version,
            at=write.at,
            actor=write.draft.actor,
            act=line.act,
            value=line.value,
            reason=line.reason,
            link=line.link,
        )
        .returning(ENTRIES.c.id)
    )
    write.connection.execute(update(GAPS).where(GAPS.c.id == key).values(changed_at=write.at))
    return int(found.scalar_one())


def linked_among(write: Write, key: int, case_ids: Sequence[int]) -> frozenset[int]:
    """Those of the cases that are linked already."""
    statement = select(LINKS.c.case_id).where(
        LINKS.c.gap_id == key, among(LINKS.c.case_id, case_ids, write.dialect)
    )
    return frozenset(write.connection.execute(statement).scalars())


def link(write: Write, key: int, entry: int, evidence: Sequence[GapEvidence]) -> None:
    """Link cases that were not linked, and keep with the line which they were."""
    rows = [_link_values(one) for one in evidence]
    if rows:
        write.connection.execute(insert(LINKS), [{"gap_id": key, **row} for row in rows])
        write.connection.execute(insert(ENTRY_CASES), [{"entry_id": entry, **row} for row in rows])


def unlink(write: Write, key: int, entry: int, case_ids: Sequence[int]) -> None:
    """Take links away, and keep with the line how they were."""
    chosen = (LINKS.c.gap_id == key) & among(LINKS.c.case_id, case_ids, write.dialect)
    copied = [c for c in LINKS.c if c.name != "gap_id"]
    were = select(literal(entry), *copied).where(chosen)
    names = ["entry_id", *(c.name for c in copied)]
    write.connection.execute(insert(ENTRY_CASES).from_select(names, were))
    write.connection.execute(delete(LINKS).where(chosen))


def link_again(write: Write, key: int, entry: int, case_ids: Sequence[int]) -> None:
    """Put back links as they stand with the line that took them away."""
    copied = [c for c in ENTRY_CASES.c if c.name != "entry_id"]
    were = select(literal(key), *copied).where(
        ENTRY_CASES.c.entry_id == entry, among(ENTRY_CASES.c.case_id, case_ids, write.dialect)
    )
    names = ["gap_id", *(c.name for c in copied)]
    write.connection.execute(insert(LINKS).from_select(names, were))


def cases_of_entry(write: Write, entry: int) -> tuple[int, ...]:
    """The cases that a line of the log linked or unlinked."""
    statement = select(ENTRY_CASES.c.case_id).where(ENTRY_CASES.c.entry_id == entry)
    return tuple(write.connection.execute(statement.order_by(ENTRY_CASES.c.case_id)).scalars())


def mark_undone(write: Write, entry: int) -> None:
    """Say of a line that it was taken back."""
    write.connection.execute(
        update(ENTRIES).where(ENTRIES.c.id == entry).values(undone_at=write.at)
    )


def add_task(write: Write, key: int, facts: Mapping[str, object]) -> int:
    """Add a task; gives its key."""
    found = write.connection.execute(
        insert(TASKS)
        .values(gap_id=key, added_by=write.draft.actor, added_at=write.at, **facts)
        .returning(TASKS.c.id)
    )
    return int(found.scalar_one())


def change_task(write: Write, task: int, **facts: object) -> None:
    """Change a task."""
    write.connection.execute(update(TASKS).where(TASKS.c.id == task).values(**facts))


def _link_values(one: GapEvidence) -> dict[str, Any]:
    return {
        "case_id": one.case_id,
        "strength": one.strength,
        "reason": one.reason,
        "linked_by": one.linked_by,
        "linked_at": to_micros(one.linked_at),
    }
