"""What the columns of a file hold: how many values, which, how they are written as moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.date_forms import Evidence
from core.intake.model import Table, TextColumn
from core.intake.values import combined

COUNTED = 2000  # distinct values of a column that are told apart one by one


@dataclass(slots=True)
class ColumnProfile:
    """One column: its values by how often they stand, and its form if they are moments."""

    name: str
    rows: int = 0
    filled: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    many: bool = False  # more distinct values than are counted
    evidence: Evidence = field(default_factory=Evidence)
    unread: int = 0

    @property
    def is_moment(self) -> bool:
        """True when nearly all values read as moments, and not as plain numbers."""
        written = [f for f in self.evidence.forms("day") if "%" in f or f == "iso"]
        return bool(written) and len(self.evidence.unread) <= len(self.evidence.shapes) // 4

    @property
    def may_be_moment(self) -> bool:
        """True when the values read as moments in any form, plain numbers included."""
        return bool(self.evidence.forms("day")) and not self.evidence.unread

    def values(self) -> list[str]:
        """The distinct values, the most frequent first."""
        return [value for value, _ in self.counts.most_common()]


@dataclass(frozen=True, slots=True)
class Profile:
    """All columns of a file, and the marks that stand for nothing in it."""

    table: Table
    columns: dict[str, ColumnProfile]
    null_marks: tuple[str, ...]
    row_count: int
    fault_count: int


def profile(table: Table, marks: tuple[str, ...]) -> Profile:
    """Read the whole file once and describe its columns."""
    columns = {c: ColumnProfile(c) for c in table.columns}
    found: set[str] = set()
    rows = faults = 0
    for block in table.blocks():
        rows, faults = rows + block.row_count, faults + len(block.faults)
        for name, column in columns.items():
            found |= set(_look(column, pc.utf8_trim_whitespace(combined(block.cells[name])), marks))
    present = tuple(m for m in marks if m in found)
    return Profile(table, columns, present, rows, faults)


def _look(column: ColumnProfile, cells: TextColumn, marks: tuple[str, ...]) -> Iterator[str]:
    column.rows += len(cells)
    marked = pc.is_in(cells, value_set=pa.array(marks))
    yield from pc.unique(cells.filter(marked)).to_pylist()
    filled = cells.filter(pc.and_(pc.invert(marked), pc.not_equal(cells, "")))
    column.filled += len(filled)
    column.evidence.add(filled)
    if not column.many:
        told = pc.value_counts(filled)
        column.many = len(told) > COUNTED or len(column.counts) > COUNTED
        if not column.many:
            values = told.field("values").to_pylist()
            counts = told.field("counts").to_pylist()
            column.counts.update(dict(zip(values, counts, strict=True)))


def distinct_share(table: Table, column: str) -> float:
    """Distinct values of a column as a share of its filled cells."""
    seen: list[np.ndarray] = []
    filled = 0
    for block in table.blocks():
        cells = combined(block.cells[column])
        cells = cells.filter(pc.not_equal(cells, ""))
        filled += len(cells)
        seen.append(np.unique(cells.to_pandas().to_numpy(dtype=object).astype(str)))
    together = np.unique(np.concatenate(seen)) if seen else np.zeros(0)
    return len(together) / filled if filled else 0.0
