"""Delimited text (CSV, TSV) in blocks of rows, each row with the physical line where it starts.

Rows are cut out by counting quotes, in whole blocks at a time; a file whose quotes stand in odd
places is handed to the careful reader from there on.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from core.errors import BadInput
from core.intake.careful import Careful, careful_blocks
from core.intake.limits import limits
from core.intake.model import Block, Fault, TextTable

NEWLINE, QUOTE, RETURN = 10, 34, 13
NUL_REASON = "The row holds a NUL byte."
NUL_HINT = "the file was damaged on its way; export it again"


@dataclass(frozen=True, slots=True)
class Form:
    """All that a reader of delimited text has to know."""

    name: str
    encoding: str
    separator: str
    columns: tuple[str, ...]
    first_line: int  # of the rows below the header
    max_line: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the rows of a stretch of bytes start and end, and on which line each starts."""

    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray
    consumed: int
    newline_count: int


def utf8_chunks(file: IO[bytes], encoding: str) -> Iterator[bytes]:
    """The text as UTF-8 whatever it was; line ends of old Macs become newlines."""
    decoder = codecs.getincrementaldecoder(encoding)()
    plain = encoding in {"utf-8", "ascii"}
    old_mac: bool | None = None
    while chunk := file.read(limits().reading.block_bytes):
        out = chunk if plain else decoder.decode(chunk).encode("utf-8", "replace")
        if old_mac is None and (b"\r" in out or b"\n" in out):
            old_mac = b"\r" in out.rstrip(b"\r") and b"\n" not in out
        yield out.replace(b"\r", b"\n") if old_mac else out
    if not plain and (rest := decoder.decode(b"", final=True)):
        yield rest.encode("utf-8", "replace")


def delimited_blocks(chunks: Iterator[bytes], held: bytes, form: Form) -> Iterator[Block]:
    """All rows below the header; ``held`` is what was read beyond it."""
    line = form.first_line
    while True:
        chunk = next(chunks, None)
        held += chunk or b""
        if not held:
            return
        cut = cut_rows(held, form.separator, line, final=chunk is None)
        if cut is None:
            yield from careful_blocks(_again(held, chunk, chunks), _careful(form, line))
            return
        _refuse_endless(held, cut, form, line)
        if len(cut.starts):
            block = _parse(held, cut, form)
            if block is None:
                yield from careful_blocks(_again(held, chunk, chunks), _careful(form, line))
                return
            yield block
        if chunk is None:
            _refuse_unclosed(held, cut, form, line)
            return
        line += cut.newline_count
        held = held[cut.consumed :]


def cut_rows(held: bytes, separator: str, line: int, *, final: bool) -> Cut | None:
    """The whole rows at the start of some bytes; None when quotes stand where none should."""
    raw = np.frombuffer(held, dtype=np.uint8)
    newlines = np.flatnonzero(raw == NEWLINE)
    quotes = np.flatnonzero(raw == QUOTE)
    if len(quotes):
        if not _regular(raw, quotes, separator, final=final):
            return None
        outside = np.searchsorted(quotes, newlines) % 2 == 0
        ends = newlines[outside]
    else:
        outside = np.ones(len(newlines), dtype=bool)
        ends = newlines
    consumed = int(ends[-1]) + 1 if len(ends) else 0
    newline_count = int(np.searchsorted(newlines, consumed))
    if final and consumed < len(held) and len(quotes) % 2 == 0:
        ends, consumed = np.append(ends, len(held)), len(held)
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64) if len(ends) else ends
    lines = line + np.searchsorted(newlines, starts)
    lengths = ends - starts
    empty = (lengths == 0) | ((lengths == 1) & (raw[np.minimum(starts, len(raw) - 1)] == RETURN))
    kept = ~empty
    return Cut(starts[kept], ends[kept], lines[kept], consumed, newline_count)


def _regular(raw: np.ndarray, quotes: np.ndarray, separator: str, *, final: bool) -> bool:
    """True when quotes open only at the start of a cell and close only at its end."""
    allowed = np.zeros(256, dtype=bool)
    allowed[[NEWLINE, ord(separator)]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = raw[np.maximum(opening - 1, 0)]
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] - closing[: len(opening) - 1] == 1
    if not np.all((opening == 0) | allowed[before] | doubled):
        return False
    inside = closing[closing + 1 < len(raw)]
    allowed[[RETURN, QUOTE]] = True
    return bool(np.all(allowed[raw[inside + 1]]))


def _parse(held: bytes, cut: Cut, form: Form) -> Block | None:
    text = memoryview(held)[: cut.consumed]
    odd: list[tuple[int, int]] = []

    def ragged(row: Any) -> str:
        odd.append((int(row.number), int(row.actual_columns)))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(
                column_names=list(form.columns), use_threads=False, block_size=len(held) + 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=form.separator, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(form.columns, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(odd) != len(cut.starts):
        return None
    return _without(table, cut, held, odd, form)


def _without(
    table: TextTable, cut: Cut, held: bytes, odd: list[tuple[int, int]], form: Form
) -> Block:
    """The block once rows of a wrong width and rows with NUL bytes are set aside."""
    good = np.ones(len(cut.starts), dtype=bool)
    faults = []
    for number, width in odd:
        place = number - 1
        good[place] = False
        raw = held[cut.starts[place] : cut.ends[place]].decode("utf-8", "replace")
        faults.append(wrong_width(int(cut.lines[place]), raw, width, len(form.columns)))
    lines = cut.lines[good]
    if b"\0" in held[: cut.consumed]:
        zeros = np.flatnonzero(np.frombuffer(held, dtype=np.uint8)[: cut.consumed] == 0)
        rows = np.unique(np.searchsorted(cut.ends, zeros))
        rows = rows[rows < len(good)]
        bad = np.zeros(len(good), dtype=bool)
        bad[rows] = True
        faults += [Fault(int(n), "", "", NUL_REASON, NUL_HINT) for n in cut.lines[bad & good]]
        table = table.filter(pa.array(~bad[good]))
        lines = cut.lines[good & ~bad]
    return Block(table, lines, tuple(faults))


def wrong_width(line: int, raw: str, width: int, expected: int) -> Fault:
    """A row with more or fewer cells than the header names."""
    return Fault(
        line,
        "",
        raw,
        f"The row has {width} cells, the header names {expected} columns.",
        "a separator inside a text needs quotes around it, or the row was cut off",
    )


def _refuse_endless(held: bytes, cut: Cut, form: Form, line: int) -> None:
    lengths = cut.ends - cut.starts
    rest = len(held) - cut.consumed
    if rest > form.max_line:
        raise endless(form.name, line + cut.newline_count, form.max_line)
    for place in np.flatnonzero(lengths > form.max_line):
        text = held[cut.starts[place] : cut.ends[place]].decode("utf-8", "replace")
        if len(text) > form.max_line:
            raise endless(form.name, int(cut.lines[place]), form.max_line)


def endless(name: str, line: int, max_line: int) -> BadInput:
    """The refusal of a row beyond the limit."""
    return BadInput(
        f"The row is longer than {max_line:,} characters.",
        at=f"{name}, line {line}",
        hint="a quote may be missing its end; a longer row needs a higher DESK_IMPORT_MAX_LINE",
    )


def _refuse_unclosed(held: bytes, cut: Cut, form: Form, line: int) -> None:
    if cut.consumed < len(held):
        raise unclosed(form.name, line + cut.newline_count)


def unclosed(name: str, line: int) -> BadInput:
    """The refusal of a file that ends inside quotes."""
    return BadInput(
        "A quote that opens in this row is never closed.",
        at=f"{name}, line {line}",
        hint="the file may be cut off; export it again, or close the quote",
    )


def _again(held: bytes, chunk: bytes | None, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield held
    if chunk is not None:
        yield from chunks


def _careful(form: Form, line: int) -> Careful:
    return Careful(form.name, form.separator, form.columns, line, form.max_line)


def first_row(head: str, separator: str) -> list[str]:
    """The cells of the first row of some text."""
    return next(csv.reader(io.StringIO(head, newline=""), delimiter=separator), [])
