"""Erases what people write beside the cases: what tells of somebody, and what is past its time.

A room whose tables hold such texts names them (`Written`) and says from when on they are past their
time; `erasing` makes of it all that erasing and retention ask for, and privacy.py lists the room. A
text goes as a whole: a name cannot be cut out of a sentence that tells of a person. What names a
case under legal hold is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Table, select, true, update

from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.retention import CASES
from core.storage.sets import among

Tells = Callable[[str], bool]
Emptied = Callable[[Row[Any], Tells], Mapping[str, object]]
# Of each table that is kept for a while, which rows are past it.
PastTime = Callable[[Write, datetime], Mapping[Table, ColumnElement[bool]]]
CASE_REF = re.compile(r"E-\d{6,}")


class Erasing(NamedTuple):
    """How the texts of a room are erased; each gives how many lost some."""

    about: Callable[[Write, Sequence[int]], int]  # these cases, by their keys
    mentions: Callable[[Write, Iterable[str]], int]  # of any of these names
    old: Callable[[Write, datetime], int]


@dataclass(frozen=True, slots=True)
class Written:
    """A table in which people write, and its columns of words.

    All columns go when one tells, unless ``emptied`` gives what a row changes to.
    """

    table: Table
    columns: tuple[str, ...]
    emptied: Emptied | None = None
    rows: Select[Any] | None = None  # where what decides about a row stands in other tables too
    is_versioned: bool = False  # then nobody saves over it what they still have on the screen

    def lost(self, row: Row[Any], tells: Tells) -> Mapping[str, object]:
        """What of a row is written anew."""
        if self.emptied:
            return self.emptied(row, tells)
        texts = [getattr(row, name) for name in self.columns]
        return dict.fromkeys(self.columns, "") if any(t and tells(t) for t in texts) else {}


def erasing(written: Sequence[Written], past_time: PastTime) -> Erasing:
    """How the texts of these tables are erased."""

    def about(write: Write, case_ids: Sequence[int]) -> int:
        return erase_texts(write, naming(write, case_ids), written)

    def mentions(write: Write, names: Iterable[str]) -> int:
        return erase_texts(write, telling(names), written)

    def old(write: Write, at: datetime) -> int:
        return erase_texts(write, bool, written, past_time(write, at))

    return Erasing(about, mentions, old)


def naming(write: Write, case_ids: Sequence[int]) -> Tells:
    """Whether a text names one of these cases."""
    wanted = among(CASES.c.id, case_ids, write.dialect)
    refs = set(write.connection.execute(select(CASES.c.ref).where(wanted)).scalars())
    return lambda text: bool(refs.intersection(CASE_REF.findall(text)))


def telling(names: Iterable[str]) -> Tells:
    """Whether a text tells any of these names, as a word of its own."""
    known = [folded for folded in map(fold, names) if folded]
    if not known:
        return lambda _: False
    told = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
    return lambda text: bool(told.search(fold(text)))


def erase_texts(
    write: Write,
    tells: Tells,
    written: Sequence[Written],
    among_rows: Mapping[Table, ColumnElement[bool]] | None = None,
) -> int:
    """Empty what tells it, among all rows or in the tables that are named; gives how many rows."""
    held = set(write.connection.execute(select(CASES.c.ref).where(CASES.c.legal_hold)).scalars())
    number = 0
    for one in written:
        table = one.table
        if among_rows is not None and table not in among_rows:
            continue
        rows = select(table) if one.rows is None else one.rows
        where = true() if among_rows is None else among_rows[table]
        for row in write.connection.execute(rows.where(where)).all():
            words = " ".join(str(getattr(row, name)) for name in one.columns)
            values = {} if held.intersection(CASE_REF.findall(words)) else one.lost(row, tells)
            if values:
                number += 1
                changed = update(table).where(table.c.id == row.id)
                write.connection.execute(changed.values(**values, **_marks(write, one, row)))
    return number


def _marks(write: Write, written: Written, row: Row[Any]) -> Mapping[str, object]:
    marks: dict[str, object] = {}
    if "erased_at" in written.table.c:
        marks["erased_at"] = write.at
    if written.is_versioned:
        marks["version"] = row.version + 1
    return marks
