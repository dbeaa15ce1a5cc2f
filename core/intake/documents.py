"""JSON and JSON Lines as tables: nested objects become dotted columns, lists become JSON texts."""

from __future__ import annotations

import codecs
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import ijson

from core.errors import BadInput
from core.intake.container import Unpacked
from core.intake.dialect import no_rows
from core.intake.encoding import find_encoding
from core.intake.limits import limits
from core.intake.mapping import FileRule
from core.intake.model import Block, Fault, Found, Table
from core.intake.rows import as_text, blocks_of
from core.settings import Settings

Item = dict[str, str]
Items = Iterator[tuple[int, Item | Fault]]


def document_table(opened: Unpacked, rule: FileRule, settings: Settings) -> Table:
    """A JSON or JSON Lines file; the columns are the keys of all its objects."""
    encoding = find_encoding(opened.file, rule.encoding, opened.name)
    file = _as_utf8(opened, encoding, settings.local_dir)
    lines = not rule.records and _is_lines(file)
    path = "" if lines else rule.records or _records_path(file, opened.name)

    def items() -> Items:
        file.seek(0)
        if lines:
            return _line_items(file, opened.name, settings.import_max_line)
        return _list_items(file, path, opened.name)

    columns = _columns(items(), opened.name)

    def blocks() -> Iterator[Block]:
        return blocks_of(((n, _row(item, columns)) for n, item in items()), columns)

    found = Found("jsonl" if lines else "json", opened.container, encoding, typed=True)
    return Table(opened.name, columns, found, opened.byte_count, blocks, file.tell)


def _as_utf8(opened: Unpacked, encoding: str, folder: Path) -> IO[bytes]:
    if encoding == "utf-8":
        return opened.file
    plain = opened.leaving.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 -- closed on leaving
    decoder = codecs.getincrementaldecoder(encoding)()
    while chunk := opened.file.read(limits().reading.block_bytes):
        plain.write(decoder.decode(chunk).encode())
    plain.write(decoder.decode(b"", final=True).encode())
    plain.seek(0)
    return plain


def _is_lines(file: IO[bytes]) -> bool:
    """One object per line: the first line is an object of its own, and no list is around it."""
    head = file.read(limits().reading.head_bytes)
    file.seek(0)
    first, _, rest = head.lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    try:
        alone = json.loads(first)
    except ValueError:
        return rest.lstrip().startswith(b"{") and first.rstrip().endswith(b"}")
    return rest.lstrip().startswith(b"{") or not _holds_list(alone)


def _holds_list(value: Any) -> bool:
    """True when a list of objects stands anywhere below: then the line is a whole document."""
    if isinstance(value, dict):
        return any(_holds_list(v) for v in value.values())
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _records_path(file: IO[bytes], name: str) -> str:
    """The only list of objects in the document."""
    paths: dict[str, None] = {}
    try:
        for prefix, event, _ in ijson.parse(file):
            if event == "start_map" and prefix.endswith("item") and prefix.count("item") == 1:
                paths[prefix.removesuffix("item").removesuffix(".")] = None
                if not prefix.removesuffix("item"):
                    break
    except (ijson.JSONError, RecursionError) as problem:
        raise _unreadable(problem, name, 0) from None
    if len(paths) != 1:
        told = ", ".join(paths) or "none"
        raise BadInput(
            f"The document has to hold one list of objects; found: {told}.",
            at=name,
            hint="state file.records in the mapping, for example data.cases",
        )
    return next(iter(paths))


def _list_items(file: IO[bytes], path: str, name: str) -> Items:
    prefix = f"{path}.item" if path else "item"
    number = 0
    try:
        for number, item in enumerate(ijson.items(file, prefix, use_float=True), start=1):
            yield number, _flat(item, number)
    except (ijson.JSONError, RecursionError) as problem:
        raise _unreadable(problem, name, number) from None


def _unreadable(problem: Exception, name: str, number: int) -> BadInput:
    cut_off = isinstance(problem, ijson.IncompleteJSONError)
    return BadInput(
        "The JSON ends too early." if cut_off else "The text is not JSON.",
        at=f"{name}, after item {number}" if number else name,
        hint="the file may be cut off; export it again",
    )


def _line_items(file: IO[bytes], name: str, max_line: int) -> Items:
    number = 0
    while line := file.readline(max_line * 4 + 1):
        number += 1
        text = line.decode("utf-8", "replace")
        if len(text) > max_line:
            raise BadInput(
                f"The line is longer than {max_line:,} characters.",
                at=f"{name}, line {number}",
                hint="a longer line needs a higher DESK_IMPORT_MAX_LINE",
            )
        if text.strip():
            yield number, _parsed(text, number)


def _parsed(text: str, number: int) -> Item | Fault:
    try:
        return _flat(json.loads(text), number)
    except (ValueError, RecursionError):
        hint = "one whole JSON object per line; the last line may be cut off"
        return Fault(number, "", text.strip(), "The line is not JSON.", hint)


def _flat(item: Any, number: int) -> Item | Fault:
    if not isinstance(item, dict):
        shown = as_text(item)
        return Fault(number, "", shown, "This is no object.", "every case is one object")
    cells: Item = {}
    _put(item, "", cells)
    return cells


def _put(item: dict[str, Any], prefix: str, cells: Item) -> None:
    for key, value in item.items():
        if isinstance(value, dict) and value:
            _put(value, f"{prefix}{key}.", cells)
        else:
            cells[f"{prefix}{key}"] = as_text(value)


def _columns(items: Items, name: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    count = 0
    for _, item in items:
        count += 1
        if not isinstance(item, Fault):
            found |= dict.fromkeys(item)
    if not count:
        raise no_rows(name, ())
    return tuple(found)


def _row(item: Item | Fault, columns: tuple[str, ...]) -> list[str] | Fault:
    return item if isinstance(item, Fault) else [item.get(c, "") for c in columns]
