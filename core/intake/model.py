"""What passes between the steps of intake: blocks of text cells, faults of rows, notes to the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

# pyarrow publishes no types; a table of text columns is what is meant wherever this name stands.
TextTable = Any
TextColumn = Any

LONGEST_SHOWN = 200  # characters of a rejected value that are kept with its reason


@dataclass(frozen=True, slots=True)
class Fault:
    """One row that cannot be taken, and why; ``line`` is the physical line where the row starts."""

    line: int
    field: str
    value: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file: text cells by column, and the line (or item) where each row starts."""

    cells: TextTable
    lines: np.ndarray
    faults: tuple[Fault, ...] = ()

    @property
    def row_count(self) -> int:
        """Rows that the file holds in this stretch, unusable ones included."""
        return len(self.lines) + len(self.faults)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out about a file before its rows were read."""

    format: str  # csv, xlsx, json, jsonl, parquet
    container: str = ""  # gz, zip or nothing
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    doubt: tuple[str, ...] = ()  # encodings that it may be in as well
    formulas: int = 0  # cells whose stored results were taken
    typed: bool = False  # cells had types of their own: moments arrive as ISO text


@dataclass(slots=True)
class Rejects:
    """The rows that were refused so far, one entry per row."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, faults: list[Fault] | tuple[Fault, ...]) -> None:
        """Keep more of them; a value is kept only as far as a person needs to recognise it."""
        self.faults.extend(faults)

    def frame(self) -> pd.DataFrame:
        """All rejected rows in the order of the file."""
        rows = sorted(self.faults, key=lambda f: f.line)
        return pd.DataFrame(
            {
                "line": pd.Series([f.line for f in rows], dtype="int64"),
                "field": pd.Series([f.field for f in rows], dtype="str"),
                "value": pd.Series([f.value[:LONGEST_SHOWN] for f in rows], dtype="str"),
                "reason": pd.Series([f.reason for f in rows], dtype="str"),
                "hint": pd.Series([f.hint for f in rows], dtype="str"),
            }
        )


def _nowhere() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Table:
    """An open file as a table; ``blocks`` may be asked for more than once."""

    name: str
    columns: tuple[str, ...]
    found: Found
    byte_count: int
    blocks: Callable[[], Iterator[Block]]
    position: Callable[[], int] = _nowhere  # bytes read so far, for progress
