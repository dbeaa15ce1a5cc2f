"""Takes over what was written and removed since a version, and says which cases that were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlalchemy import Connection

from core.storage.snapshot import load
from core.storage.snapshot.codes import Codes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEVER = -1
FEW_CHANGES = 200  # up to so many changed cases, arrays are moved rather than read anew


@dataclass(frozen=True)
class Entered:
    """What a take-over brought; ``changed`` is ``None`` when it was too much to name."""

    codes: Codes
    count: int
    changed: tuple[int, ...] | None


def enter_newer(
    cursor: DuckDBPyConnection, connection: Connection, known: int, codes: Codes
) -> Entered:
    """Take over what was written and removed after a number; all there is after ``NEVER``."""
    is_step = known != NEVER
    gone = load.gone_since(connection, known) if is_step else []
    if gone:
        load.leave(cursor, pa.array(gone, pa.int64()))
    count, changed = 0, set(gone)
    for rows in load.chunks(connection, known):
        count += len(rows)
        if is_step:
            load.leave(cursor, rows["id"])
        codes = load.enter(cursor, codes, rows)
        if is_step:
            load.open_again(cursor, rows["id"])
        if count <= FEW_CHANGES:
            changed.update(rows["id"].to_pylist())
    if not is_step:
        load.open_again(cursor)
    is_few = is_step and count <= FEW_CHANGES and len(changed) <= FEW_CHANGES
    return Entered(codes, count, tuple(changed) if is_few else None)
