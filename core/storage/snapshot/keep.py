"""Keeps the snapshot in a file, so that a start with very many cases takes seconds, not a minute.

The file is used only if it belongs to this store's past: the audit entry that it was kept with must
still stand there with the same hash. It holds no titles or texts.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from core.storage.snapshot.codes import Codes
from core.storage.snapshot.load import Partners, newest_seq
from core.storage.snapshot.tables import ALL_CODES, CASES, PARTNERS
from core.storage.tables import AuditHeadRow, AuditRow
from core.storage.tables.base import table_of
from core.taxonomy import taxonomy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS, MARK = "cases.parquet", "mark.json"
AUDIT, HEAD = table_of(AuditRow), table_of(AuditHeadRow)


@dataclass(frozen=True)
class Mark:
    """What the file was made from."""

    seq: int
    audit_id: int
    audit_hash: str
    layout: str
    file_hash: str
    values: Mapping[str, tuple[str, ...]]
    partners: Partners


def lineage(connection: Connection) -> tuple[int, str]:
    """The last audit entry: no other store, and no other future of this one, has the same."""
    row = connection.execute(select(HEAD.c.entry_id, HEAD.c.hash)).one()
    return int(row.entry_id), str(row.hash)


def keep(
    cursor: DuckDBPyConnection,
    folder: Path,
    *,
    seq: int,
    entry: tuple[int, str],
    codes: Codes,
    partners: Partners,
) -> None:
    """Write the rows that the cursor's transaction sees, then the mark that makes them valid."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".parquet")
    os.close(handle)
    try:
        cursor.execute(f"COPY cases TO '{_quoted(name)}' (FORMAT parquet, COMPRESSION snappy)")
        mark = Mark(seq, *entry, _layout(), _hash(Path(name)), codes.values, partners)
        Path(name).replace(folder / ROWS)
    finally:
        Path(name).unlink(missing_ok=True)
    written = folder / f"{MARK}.{os.getpid()}"
    written.write_text(json.dumps(asdict(mark)), encoding="utf-8")
    written.replace(folder / MARK)


def kept_mark(connection: Connection, folder: Path) -> Mark | None:
    """The mark of a file that this store can go on from; ``None`` when there is none."""
    try:
        found = json.loads((folder / MARK).read_text(encoding="utf-8"))
        found["values"] = {name: tuple(values) for name, values in found["values"].items()}
        found["partners"] = tuple(tuple(row) for row in found["partners"])
        mark = Mark(**found)
        is_whole = mark.file_hash == _hash(folder / ROWS)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if not is_whole or mark.layout != _layout() or set(mark.values) != set(ALL_CODES):
        return None
    if mark.seq > newest_seq(connection):
        return None
    same = select(AUDIT.c.id).where(AUDIT.c.id == mark.audit_id, AUDIT.c.hash == mark.audit_hash)
    return mark if connection.execute(same).first() else None


def take_rows(cursor: DuckDBPyConnection, folder: Path) -> None:
    """Fill the empty table of cases from the file; its codes must be known."""
    name = _quoted(str(folder / ROWS))
    cursor.execute(f"INSERT INTO cases BY NAME SELECT * FROM read_parquet('{name}')")  # noqa: S608 -- our own file


def _layout() -> str:
    """Changes when the columns do, or the lists that columns are worked out from."""
    lists = taxonomy()
    told = [
        sorted(CASES.c.keys()),
        sorted(PARTNERS.c.keys()),
        {name: lists.family_of(name) for name in lists.abuse_types},
        {name: lists.region_of(name) for name in lists.markets},
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoted(name: str) -> str:
    return name.replace("'", "''")
