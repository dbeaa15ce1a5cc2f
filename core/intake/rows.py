"""Rows of Python values (from workbooks and documents) as blocks of text cells."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pyarrow as pa

from core.intake.delimited import NUL_HINT, NUL_REASON
from core.intake.limits import limits
from core.intake.model import Block, Fault

LARGEST_EXACT = 2**53  # beyond it a floating number no longer names one whole number


def as_text(value: object) -> str:
    """A cell as the text that a person would have typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return _number(float(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    whole = abs(value) < LARGEST_EXACT and value == int(value)
    return str(int(value)) if whole else repr(value)


def blocks_of(
    rows: Iterable[tuple[int, list[str] | Fault]], columns: tuple[str, ...]
) -> Iterator[Block]:
    """Blocks of some thousand rows; a row with a NUL byte is a fault."""
    cells: list[list[str]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    for line, row in rows:
        if isinstance(row, Fault):
            faults.append(row)
        elif any("\0" in cell for cell in row):
            faults.append(Fault(line, "", "", NUL_REASON, NUL_HINT))
        else:
            cells.append(row)
            lines.append(line)
        if len(cells) + len(faults) >= limits().reading.block_rows:
            yield _block(cells, lines, faults, columns)
            cells, lines, faults = [], [], []
    if cells or faults:
        yield _block(cells, lines, faults, columns)


def _block(
    cells: list[list[str]], lines: list[int], faults: list[Fault], columns: tuple[str, ...]
) -> Block:
    turned = list(zip(*cells, strict=True)) or [()] * len(columns)
    table = pa.table([pa.array(c, type=pa.string()) for c in turned], names=list(columns))
    return Block(table, np.array(lines, dtype=np.int64), tuple(faults))
