"""Writes the whole store into one file and fills an empty store from it, across both kinds.

The file is a gzipped tar: ``manifest.json`` (version, rows and hash of each table) and one Parquet
file for each table. Sign-in sessions stay behind: people sign in again after a restore.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    select,
    text,
    update,
)

from core.audit.chain import Verification
from core.audit.model import Draft
from core.errors import BadInput, Refused
from core.storage.bulk import insert_columns
from core.storage.engine import Store, Write
from core.storage.schema import downgrade, is_empty, known_revisions, migrate, revision
from core.storage.search import index
from core.storage.tables import Base, CaseTextRow, SequenceRow, SessionRow
from core.storage.tables.base import table_of
from core.storage.trail import verify

FORMAT = 1
MANIFEST = "manifest.json"
ROWS = 20_000  # of one piece, so that the memory stays small
LEFT_OUT = {SessionRow.__tablename__}
SEQUENCE = table_of(SequenceRow)
TEXTS = table_of(CaseTextRow)


class TablePart(BaseModel):
    """One table in a backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    revision: str
    created_at: str
    dialect: str
    tables: dict[str, TablePart]


@dataclass(frozen=True, slots=True)
class BackupResult:
    """How much was written or restored, and whether its audit chain holds."""

    tables: int
    rows: int
    audit: Verification


def backup(store: Store, file: Path, by: str) -> BackupResult:
    """Write one consistent state of the store into a new file; the act is recorded."""
    if file.exists():
        raise Refused(f"{file.name} is there already.", hint="Name a file that does not exist.")
    partial = file.with_name(file.name + ".partial")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        with store.read() as connection:
            parts = {t.name: _dump(connection, t, Path(folder)) for t in _tables()}
            audit = verify(connection)
        manifest = Manifest(
            format=FORMAT,
            revision=revision(store),
            created_at=store.clock.now().isoformat(),
            dialect=store.dialect,
            tables=parts,
        )
        (Path(folder) / MANIFEST).write_text(manifest.model_dump_json(indent=1), "utf-8")
        _pack(partial, Path(folder), parts)
    partial.rename(file)
    rows = sum(part.rows for part in parts.values())
    store.record(Draft(by, "store.backup", "store", {"rows": rows, "sha256": _hash(file)}))
    return BackupResult(len(parts), rows, audit)


def restore(store: Store, file: Path, by: str) -> BackupResult:
    """Fill an empty store from a backup of either kind, as a whole or not at all."""
    if not is_empty(store):
        raise Refused(
            "This store is not empty, so nothing was restored.",
            hint="Restore into a new DESK_LOCAL_DIR or a new database.",
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest = _unpack(file, folder)
        if manifest.revision != revision(store):
            downgrade(store, manifest.revision)
        with store.write(Draft(by, "store.restore", "store")) as write:
            _load(write, manifest, folder)
            write.details["rows"] = sum(part.rows for part in manifest.tables.values())
        migrate(store)
    with store.read() as connection:
        audit = verify(connection)
    rows = sum(part.rows for part in manifest.tables.values())
    return BackupResult(len(manifest.tables), rows, audit)


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _dump(connection: Connection, table: Table, folder: Path) -> TablePart:
    schema = pa.schema([(column.name, _arrow_type(column.type)) for column in table.columns])
    file, count = folder / f"{table.name}.parquet", 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in _pieces(connection, table):
            columns = list(zip(*rows, strict=True))
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(rows)
    return TablePart(rows=count, sha256=_hash(file))


def _pieces(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    statement = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(statement.execution_options(yield_per=ROWS))
    for rows in result.partitions():
        yield [tuple(row) for row in rows]


def _arrow_type(kind: object) -> pa.DataType:
    if isinstance(kind, Boolean):
        return pa.bool_()
    return pa.int64() if isinstance(kind, Integer) else pa.string()


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _pack(target: Path, folder: Path, parts: dict[str, TablePart]) -> None:
    target.touch(mode=0o600)  # it holds personal text and password hashes
    # The tables are compressed already.
    with tarfile.open(target, "w:gz", compresslevel=1) as tar:
        for name in (MANIFEST, *(f"{table}.parquet" for table in parts)):
            tar.add(folder / name, arcname=name)


def _unpack(file: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(file, "r:gz") as tar:
            manifest = _manifest(tar, file)
            for table, part in manifest.tables.items():
                _extract(tar, f"{table}.parquet", folder)
                if _hash(folder / f"{table}.parquet") != part.sha256:
                    raise BadInput(
                        f"The table {table} is damaged", at=file.name, hint="use another backup"
                    )
    except (tarfile.TarError, OSError, EOFError, zlib.error, KeyError) as fault:
        raise BadInput("The file is not a whole backup", at=file.name, hint=str(fault)) from fault
    return manifest


def _manifest(tar: tarfile.TarFile, file: Path) -> Manifest:
    member = tar.extractfile(MANIFEST)
    try:
        manifest = Manifest.model_validate(json.load(member) if member else None)
    except (ValidationError, ValueError) as fault:
        raise BadInput("The manifest cannot be read", at=file.name, hint=str(fault)) from fault
    unknown = sorted(set(manifest.tables) - {table.name for table in _tables()})
    if manifest.format != FORMAT or manifest.revision not in known_revisions() or unknown:
        raise BadInput(
            "The backup was made by a newer version of the desk",
            at=file.name,
            hint="bring the desk up to date first",
        )
    return manifest


def _extract(tar: tarfile.TarFile, name: str, folder: Path) -> None:
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    with (folder / name).open("wb") as target:
        while block := member.read(1 << 20):
            target.write(block)


def _load(write: Write, manifest: Manifest, folder: Path) -> None:
    tables = _tables_of(write, manifest)
    for table in reversed(tables):
        write.connection.execute(delete(table))
    for table in tables:
        _load_table(write, table, folder / f"{table.name}.parquet")
    # Readers that saw the empty store have to notice that everything is new.
    higher = (
        func.max(SEQUENCE.c.seq, write.seq)
        if write.dialect == "sqlite"
        else func.greatest(SEQUENCE.c.seq, write.seq)
    )
    write.connection.execute(update(SEQUENCE).values(seq=higher + 1))
    _index_all(write)


def _tables_of(write: Write, manifest: Manifest) -> list[Table]:
    """The tables as they stand in the store now, which may be of an older version than the code."""
    found = MetaData()
    found.reflect(write.connection, only=sorted(manifest.tables))
    return [table for table in found.sorted_tables if table.name in manifest.tables]


def _load_table(write: Write, table: Table, file: Path) -> None:
    for piece in pq.ParquetFile(file).iter_batches(ROWS):
        columns = {name: piece.column(name).to_pylist() for name in piece.schema.names}
        insert_columns(write, table, columns)
    if write.dialect == "postgresql" and "id" in table.columns:
        last = write.connection.execute(select(func.max(table.c.id))).scalar() or 0
        sequence = func.pg_get_serial_sequence(table.name, "id")
        # Most keys come from a sequence, which did not see these rows come in.
        write.connection.execute(select(func.setval(sequence, last + 1, False)))


def _index_all(write: Write) -> None:
    if write.dialect == "sqlite":
        write.connection.execute(text("INSERT INTO case_words (case_words) VALUES ('rebuild')"))
        return
    last = 0
    statement = select(TEXTS.c.case_id, TEXTS.c.folded).order_by(TEXTS.c.case_id).limit(ROWS)
    while rows := write.connection.execute(statement.where(TEXTS.c.case_id > last)).all():
        last = rows[-1].case_id
        found = [row for row in rows if row.folded]
        index(write, [row.case_id for row in found], [row.folded for row in found])
