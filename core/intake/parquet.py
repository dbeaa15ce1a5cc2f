"""Parquet files as tables of text; moments keep their zone, nested values become JSON."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import BadInput
from core.intake.container import Unpacked
from core.intake.delimited import NUL_HINT, NUL_REASON
from core.intake.dialect import header_names, no_rows
from core.intake.limits import limits
from core.intake.mapping import FileRule
from core.intake.model import Block, Fault, Found, Table, TextColumn
from core.intake.rows import as_text
from core.settings import Settings


def parquet_table(opened: Unpacked, _rule: FileRule, _settings: Settings) -> Table:
    """A Parquet file; its rows are numbered from 1."""
    try:
        file = pq.ParquetFile(opened.file)
    except (pa.ArrowException, OSError, ValueError):
        raise _damaged(opened.name) from None
    columns = header_names(file.schema_arrow.names, opened.name, 1)
    if not file.metadata.num_rows:
        raise no_rows(opened.name, columns)

    def blocks() -> Iterator[Block]:
        number = 1
        try:
            for batch in file.iter_batches(batch_size=limits().reading.block_rows):
                yield _block(batch, columns, number)
                number += batch.num_rows
        except (pa.ArrowException, OSError, ValueError):
            raise _damaged(opened.name) from None

    found = Found("parquet", opened.container, typed=True)
    return Table(opened.name, columns, found, opened.byte_count, blocks)


def _damaged(name: str) -> BadInput:
    return BadInput("The Parquet file is damaged or was cut off.", at=name, hint="export it again")


def _block(batch: pa.RecordBatch, columns: tuple[str, ...], number: int) -> Block:
    cells = pa.table([_text(batch.column(i)) for i in range(len(columns))], names=list(columns))
    cells.validate(full=True)  # a damaged page may hold bytes that are no text
    lines = np.arange(number, number + batch.num_rows)
    bad = np.zeros(batch.num_rows, dtype=bool)
    for column in columns:
        found = pc.match_substring(cells[column].combine_chunks(), "\0")
        bad |= found.to_numpy(zero_copy_only=False)
    if not bad.any():
        return Block(cells, lines)
    faults = tuple(Fault(int(n), "", "", NUL_REASON, NUL_HINT) for n in lines[bad])
    return Block(cells.filter(pa.array(~bad)), lines[~bad], faults)


def _text(column: TextColumn) -> TextColumn:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_nested(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.array([as_text(v) for v in column.to_pylist()], type=pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [b"" if v is None else v for v in column.to_pylist()]
        return pa.array([t.decode("utf-8", "replace") for t in texts], type=pa.string())
    try:
        return pc.fill_null(pc.cast(column, pa.string()), "")
    except pa.ArrowNotImplementedError:
        return pa.array([as_text(v) for v in column.to_pylist()], type=pa.string())
