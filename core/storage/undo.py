"""Takes a whole import back: removes what it created, restores what it changed, keeps what was edited since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Select,
    TextualSelect,
    column,
    delete,
    exists,
    insert,
    or_,
    select,
    text,
    update,
)

from core.errors import NotFound, Refused
from core.storage.admit.befores import BEFORES, CASES, DECISIONS, LINKS, TEXTS, clear
from core.storage.bulk import insert_columns, take_ids, update_columns
from core.storage.directory import lead_ids
from core.storage.engine import Write
from core.storage.imports import BATCHES
from core.storage.partner_records import RECORDS
from core.storage.search import forget, index
from core.storage.sets import among
from core.storage.tables import CaseEventRow, EntityRow, MessageRow, PartnerRow, TombstoneRow
from core.storage.tables.base import table_of

EVENTS = table_of(CaseEventRow)
PARTNERS = table_of(PartnerRow)
TOMBSTONES = table_of(TombstoneRow)
MESSAGES = table_of(MessageRow)
ENTITIES = table_of(EntityRow)
# What the pictures of cases name that another undo may yet put back.
PICTURED = {
    "sqlite": "FROM import_befores AS b JOIN import_batches AS i"
    " ON i.id = b.batch_id AND i.status = 'done'",
    "postgresql": "FROM (SELECT CAST(f.before AS jsonb) AS before FROM import_befores AS f"
    " JOIN import_batches AS i ON i.id = f.batch_id AND i.status = 'done') AS b",
}
PICTURED_ENTITIES = {
    "sqlite": "SELECT e.value {}, json_each(b.before, '$.entities') AS e",
    "postgresql": "SELECT CAST(e AS bigint) {},"
    " jsonb_array_elements_text(b.before->'entities') AS e",
}
PICTURED_PARTNERS = {
    "sqlite": "SELECT json_extract(b.before, '$.case.partner_id') {}"
    " WHERE json_extract(b.before, '$.case.partner_id') IS NOT NULL",
    "postgresql": "SELECT CAST(b.before->'case'->>'partner_id' AS bigint) {}"
    " WHERE b.before->'case'->>'partner_id' IS NOT NULL",
}
CHUNK = 20_000  # cases at a time, so that the memory stays small
# Columns that a restored case does not take from its picture.
STAMPED = ("id", "version", "change_seq")


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo did; ``kept`` names the cases that somebody has changed since."""

    removed: int
    restored: int
    kept: tuple[str, ...]


def undo_batch(write: Write, batch_id: int) -> UndoResult:
    """Undo one finished import; cases that were changed since are left as they stand and named."""
    batch = write.connection.execute(select(BATCHES).where(BATCHES.c.id == batch_id)).one_or_none()
    if batch is None:
        raise NotFound("Import", str(batch_id))
    if batch.status != "done":
        msg = f"Import {batch.ref} is {batch.status}, so there is nothing to undo."
        raise Refused(msg, hint="Only an import that is done can be undone.")
    mine = CASES.c.batch_id == batch_id
    untouched = mine & (CASES.c.change_seq == CASES.c.import_seq)
    kept = _refs(write, mine & (CASES.c.change_seq != CASES.c.import_seq))
    kept += _overwritten(write, batch_id)
    restored = _restore(write, batch_id, untouched)
    removed = _remove(write, untouched & (CASES.c.created_batch_id == batch_id))
    write.connection.execute(
        update(BATCHES).where(BATCHES.c.id == batch_id).values(status="undone", undone_at=write.at)
    )
    _remove_unused(write, batch_id)
    write.details |= {"removed": removed, "restored": restored, "kept": len(kept)}
    return UndoResult(removed, restored, tuple(sorted(set(kept))))


def _refs(write: Write, condition: Any) -> list[str]:
    return list(write.connection.execute(select(CASES.c.ref).where(condition)).scalars())


def _overwritten(write: Write, batch_id: int) -> list[str]:
    """Cases of the batch that a later import has written again."""
    created = CASES.c.created_batch_id == batch_id
    changed = exists().where(BEFORES.c.batch_id == batch_id, BEFORES.c.case_id == CASES.c.id)
    return _refs(write, (created | changed) & (CASES.c.batch_id.is_distinct_from(batch_id)))


def _remove(write: Write, condition: Any) -> int:
    count = 0
    while ids := _some(write, select(CASES.c.id).where(condition)):
        forget(write, ids)
        write.connection.execute(delete(CASES).where(among(CASES.c.id, ids, write.dialect)))
        gone = {"case_id": ids, "change_seq": [write.seq] * len(ids)}
        insert_columns(write, TOMBSTONES, gone)
        count += len(ids)
    return count


def _restore(write: Write, batch_id: int, untouched: Any) -> int:
    count = 0
    statement = (
        select(CASES.c.id)
        .join(BEFORES, BEFORES.c.case_id == CASES.c.id)
        .where(BEFORES.c.batch_id == batch_id, untouched)
    )
    while ids := _some(write, statement):
        _restore_some(write, batch_id, ids)
        count += len(ids)
    return count


def _some(write: Write, statement: Select[Any]) -> list[int]:
    return list(write.connection.execute(statement.limit(CHUNK)).scalars())


def _restore_some(write: Write, batch_id: int, ids: Sequence[int]) -> None:
    rows = write.connection.execute(
        select(BEFORES.c.before).where(
            BEFORES.c.batch_id == batch_id, among(BEFORES.c.case_id, ids, write.dialect)
        )
    ).scalars()
    befores = [json.loads(row) for row in rows]
    forget(write, ids)
    clear(write, ids)
    _put_back_cases(write, [before["case"] for before in befores])
    texts = [before["text"] for before in befores if before["text"]]
    update_columns(write, TEXTS, "case_id", _columns(texts))
    found = [one for one in texts if one["folded"]]
    index(write, [one["case_id"] for one in found], [one["folded"] for one in found])
    _put_back_events(write, batch_id, ids)
    decisions = [row for before in befores for row in before["decisions"]]
    _put_back_decisions(write, decisions)
    links = [
        {"case_id": before["case"]["id"], "entity_id": entity}
        for before in befores
        for entity in before["entities"]
    ]
    if links:
        write.connection.execute(insert(LINKS), links)


def _put_back_cases(write: Write, cases: list[dict[str, Any]]) -> None:
    columns = _columns([{k: v for k, v in case.items() if k not in STAMPED} for case in cases])
    columns["id"] = [case["id"] for case in cases]
    # One for the import, one for its undo: a reader who holds an older version notices both.
    columns["version"] = [case["version"] + 2 for case in cases]
    columns["change_seq"] = [write.seq] * len(cases)
    leads = lead_ids(write.connection)
    columns["partner_id"] = [leads.get(case["partner_id"], case["partner_id"]) for case in cases]
    columns["import_seq"] = [
        write.seq if case["import_seq"] == case["change_seq"] else case["import_seq"]
        for case in cases
    ]
    update_columns(write, CASES, "id", columns)


def _put_back_decisions(write: Write, decisions: list[dict[str, Any]]) -> None:
    """Under their own keys, or all under new ones where one was given to another since."""
    if not decisions:
        return
    columns = _columns(decisions)
    taken = select(DECISIONS.c.id).where(among(DECISIONS.c.id, columns["id"], write.dialect))
    if write.connection.execute(taken.limit(1)).first():
        first = take_ids(write, DECISIONS, len(decisions))
        columns["id"] = list(range(first, first + len(decisions)))
    insert_columns(write, DECISIONS, columns)


def _put_back_events(write: Write, batch_id: int, ids: Sequence[int]) -> None:
    mine = among(EVENTS.c.case_id, ids, write.dialect)
    said = mine & (EVENTS.c.batch_id == batch_id)
    spoken = select(EVENTS.c.message_id).where(said, EVENTS.c.message_id.is_not(None))
    write.connection.execute(delete(MESSAGES).where(MESSAGES.c.id.in_(spoken)))
    write.connection.execute(delete(EVENTS).where(said))
    write.connection.execute(
        update(EVENTS).where(mine, EVENTS.c.void_batch_id == batch_id).values(void_batch_id=None)
    )


def _remove_unused(write: Write, batch_id: int) -> None:
    used = exists().where(CASES.c.partner_id == PARTNERS.c.id)
    # What people wrote down about a partner is not lost with the import that brought it.
    written = or_(*(exists().where(r.c.partner_id == PARTNERS.c.id) for r in RECORDS))
    # Whom somebody has changed, or merged, is no leftover of the import either.
    mine = (PARTNERS.c.batch_id == batch_id) & (PARTNERS.c.version == 1)
    pictured = _pictured(write, PICTURED_PARTNERS)
    write.connection.execute(
        delete(PARTNERS).where(mine, ~used, ~written, PARTNERS.c.id.not_in(pictured))
    )
    linked = exists().where(LINKS.c.entity_id == ENTITIES.c.id)
    pictured = _pictured(write, PICTURED_ENTITIES)
    write.connection.execute(delete(ENTITIES).where(~linked, ENTITIES.c.id.not_in(pictured)))


def _pictured(write: Write, names: Mapping[str, str]) -> TextualSelect:
    return text(names[write.dialect].format(PICTURED[write.dialect])).columns(column("id"))


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
