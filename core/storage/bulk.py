"""Writes whole columns at once through the driver: one statement for any number of rows.

Columns are lists of plain values (or a repeated constant), in the order of the table's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from psycopg import sql
from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import sqlite

from core.storage.engine import Write
from core.storage.tables import CaseRow, TombstoneRow

Columns = Mapping[str, Iterable[Any]]


def take_ids(write: Write, table: Table, count: int) -> int:
    """The first of ``count`` keys in a row that nobody else will use; numbers of gone cases stay gone."""
    highest = write.connection.execute(select(func.max(table.c.id))).scalar() or 0
    if table.name == CaseRow.__tablename__:
        gone = write.connection.execute(select(func.max(TombstoneRow.case_id))).scalar() or 0
        highest = max(highest, gone)
    if write.dialect == "postgresql" and count:
        # Rows that come one by one take their keys from the sequence, which has to be past ours.
        statement = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")
        write.connection.execute(statement, {"table": table.name, "last": highest + count})
    return int(highest) + 1


def insert_columns(write: Write, table: Table, columns: Columns) -> None:
    """Insert the rows that the columns make up, in their order."""
    # SQLAlchemy names the columns in the order of the table, so the values have to follow it.
    columns = {c.name: columns[c.name] for c in table.columns if c.name in columns}
    rows = zip(*columns.values(), strict=False)
    if write.dialect == "sqlite":
        write.driver.executemany(_insert_statement(table, columns), rows)
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    with write.driver.cursor() as cursor, cursor.copy(copy) as pipe:
        for row in rows:
            pipe.write_row(row)


def update_columns(write: Write, table: Table, key: str, columns: Columns) -> None:
    """Set the columns of existing rows; the column ``key`` says which row each value belongs to."""
    names = [c.name for c in table.columns if c.name in columns and c.name != key]
    if write.dialect == "sqlite":
        assigned: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(table).values(assigned).where(table.c[key] == bindparam("old_key"))
        ordered = zip(*(columns[n] for n in (*names, key)), strict=False)
        write.driver.executemany(str(statement.compile(dialect=sqlite.dialect())), ordered)
        return
    setting = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(n)) for n in names)
    change = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        sql.Identifier(table.name), setting, sql.Identifier(key)
    )
    with write.driver.cursor() as cursor:
        cursor.executemany(change, zip(*(columns[n] for n in (*names, key)), strict=False))


def _insert_statement(table: Table, columns: Columns) -> str:
    return str(insert(table).compile(dialect=sqlite.dialect(), column_keys=list(columns)))


def plain(column: pd.Series[Any]) -> list[Any]:
    """The values of a column as the driver wants them: plain Python, ``None`` where missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [*column.cat.categories, None]  # code -1 is the missing one
        return [words[code] for code in column.cat.codes.tolist()]
    if column.dtype == "str" or isinstance(column.dtype, np.dtype):
        return list(column.tolist())
    held = column.fillna(0).to_numpy().astype(object)
    held[column.isna().to_numpy()] = None
    return list(held.tolist())
