"""The slow, exact reader of delimited text: one row at a time, for files with quotes in odd places."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from core.errors import BadInput
from core.intake.limits import limits
from core.intake.model import Block, Fault

END = "\0end\0"  # never a row of its own: a NUL byte keeps a row out


@dataclass(frozen=True, slots=True)
class Careful:
    """All that the careful reader has to know."""

    name: str
    separator: str
    columns: tuple[str, ...]
    first_line: int
    max_line: int


def careful_blocks(chunks: Iterator[bytes], form: Careful) -> Iterator[Block]:
    """All rows of some text, with the line where each starts."""
    rows: list[list[str]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    for line, row in _rows(chunks, form):
        fault = row if isinstance(row, Fault) else _fault(row, line, form)
        if fault:
            faults.append(fault)
        elif isinstance(row, list):
            rows.append(row)
            lines.append(line)
        if len(rows) + len(faults) >= limits().reading.block_rows:
            yield _block(rows, lines, faults, form)
            rows, lines, faults = [], [], []
    if rows or faults:
        yield _block(rows, lines, faults, form)


class _Feed:
    """Lines for the csv module that can be taken back: a broken row must not swallow good ones."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._ahead: deque[str] = deque()
        self._taken: list[str] = []
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        self._taken.append(line)
        self.count += 1
        return line

    def keep(self) -> None:
        """The row was good: its lines are done with."""
        self._taken.clear()

    def give_back(self) -> str:
        """The row was broken: hand its first line over and offer the others again."""
        first, *others = self._taken
        self._ahead.extendleft(reversed(others))
        self.count -= len(others)
        self._taken.clear()
        return first


def _rows(chunks: Iterator[bytes], form: Careful) -> Iterator[tuple[int, list[str] | Fault]]:
    csv.field_size_limit(max(form.max_line, 1000))
    feed = _Feed(_lines(chunks, form))
    reader = csv.reader(feed, delimiter=form.separator, strict=True)
    while True:
        line = form.first_line + feed.count
        try:
            row = next(reader, None)
        except csv.Error as problem:
            yield line, _broken(problem, feed, form, line)
            continue
        feed.keep()
        if row is None or row == [END]:
            return
        if row:
            yield line, row


def _broken(problem: csv.Error, feed: _Feed, form: Careful, line: int) -> Fault:
    if "field limit" in str(problem):
        raise BadInput(
            f"A cell is longer than {form.max_line:,} characters.",
            at=f"{form.name}, line {line}",
            hint="a quote may be missing its end; more needs a higher DESK_IMPORT_MAX_LINE",
        )
    if "unexpected end" in str(problem):
        raise BadInput(
            "A quote that opens in this row is never closed.",
            at=f"{form.name}, line {line}",
            hint="the file may be cut off; export it again, or close the quote",
        )
    return Fault(
        line,
        "",
        feed.give_back().rstrip("\n"),
        "The quotes of the row do not match.",
        "a quote inside a quoted text is written twice; each opening quote needs a closing one",
    )


def _lines(chunks: Iterator[bytes], form: Careful) -> Iterator[str]:
    rest = b""
    number = form.first_line
    for chunk in chunks:
        parts = (rest + chunk).split(b"\n")
        rest = parts.pop()
        for part in parts:
            yield _decoded(part, number, form) + "\n"
            number += 1
    if rest:
        yield _decoded(rest, number, form) + "\n"
    yield END + "\n"


def _decoded(part: bytes, number: int, form: Careful) -> str:
    if len(part) > form.max_line:
        raise BadInput(
            f"The line is longer than {form.max_line:,} characters.",
            at=f"{form.name}, line {number}",
            hint="a longer line needs a higher DESK_IMPORT_MAX_LINE",
        )
    return part.removesuffix(b"\r").decode("utf-8", "replace")


def _fault(row: list[str], line: int, form: Careful) -> Fault | None:
    if any("\0" in cell for cell in row):
        reason = "The row holds a NUL byte."
        return Fault(line, "", "", reason, "the file was damaged on its way; export it again")
    if len(row) != len(form.columns):
        return Fault(
            line,
            "",
            form.separator.join(row),
            f"The row has {len(row)} cells, the header names {len(form.columns)} columns.",
            "a separator inside a text needs quotes around it, or the row was cut off",
        )
    return None


def _block(rows: list[list[str]], lines: list[int], faults: list[Fault], form: Careful) -> Block:
    columns = list(zip(*rows, strict=True)) or [()] * len(form.columns)
    cells = pa.table([pa.array(c, type=pa.string()) for c in columns], names=list(form.columns))
    return Block(cells, np.array(lines, dtype=np.int64), tuple(faults))
