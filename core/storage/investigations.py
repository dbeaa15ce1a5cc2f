"""Rows of investigations: adds and changes them; nothing is decided here.

Every change goes through ``touch``, which gives the next version and puts a line into the timeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from core.cases.filter import CaseFilter
from core.risk.investigation import EvidenceLink
from core.storage.engine import Write
from core.storage.sets import among
from core.storage.tables import (
    InvestigationCaseRow,
    InvestigationEntryRow,
    InvestigationItemRow,
    InvestigationLinkRow,
    InvestigationPersonRow,
    InvestigationRow,
)
from core.storage.tables.base import table_of

INVESTIGATIONS = table_of(InvestigationRow)
PEOPLE = table_of(InvestigationPersonRow)
PINS = table_of(InvestigationCaseRow)
ITEMS = table_of(InvestigationItemRow)
LINKS = table_of(InvestigationLinkRow)
ENTRIES = table_of(InvestigationEntryRow)

FINDING, HYPOTHESIS = "finding", "hypothesis"


@dataclass(frozen=True, slots=True)
class NewInvestigation:
    """What an investigation begins with."""

    question: str
    scope: CaseFilter
    lead: str
    opened_by: str
    status: str


@dataclass(frozen=True, slots=True)
class Touch:
    """What was done, for the timeline: codes and keys, no content."""

    act: str
    value: str = ""
    item_id: int | None = None
    case_ids: tuple[int, ...] = ()


def add_investigation(write: Write, new: NewInvestigation) -> tuple[int, str]:
    """Begin an investigation; gives its key and its reference."""
    last = write.connection.execute(select(func.max(INVESTIGATIONS.c.id))).scalar()
    key = (last or 0) + 1  # no other write runs, so nobody else takes this number
    ref = f"I-{key:04d}"
    write.connection.execute(
        insert(INVESTIGATIONS).values(
            id=key,
            ref=ref,
            version=1,
            status=new.status,
            question=new.question,
            scope=scope_text(new.scope),
            lead=new.lead,
            opened_by=new.opened_by,
            opened_at=write.at,
            changed_at=write.at,
        )
    )
    _enter(write, key, 1, Touch("opened"))
    return key, ref


def touch(write: Write, key: int, version: int, done: Touch, **facts: object) -> None:
    """Give the version after ``version`` with changed facts, and put the act into the timeline."""
    write.connection.execute(
        update(INVESTIGATIONS)
        .where(INVESTIGATIONS.c.id == key)
        .values(version=version + 1, changed_at=write.at, **facts)
    )
    _enter(write, key, version + 1, done)


def pin_cases(write: Write, key: int, case_ids: Sequence[int]) -> tuple[int, ...]:
    """Pin cases; gives those that were not pinned before."""
    held = set(_pinned(write, key, case_ids))
    new = tuple(case_id for case_id in case_ids if case_id not in held)
    facts = {"investigation_id": key, "pinned_by": write.draft.actor, "pinned_at": write.at}
    if new:
        write.connection.execute(insert(PINS), [{**facts, "case_id": i} for i in new])
    return new


def unpin_cases(write: Write, key: int, case_ids: Sequence[int]) -> tuple[int, ...]:
    """Take pins back; gives those that there were."""
    held = tuple(_pinned(write, key, case_ids))
    write.connection.execute(
        delete(PINS).where(
            PINS.c.investigation_id == key, among(PINS.c.case_id, held, write.dialect)
        )
    )
    return held


def add_item(write: Write, key: int, kind: str, body: str, state: str = "") -> int:
    """Add a finding or a hypothesis; gives its key."""
    facts = {"investigation_id": key, "kind": kind, "body": body, "state": state}
    found = write.connection.execute(
        insert(ITEMS)
        .values(**facts, written_by=write.draft.actor, written_at=write.at)
        .returning(ITEMS.c.id)
    )
    return int(found.scalar_one())


def change_item(write: Write, item_id: int, **facts: object) -> None:
    """Change the text, state or reason of a finding or hypothesis."""
    write.connection.execute(
        update(ITEMS).where(ITEMS.c.id == item_id).values(**facts, changed_at=write.at)
    )


def set_links(
    write: Write, item_id: int, links: Iterable[EvidenceLink], case_ids: dict[str, int]
) -> None:
    """Say anew what a finding rests on; cases by the keys of their references."""
    write.connection.execute(delete(LINKS).where(LINKS.c.item_id == item_id))
    rows: list[dict[str, Any]] = [
        {
            "item_id": item_id,
            "kind": link.kind,
            "case_id": case_ids[link.value] if link.kind == "case" else None,
            "value": link.value,
            "count_then": link.count_then,
        }
        for link in links
    ]
    if rows:
        write.connection.execute(insert(LINKS), rows)


def add_member(write: Write, key: int, username: str) -> None:
    """Put somebody on an investigation who was not on it."""
    write.connection.execute(insert(PEOPLE).values(investigation_id=key, username=username))


def remove_member(write: Write, key: int, username: str) -> None:
    """Take somebody off an investigation."""
    write.connection.execute(
        delete(PEOPLE).where(PEOPLE.c.investigation_id == key, PEOPLE.c.username == username)
    )


def scope_text(scope: CaseFilter) -> str:
    """A filter as it is stored; everything that differs from the default, dates with their zone."""
    return scope.model_dump_json(exclude_defaults=True)


def _pinned(write: Write, key: int, case_ids: Sequence[int]) -> list[int]:
    statement = select(PINS.c.case_id).where(
        PINS.c.investigation_id == key, among(PINS.c.case_id, case_ids, write.dialect)
    )
    return list(write.connection.execute(statement.order_by(PINS.c.case_id)).scalars())


def _enter(write: Write, key: int, version: int, done: Touch) -> None:
    entry = {
        "investigation_id": key,
        "version": version,
        "at": write.at,
        "actor": write.draft.actor,
        "act": done.act,
        "value": done.value,
        "item_id": done.item_id,
    }
    rows = [{**entry, "case_id": case_id} for case_id in done.case_ids or (None,)]
    write.connection.execute(insert(ENTRIES), rows)
