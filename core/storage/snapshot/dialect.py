"""Compiles SQLAlchemy Core statements for DuckDB and runs them on a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.base import PGDialect

if TYPE_CHECKING:
    import numpy.typing as npt
    from duckdb import DuckDBPyConnection

    Columns = dict[str, npt.NDArray[Any]]

# The plain dialect writes no casts around parameters; a cast would turn enums into text.
DIALECT = PGDialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def rendered(statement: Executable) -> tuple[str, list[object]]:
    """The text of a statement with its values in the order of their numbers."""
    compiled: Any = statement.compile(  # type: ignore[attr-defined]  # typed on its subclasses
        dialect=DIALECT, compile_kwargs={"render_postcompile": True}
    )
    params = compiled.params  # made anew each time it is asked for
    return str(compiled), [params[name] for name in compiled.positiontup or ()]


def run(cursor: DuckDBPyConnection, statement: Executable) -> DuckDBPyConnection:
    """Run a statement; the caller fetches."""
    text, values = rendered(statement)
    return cursor.execute(text, values)


def columns_of(cursor: DuckDBPyConnection, statement: Executable) -> Columns:
    """Run a statement and take its result as one array per column."""
    return {name: np.asarray(found) for name, found in run(cursor, statement).fetchnumpy().items()}
