"""Columns of the snapshot as arrays, kept for one version: what counts at the speed of a click need.

Dimensions come as small codes with their values, numbers with a mark for what is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Table, and_, func, select

from core.storage.snapshot.dialect import run
from core.storage.snapshot.tables import ALL_CODES, QUEUE_COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_STEPS_BEHIND = 32
Mask = npt.NDArray[np.bool_]


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


@dataclass(frozen=True)
class _Step:
    """A change of a few rows: the places that they left, and what came to the end instead."""

    gone: npt.NDArray[np.intp]
    came: Mapping[str, Column]


@dataclass(frozen=True)
class _Behind:
    """A column as it was some changes ago."""

    column: Column
    steps: tuple[_Step, ...] = ()

    def caught_up(self, name: str, values: Mapping[str, tuple[str, ...]]) -> Column:
        """The column after those changes."""
        column = self.column
        for step in self.steps:
            column = _moved(column, step.gone, step.came[name], values.get(name, ()))
        return column


class ColumnSet:
    """Some rows of a table at one version; columns are fetched when first asked for and kept.

    Rows stand in the order of the table: what changed has left its place and stands at the end.
    """

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
        self._behind: dict[str, _Behind] = {}
        self._lock = threading.Lock()

    def has(self, names: Iterable[str]) -> bool:
        """True when none of some columns would have to be fetched."""
        return {*names} <= self._kept.keys() | self._behind.keys()

    def fetch(self, cursor: DuckDBPyConnection, names: Iterable[str]) -> None:
        """Make sure of some columns in one go; the cursor reads the version of this set."""
        with self._lock:
            missing = sorted({*names, "id"} - self._kept.keys() - self._behind.keys())
            if missing:
                found = self._read(cursor, missing, self._condition)
                self.length = _length(found["id"] if "id" in found else self._kept["id"])
                self._kept |= found

    def column(self, cursor: DuckDBPyConnection, name: str) -> Column:
        """A column; the first that was not fetched brings all others of the queue along."""
        if not self.has([name]):
            self.fetch(cursor, {*QUEUE_COLUMNS, name})
        with self._lock:
            if name not in self._kept:
                self._kept[name] = self._behind.pop(name).caught_up(name, self._values)
            return self._kept[name]

    def follow(
        self,
        cursor: DuckDBPyConnection,
        changed: Sequence[int],
        values: Mapping[str, tuple[str, ...]],
    ) -> ColumnSet:
        """The set after a few cases changed, left or came; the cursor reads that later version.

        Its columns are moved when somebody asks for them: most views ask for a few of the many.
        """
        later = ColumnSet(self._table, values, self._condition)
        with self._lock:
            behind = {name: _Behind(column) for name, column in self._kept.items()}
            behind |= self._behind
        if "id" not in behind:
            return later
        gone = np.flatnonzero(np.isin(self.ids, np.array(changed, dtype=np.int64)))
        came: ColumnElement[bool] = self._table.c.id.in_(changed)
        if self._condition is not None:
            came = and_(came, self._condition)
        step = _Step(gone, later._read(cursor, sorted(behind), came))
        # What nobody asked for during many changes is cheaper to read anew.
        later._behind = {
            name: _Behind(one.column, (*one.steps, step))
            for name, one in behind.items()
            if len(one.steps) < MOST_STEPS_BEHIND
        }
        later._kept["id"] = later._behind.pop("id").caught_up("id", values)
        later.length = _length(later._kept["id"])
        return later

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """The key of each row."""
        ids = self._kept["id"]
        assert isinstance(ids, Numbers)  # noqa: S101 -- the key is no dimension
        return ids.numbers

    def _read(
        self,
        cursor: DuckDBPyConnection,
        names: Sequence[str],
        condition: ColumnElement[bool] | None,
    ) -> dict[str, Column]:
        statement = select(*(self._expression(name).label(name) for name in names))
        if condition is not None:
            statement = statement.where(condition)
        found = run(cursor, statement).fetchnumpy()
        return {name: self._column(name, found[name]) for name in names}

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


class ChosenRows:
    """Some rows of a column set, by place: what few rows need costs by their number."""

    def __init__(self, columns: ColumnSet | ChosenRows, places: npt.NDArray[np.intp]) -> None:
        self.length = len(places)
        self._columns = columns
        self._places = places
        self._kept: dict[str, Column] = {}

    def column(self, cursor: DuckDBPyConnection, name: str) -> Column:
        """A column of these rows."""
        if name not in self._kept:
            self._kept[name] = _at(self._columns.column(cursor, name), self._places)
        return self._kept[name]

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """The key of each row."""
        return self._columns.ids[self._places]


def _at(column: Column, places: npt.NDArray[np.intp]) -> Column:
    if isinstance(column, Coded):
        return Coded(column.codes[places], column.values)
    known = None if column.known is None else column.known[places]
    return Numbers(column.numbers[places], known)


def _length(column: Column) -> int:
    return len(column.codes if isinstance(column, Coded) else column.numbers)


def _moved(
    column: Column, gone: npt.NDArray[np.intp], fresh: Column, values: tuple[str, ...]
) -> Column:
    if isinstance(column, Coded):
        assert isinstance(fresh, Coded)  # noqa: S101 -- the same column
        return Coded(_joined(column.codes, gone, fresh.codes), values)
    assert isinstance(fresh, Numbers)  # noqa: S101 -- the same column
    known = None
    if column.known is not None or fresh.known is not None:
        known = _joined(_all_known(column), gone, _all_known(fresh))
    return Numbers(_joined(column.numbers, gone, fresh.numbers), known)


def _all_known(column: Numbers) -> Mask:
    return np.ones(len(column.numbers), bool) if column.known is None else column.known


def _joined(
    old: npt.NDArray[Any], gone: npt.NDArray[np.intp], new: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """The old values without some places, then the new: in pieces, which is as fast as copying."""
    edges = [0, *(place + 1 for place in gone.tolist())]
    ends = [*gone.tolist(), len(old)]
    pieces = [old[start:end] for start, end in zip(edges, ends, strict=True)]
    return np.concatenate([*pieces, new])
