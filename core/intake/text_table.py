"""Delimited text as a table: encoding, separator and header found out, rows left to the readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from core.errors import BadInput
from core.intake.container import Unpacked
from core.intake.delimited import Form, delimited_blocks, first_row, unclosed, utf8_chunks
from core.intake.dialect import find_separator, header_names, no_header, no_rows
from core.intake.encoding import GUESS, find_candidates, find_encoding
from core.intake.mapping import FileRule
from core.intake.model import Block, Found, Table
from core.settings import Settings

FEW_ZEROS = 8  # so many may be damage of single rows, which are told by line


def delimited_table(opened: Unpacked, rule: FileRule, settings: Settings) -> Table:
    """A CSV or TSV file."""
    file, name = opened.file, opened.name
    encoding = find_encoding(file, rule.encoding, name)
    guessed = rule.encoding == GUESS and not encoding.startswith("utf")
    doubt = find_candidates(file)[1:] if guessed else ()
    start = 3 if encoding == "utf-8-sig" else 0
    encoding = "utf-8" if start else encoding
    file.seek(start)
    rule = _told_separator(file, encoding, rule)
    file.seek(start)
    head, held, first_line = _header_text(file, encoding, rule, name, settings)
    separator = find_separator(head + held.decode("utf-8", "replace")[:8192], rule.delimiter)
    columns = header_names(first_row(head, separator), name, rule.header_line)
    form = Form(name, encoding, separator, columns, first_line, settings.import_max_line)

    def blocks() -> Iterator[Block]:
        file.seek(start)
        chunks = utf8_chunks(file, encoding)
        return some_rows(delimited_blocks(chunks, _below(chunks, first_line), form), name, columns)

    found = Found("csv", opened.container, encoding, separator, doubt=doubt)
    return Table(name, columns, found, opened.byte_count, blocks, file.tell)


def _told_separator(file: IO[bytes], encoding: str, rule: FileRule) -> FileRule:
    """Some spreadsheets write a first line like ``sep=;`` that tells how the others are cut."""
    line = next(utf8_chunks(file, encoding), b"").partition(b"\n")[0].rstrip(b"\r").strip(b'"')
    if len(line) != len(b"sep=;") or not line.lower().startswith(b"sep="):
        return rule
    told = {"delimiter": rule.delimiter or chr(line[-1]), "header_line": rule.header_line + 1}
    return rule.model_copy(update=told)


def _header_text(
    file: IO[bytes], encoding: str, rule: FileRule, name: str, settings: Settings
) -> tuple[str, bytes, int]:
    """The header's text, some bytes below it, and the line on which the rows begin."""
    held = next(utf8_chunks(file, encoding), b"")
    for _ in range(rule.header_line - 1):
        held = held.partition(b"\n")[2]
    _refuse_binary(held, name)
    end, line = _end_of_row(held), rule.header_line
    if end > settings.import_max_line or (end < 0 and len(held) > settings.import_max_line):
        raise BadInput(
            f"The header is longer than {settings.import_max_line:,} characters.",
            at=f"{name}, line {line}",
            hint="is this a table with one row per line?",
        )
    if end < 0 and held.count(b'"') % 2:
        raise unclosed(name, line)
    head = held if end < 0 else held[:end]
    if not head.strip():
        raise no_header(name)
    below = b"" if end < 0 else held[end + 1 :]
    return head.decode("utf-8", "replace"), below, line + head.count(b"\n") + 1


def _end_of_row(held: bytes) -> int:
    end = held.find(b"\n")
    while end >= 0 and held.count(b'"', 0, end) % 2:
        end = held.find(b"\n", end + 1)
    return end


def _refuse_binary(held: bytes, name: str) -> None:
    head = held[:4096]
    if head.count(0) > max(FEW_ZEROS, len(head) // 20):
        raise BadInput(
            "The file is full of NUL bytes: it is not a text.",
            at=f"{name}, line 1",
            hint="if it is UTF-16, state file.encoding in the mapping",
        )
    if b"\0" in held[: max(_end_of_row(held), 0)]:
        raise BadInput(
            "The header holds a NUL byte.", at=f"{name}, line 1", hint="export the file again"
        )


def _below(chunks: Iterator[bytes], first_line: int) -> bytes:
    """What remains of the first chunk below the header."""
    held = next(chunks, b"")
    for _ in range(first_line - 1):
        held = held.partition(b"\n")[2]
    return held


def some_rows(blocks: Iterator[Block], name: str, columns: tuple[str, ...]) -> Iterator[Block]:
    """The same blocks; a file without a single row is refused."""
    count = 0
    for block in blocks:
        count += block.row_count
        yield block
    if not count:
        raise no_rows(name, columns)
