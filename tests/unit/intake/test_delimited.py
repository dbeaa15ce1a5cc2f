"""Rows of delimited text keep their cells and their lines, whatever stands inside quotes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.intake.delimited import Form, delimited_blocks
from core.intake.model import Fault

COLUMNS = ("a", "b", "c")
CELLS = st.text(st.sampled_from('ab",;\n é😀'), max_size=6)


def read(
    text: str, chunk: int = 1 << 20, max_line: int = 10_000
) -> tuple[list[list[str]], list[int], list[Fault]]:
    """All rows, their lines and the faults, read in pieces of ``chunk`` bytes."""
    raw = text.encode()
    pieces: Iterator[bytes] = (raw[i : i + chunk] for i in range(0, len(raw), chunk))
    form = Form("t.csv", "utf-8", ",", COLUMNS, 2, max_line)
    rows: list[list[str]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    for block in delimited_blocks(pieces, b"", form):
        rows += [list(r.values()) for r in block.cells.to_pylist()]
        lines += block.lines.tolist()
        faults += block.faults
    return rows, lines, faults


def told_by_csv(text: str) -> tuple[list[list[str]], list[int]]:
    """The same by the standard library, one row at a time."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, lines, before = [], [], 0
    for row in reader:
        if row:
            rows.append(row)
            lines.append(before + 2)
        before = reader.line_num
    return rows, lines


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12), st.integers(3, 40))
@settings(max_examples=200, deadline=None)
def test_blocks_agree_with_the_standard_reader_at_any_chunk_size(
    rows: list[tuple[str, str, str]], chunk: int
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found, lines, faults = read(text.getvalue(), chunk)
    assert (found, lines) == told_by_csv(text.getvalue())
    assert not faults


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_quotes_only_where_needed_read_the_same(rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    found, lines, faults = read(text.getvalue(), 17)
    assert (found, lines) == told_by_csv(text.getvalue())
    assert not faults


def test_a_quote_inside_an_unquoted_cell_is_a_sign_like_others() -> None:
    rows, lines, faults = read('1,5" pipe,x\n2,"a\nb",y\n3,c,z\n')
    assert rows == [["1", '5" pipe', "x"], ["2", "a\nb", "y"], ["3", "c", "z"]]
    assert lines == [2, 3, 5]
    assert not faults


def test_a_broken_row_does_not_swallow_the_good_row_below_it() -> None:
    rows, lines, faults = read('1,"abc,x\n2,"def",y\n3,c,z\n')
    assert rows == [["2", "def", "y"], ["3", "c", "z"]]
    assert lines == [3, 4]
    assert [(f.line, f.reason) for f in faults] == [(2, "The quotes of the row do not match.")]


def test_a_quote_that_is_never_closed_names_the_line_where_it_opens() -> None:
    with pytest.raises(BadInput) as refusal:
        read('1,a,x\n2,"abc,y\n3,c,z\n')
    assert refusal.value.at == "t.csv, line 3"
    assert "never closed" in refusal.value.message


def test_rows_of_a_wrong_width_are_told_by_line() -> None:
    rows, lines, faults = read("1,2\n1,2,3\n\n1,2,3,4\n")
    assert rows == [["1", "2", "3"]]
    assert lines == [3]
    assert [(f.line, f.value) for f in faults] == [(2, "1,2"), (5, "1,2,3,4")]


def test_a_row_with_a_nul_byte_is_told_by_line_and_the_others_stay() -> None:
    rows, lines, faults = read("1,2,3\n4,\0,6\n7,8,9\n")
    assert rows == [["1", "2", "3"], ["7", "8", "9"]]
    assert lines == [2, 4]
    assert [f.line for f in faults] == [3]


@pytest.mark.parametrize("chunk", [50, 10_000])
def test_an_endless_line_is_refused_at_the_limit(chunk: int) -> None:
    with pytest.raises(BadInput, match="longer than 100 characters") as refusal:
        read("1,2,3\n4,5," + "x" * 500 + "\n", chunk, max_line=100)
    assert refusal.value.at == "t.csv, line 3"


def test_the_last_row_needs_no_line_end() -> None:
    assert read("1,2,3\n4,5,6")[0] == [["1", "2", "3"], ["4", "5", "6"]]
