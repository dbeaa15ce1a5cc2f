"""One table out of any file: its columns, how it was found to be written, and its rows in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import BadInput
from core.intake.container import OLE, Unpacked, unpacked
from core.intake.delimited import Form, delimited_blocks, first_row, unclosed, utf8_chunks
from core.intake.dialect import find_separator, header_names, no_header, no_rows
from core.intake.encoding import find_encoding
from core.intake.limits import limits
from core.intake.mapping import FileRule
from core.intake.model import Block, Found
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Table:
    """An open file as a table; ``blocks`` may be asked for more than once."""

    name: str
    columns: tuple[str, ...]
    found: Found
    byte_count: int
    blocks: Callable[[], Iterator[Block]]
    position: Callable[[], int] = field(default=lambda: 0)  # bytes read so far, for progress


@contextmanager
def open_table(
    path: Path, rule: FileRule, settings: Settings, name: str = ""
) -> Iterator[Table]:
    """The table inside a file; closed and cleaned up afterwards."""
    with unpacked(path, settings.import_max_megabytes * 1_000_000, name) as opened:
        if opened.byte_count == 0:
            raise no_header(opened.name)
        yield _reader(opened)(opened, rule, settings)


Reader = Callable[[Unpacked, FileRule, Settings], Table]


def _reader(opened: Unpacked) -> Reader:
    # Imported here so that a CSV does not pay for the readers of other forms.
    head = _head(opened.file)
    if head.startswith(OLE):
        raise _old_or_locked(opened)
    if head.startswith(b"PK"):
        from core.intake.workbook import workbook_table

        return workbook_table
    if head.startswith(b"PAR1"):
        from core.intake.parquet import parquet_table

        return parquet_table
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        from core.intake.documents import document_table

        return document_table
    return delimited_table


def _head(file: IO[bytes]) -> bytes:
    head = file.read(limits().reading.head_bytes)
    file.seek(0)
    return head


def _old_or_locked(opened: Unpacked) -> BadInput:
    content = opened.file.read(1 << 20)
    opened.file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return BadInput(
            "The workbook is protected by a password.",
            at=opened.name,
            hint="open it, remove the password and save it as .xlsx",
        )
    return BadInput(
        "The workbook is in the old .xls form.", at=opened.name, hint="save it as .xlsx or CSV"
    )


def delimited_table(opened: Unpacked, rule: FileRule, settings: Settings) -> Table:
    """A CSV or TSV file."""
    file, name = opened.file, opened.name
    encoding = find_encoding(file, rule.encoding, name)
    start = 3 if encoding == "utf-8-sig" else 0
    encoding = "utf-8" if start else encoding
    file.seek(start)
    head, held, first_line = _header_text(file, encoding, rule, name, settings)
    separator = find_separator(head + held.decode("utf-8", "replace")[:8192], rule.delimiter)
    columns = header_names(first_row(head, separator), name, rule.header_line)
    form = Form(name, encoding, separator, columns, first_line, settings.import_max_line)

    def blocks() -> Iterator[Block]:
        file.seek(start)
        chunks = utf8_chunks(file, encoding)
        return _some(delimited_blocks(chunks, _below(chunks, first_line), form), name, columns)

    found = Found("csv", opened.container, encoding, separator)
    return Table(name, columns, found, opened.byte_count, blocks, file.tell)


def _header_text(
    file: IO[bytes], encoding: str, rule: FileRule, name: str, settings: Settings
) -> tuple[str, bytes, int]:
    """The header's text, some bytes below it, and the line on which the rows begin."""
    held = b"".join(
        part for part in [next(utf8_chunks(file, encoding), b"")]
    )
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
    if head.count(0) * 20 > len(head):
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


def _some(blocks: Iterator[Block], name: str, columns: tuple[str, ...]) -> Iterator[Block]:
    """The same blocks; a file without a single row is refused."""
    count = 0
    for block in blocks:
        count += block.row_count
        yield block
    if not count:
        raise no_rows(name, columns)
