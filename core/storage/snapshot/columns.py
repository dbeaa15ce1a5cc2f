"""Columns of the snapshot as arrays, kept for one version: what counts at the speed of a click need.

Dimensions come as small codes with their values, numbers with a mark for what is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Table, func, select

from core.storage.snapshot.dialect import run
from core.storage.snapshot.tables import ALL_CODES, DERIVED_SWITCHES, SWITCHES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Mask = npt.NDArray[np.bool_]
_BOOLEANS = frozenset((*SWITCHES, *DERIVED_SWITCHES))


@dataclass(frozen=True)
class Coded:
    """A dimension: the position of each row's value among ``values``."""

    codes: npt.NDArray[Any]
    values: tuple[str, ...]

    def place(self, value: object) -> int:
        """The code of a value, -1 when no row can have it."""
        return self.values.index(value) if value in self.values else -1


@dataclass(frozen=True)
class Numbers:
    """Whole or real numbers; ``known`` is ``None`` when none is missing."""

    numbers: npt.NDArray[Any]
    known: Mask | None = None


Column = Coded | Numbers


class ColumnSet:
    """Some rows of a table at one version; columns are fetched when first asked for and kept."""

    def __init__(
        self,
        table: Table,
        values: Mapping[str, tuple[str, ...]],
        condition: ColumnElement[bool] | None = None,
    ) -> None:
        self.length = 0
        self._table = table
        self._condition = condition
        self._values = values
        self._kept: dict[str, Column] = {}
        self._lock = threading.Lock()

    def fetch(self, cursor: DuckDBPyConnection, names: Iterable[str]) -> None:
        """Make sure of some columns in one go; the cursor reads the version of this set."""
        with self._lock:
            missing = sorted({*names, "id"} - set(self._kept))
            if not missing:
                return
            statement = select(*(self._expression(name).label(name) for name in missing))
            if self._condition is not None:
                statement = statement.where(self._condition)
            found = run(cursor, statement).fetchnumpy()
            self.length = len(found[missing[0]])
            self._kept |= {name: self._column(name, found[name]) for name in missing}

    def column(self, cursor: DuckDBPyConnection, name: str) -> Column:
        """A column, fetched now when it was not before."""
        if name not in self._kept:
            self.fetch(cursor, [name])
        return self._kept[name]

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """The key of each row."""
        ids = self._kept["id"]
        assert isinstance(ids, Numbers)  # noqa: S101 -- the key is no dimension
        return ids.numbers

    def _expression(self, name: str) -> ColumnElement[Any]:
        column = self._table.c[name]
        return func.enum_code(column) if name in ALL_CODES else column

    def _column(self, name: str, found: Any) -> Column:
        if name in ALL_CODES:
            return Coded(np.asarray(found), self._values[name])
        if isinstance(found, np.ma.MaskedArray):
            missing = np.ma.getmaskarray(found)
            known = None if not missing.any() else ~missing
            return Numbers(np.ma.getdata(found), known)
        return Numbers(np.asarray(found))
