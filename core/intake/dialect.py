"""The form of a delimited file: its separator, its header line and what is wrong with the header."""

from __future__ import annotations

import csv
from collections import Counter

from core.errors import BadInput

SEPARATORS = (",", ";", "\t", "|")
NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


def find_separator(head: str, stated: str) -> str:
    """The stated separator, else the one that splits the first rows into equally many parts."""
    if stated:
        return NAMES.get(stated, stated)
    best, score = ",", (0, 0)
    for candidate in SEPARATORS:
        widths = [len(row) for row in _first_rows(head, candidate)]
        if not widths or widths[0] < 2:
            continue
        agreeing = Counter(widths)[widths[0]]
        if (agreeing, widths[0]) > score:
            best, score = candidate, (agreeing, widths[0])
    return best


def _first_rows(head: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(head.splitlines(keepends=True), delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) == 20:
                break
    except csv.Error:
        return rows
    return rows


def header_names(cells: list[str], name: str, line: int) -> tuple[str, ...]:
    """The column names; a column without one is called by its place, a doubled one is refused."""
    names = [c.strip() or f"column {i}" for i, c in enumerate(cells, start=1)]
    places: dict[str, list[int]] = {}
    for place, column in enumerate(names, start=1):
        places.setdefault(column, []).append(place)
    doubled = {c: p for c, p in places.items() if len(p) > 1}
    if doubled:
        told = "; ".join(
            f"'{c}' in columns {' and '.join(map(str, p))}" for c, p in doubled.items()
        )
        raise BadInput(
            f"The header names columns twice: {told}.",
            at=f"{name}, line {line}",
            hint="rename one of each pair, so that a mapping can tell them apart",
        )
    return tuple(names)


def no_header(name: str) -> BadInput:
    """The refusal of a file without a single row."""
    return BadInput("The file is empty.", at=name, hint="expected a header line and rows below it")


def no_rows(name: str, columns: tuple[str, ...]) -> BadInput:
    """The refusal of a file that ends after its header."""
    return BadInput(
        f"The file holds a header of {len(columns)} columns and no rows.",
        at=f"{name}, line 1",
        hint="check whether the export was cut off or filtered to nothing",
    )
