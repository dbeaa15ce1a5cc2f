"""Keeps cases as they stood before a batch changed them, so that the batch can be undone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Table, delete, select

from core.storage.bulk import insert_columns
from core.storage.engine import Write
from core.storage.sets import among
from core.storage.tables import (
    CaseEntityRow,
    CaseRow,
    CaseTextRow,
    DecisionRow,
    ImportBeforeRow,
)
from core.storage.tables.base import table_of

BEFORES = table_of(ImportBeforeRow)
CASES = table_of(CaseRow)
TEXTS = table_of(CaseTextRow)
DECISIONS = table_of(DecisionRow)
LINKS = table_of(CaseEntityRow)


def keep_befores(write: Write, batch_id: int, case_ids: Sequence[int]) -> None:
    """Keep the cases as JSON, and clear away what the batch is going to say anew."""
    cases = {row["id"]: row for row in _rows(write, CASES, "id", case_ids)}
    texts = {row["case_id"]: row for row in _rows(write, TEXTS, "case_id", case_ids)}
    decisions = _by_case(_rows(write, DECISIONS, "case_id", case_ids))
    links = _by_case(_rows(write, LINKS, "case_id", case_ids))
    befores = [
        json.dumps(
            {
                "case": cases[key],
                "text": texts.get(key),
                "decisions": [d for d in decisions[key] if d["batch_id"] is not None],
                "entities": [link["entity_id"] for link in links[key]],
            },
            ensure_ascii=False,
        )
        for key in case_ids
    ]
    columns = {"batch_id": repeat(batch_id), "case_id": case_ids, "before": befores}
    insert_columns(write, BEFORES, columns)
    clear(write, case_ids)


def clear(write: Write, case_ids: Sequence[int]) -> None:
    """Remove the imported decisions and the links of these cases."""
    imported = DECISIONS.c.batch_id.is_not(None)
    held = among(DECISIONS.c.case_id, case_ids, write.dialect)
    write.connection.execute(delete(DECISIONS).where(held, imported))
    write.connection.execute(delete(LINKS).where(among(LINKS.c.case_id, case_ids, write.dialect)))


def _rows(write: Write, table: Table, key: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    rows = write.connection.execute(
        select(table).where(among(table.c[key], ids, write.dialect))
    ).mappings()
    return [dict(row) for row in rows]


def _by_case(rows: list[dict[str, Any]]) -> defaultdict[int, list[dict[str, Any]]]:
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["case_id"]].append(row)
    return found
