"""Refused rows, kept with the import or release that they came with; all have one shape."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import pandas as pd
from sqlalchemy import Column, Connection, select

from core.frames import FrameShape
from core.storage.bulk import insert_columns, plain, take_ids
from core.storage.engine import Write

REJECT_LINES = FrameShape(
    name="reject lines",
    grain="one fault of a row that was refused",
    columns={"line": "int64", "field": "str", "value": "str", "reason": "str", "hint": "str"},
)


def keep_rejects(write: Write, owner: Column[Any], key: int, lines: pd.DataFrame) -> None:
    """Keep refused rows (REJECT_LINES) in the table of ``owner``, the column that has the key."""
    if lines.empty:
        return
    first = take_ids(write, owner.table, len(lines))
    columns = {name: plain(lines[name]) for name in REJECT_LINES.columns}
    ids = range(first, first + len(lines))
    insert_columns(write, owner.table, {"id": ids, owner.name: repeat(key), **columns})


def kept_rejects(
    connection: Connection,
    owner: Column[Any],
    key: int,
    *,
    limit: int | None = None,
    after_id: int = 0,
) -> pd.DataFrame:
    """The refused rows in the order of the file (``id`` and REJECT_LINES)."""
    names = ["id", *REJECT_LINES.columns]
    rows = owner.table.c
    statement = (
        select(*(rows[name] for name in names))
        .where(owner == key, rows.id > after_id)
        .order_by(rows.line, rows.id)
        .limit(limit)
    )
    frame = pd.DataFrame(connection.execute(statement).all(), columns=names)
    return frame.astype({"id": "int64", **REJECT_LINES.columns})
