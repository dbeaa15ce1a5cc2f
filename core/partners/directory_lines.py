"""The directory as a file of lines: written so that a spreadsheet is safe, and read back the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import BadInput
from core.partners.directory_rules import directory_limits

COLUMNS = (
    *("ref", "name", "category", "tier", "market", "language", "zone", "active"),
    *("managers", "spellings", "accounts", "version"),
)
LISTS = ("managers", "spellings", "accounts")
BETWEEN, INSIDE = " | ", r"\|"  # the values of one cell; a bar inside of one
EMPTIES = "-"  # in a cell: nothing shall stand there any more
APART = re.compile(r"(?<!\\)\|")
# A spreadsheet takes a cell that begins like this for a formula and may run it.
RISKY = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")
YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file; an empty cell says nothing, as does a column that is not there."""

    number: int  # as an editor counts, the head is 1
    cells: Mapping[str, str]

    def text(self, column: str) -> str | None:
        """What a cell says, '' where it empties what stands; None where it says nothing."""
        cell = self.cells.get(column, "")
        return "" if cell == EMPTIES else cell or None

    def values(self, column: str) -> tuple[str, ...] | None:
        """The values of a cell that holds several; None where it says nothing."""
        cell = self.text(column)
        if cell is None:
            return None
        parts = (part.strip().replace(INSIDE, "|") for part in APART.split(cell))
        return tuple(part for part in parts if part)


def joined(values: Iterable[str]) -> str:
    """Several values as one cell."""
    return BETWEEN.join(value.replace("|", INSIDE) for value in values)


def file_text(lines: Iterable[Mapping[str, str]]) -> str:
    """Lines as CSV with a head; every cell is safe in a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([[guarded(line[name]) for name in COLUMNS] for line in lines])
    return file.getvalue()


def read_lines(content: bytes, file_name: str) -> tuple[Line, ...]:
    """The lines of a file with the columns of the directory, in any order and number."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        place = f"{file_name}, byte {fault.start + 1}"
        raise BadInput("The file is not UTF-8.", at=place, hint="save it as CSV UTF-8") from fault
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        head = [cell.strip().lower() for cell in next(rows, [])]
        _check_head(head, file_name)
        found = tuple(
            Line(rows.line_num, _cells(head, row, f"{file_name}, line {rows.line_num}"))
            for row in rows
            if any(cell.strip() for cell in row)
        )
    except csv.Error as fault:
        place = f"{file_name}, line {rows.line_num}"
        raise BadInput("The file is no CSV.", at=place, hint=str(fault)) from fault
    most = directory_limits().most_lines
    if len(found) > most:
        hint = f"at most {most:,} lines in one file"
        raise BadInput(f"The file has {len(found):,} lines.", at=file_name, hint=hint)
    return found


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if RISKY.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before it was guarded."""
    return cell[1:] if GUARDED.match(cell) else cell


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def _check_head(head: Sequence[str], file_name: str) -> None:
    place = f"{file_name}, line 1"
    unknown = [name for name in head if name not in COLUMNS]
    if "name" not in head and "ref" not in head:
        raise BadInput("There is no column ref or name.", at=place, hint="export a file to see one")
    if unknown:
        hint = f"one of {', '.join(COLUMNS)}"
        raise BadInput(f"There is no column '{unknown[0]}'.", at=place, hint=hint)
    if len(set(head)) < len(head):
        raise BadInput("A column stands there twice.", at=place, hint="remove one of them")


def _cells(head: Sequence[str], row: Sequence[str], place: str) -> dict[str, str]:
    if len(row) > len(head) and any(cell.strip() for cell in row[len(head) :]):
        hint = "put a value with a comma into quotes"
        raise BadInput(f"The line has {len(row)} cells, the head {len(head)}.", at=place, hint=hint)
    padded = [*row, *[""] * (len(head) - len(row))]
    return {name: unguarded(cell.strip()) for name, cell in zip(head, padded, strict=False)}
