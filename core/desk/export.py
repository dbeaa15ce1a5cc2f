"""Takes cases out of the desk as a file: permission, scope, an entry in the record, then the lines."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from core.access.model import Person
from core.access.rules import may, require, scope_of
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter
from core.cases.model import Viewer
from core.clock import to_micros
from core.desk.boot import Desk
from core.errors import BadInput
from core.storage.export_rows import COLUMNS, export_lines
from core.storage.gap_conditions import resolved
from core.storage.queue import ids_of, look_at

Format = Literal["csv", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)
# A spreadsheet takes a cell that begins like this for a formula and may run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBERS = ("reopen_count", "frt_seconds", "ttr_seconds", "csat", "transfer_count")
SWITCHES = ("legal_hold", "unsupported_pause")


@dataclass(frozen=True)
class Export:
    """A file in portions; it is on the record before the first portion is given."""

    file_name: str
    count: int
    portions: Iterator[str]


def export_cases(desk: Desk, person: Person, filter_: CaseFilter, form: str) -> Export:
    """The cases of a filter, in order of their reference."""
    require(person, "case.export")
    chosen = _format(form)
    scope, now = scope_of(person), desk.clock.now()
    at = to_micros(now)
    look = look_at(desk.book, scope, Viewer(person.username, person.team), at)
    with desk.store.read() as connection:
        look = resolved(connection, filter_, look, reads_gaps=may(person, "gap.read"))
    with desk.snapshot.reading() as reading:
        ids, version = ids_of(reading, filter_, look), reading.version
    details: dict[str, Detail] = {"format": chosen, "cases": len(ids), "version": version}
    details["filter"] = recorded(filter_)
    desk.store.record(Draft(person.username, "case.export", "cases", details))

    def portions() -> Iterator[str]:
        yield _head(chosen)
        with ExitStack() as stack:
            connection = stack.enter_context(desk.store.read())
            for lines in export_lines(connection, scope, ids, at):
                yield _csv(lines) if chosen == "csv" else _jsonl(lines)

    return Export(f"cases-{now:%Y%m%d-%H%M}Z.{chosen}", len(ids), portions())


def escaped(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _format(form: str) -> Format:
    for known in FORMATS:
        if form == known:
            return known
    raise BadInput(f"Format '{form}' is unknown", at="format", hint="one of csv, jsonl")


def recorded(filter_: CaseFilter) -> dict[str, Detail]:
    """The filter as it may stand in the record: a search text only by its hash."""
    params = filter_.to_params()
    if "q" in params:
        params["q"] = hashlib.sha256(filter_.text.encode()).hexdigest()
    return {name: list(v) if isinstance(v, list) else v for name, v in params.items()}


def _head(form: Format) -> str:
    return ",".join(COLUMNS) + "\n" if form == "csv" else ""


def _csv(lines: pd.DataFrame) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    columns = [
        lines[name] if name in NUMBERS else lines[name].map(escaped) for name in lines.columns
    ]
    writer.writerows(zip(*columns, strict=True))
    return file.getvalue()


def _jsonl(lines: pd.DataFrame) -> str:
    rows = zip(*(lines[name] for name in lines.columns), strict=True)
    return "".join(
        json.dumps(_typed(dict(zip(lines.columns, row, strict=True))), ensure_ascii=False) + "\n"
        for row in rows
    )


def _typed(line: dict[str, str]) -> dict[str, str | int | bool | None]:
    typed: dict[str, str | int | bool | None] = {}
    for name, text in line.items():
        if text == "":
            typed[name] = None
        elif name in NUMBERS:
            typed[name] = int(text)
        else:
            typed[name] = text == "true" if name in SWITCHES else text
    return typed
