"""One table out of any file: opened, its form told by its first bytes, handed to the right reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import BadInput
from core.intake.container import CHUNK, OLE, Unpacked, unpacked
from core.intake.dialect import no_header
from core.intake.documents import document_table
from core.intake.limits import limits
from core.intake.mapping import FileRule
from core.intake.model import Table
from core.intake.parquet import parquet_table
from core.intake.text_table import delimited_table
from core.intake.workbook import workbook_table
from core.settings import Settings

Reader = Callable[[Unpacked, FileRule, Settings], Table]


@contextmanager
def open_table(path: Path, rule: FileRule, settings: Settings) -> Iterator[Table]:
    """The table inside a file; closed and cleaned up afterwards."""
    settings.local_dir.mkdir(parents=True, exist_ok=True)
    max_bytes = settings.import_max_megabytes * 1_000_000
    with unpacked(path, max_bytes, settings.local_dir) as opened:
        if opened.byte_count == 0:
            raise no_header(opened.name)
        yield _reader(opened)(opened, rule, settings)


def _reader(opened: Unpacked) -> Reader:
    head = opened.file.read(limits().reading.head_bytes)
    opened.file.seek(0)
    if head.startswith(OLE):
        raise _old_or_locked(opened)
    if head.startswith(b"PK"):
        return workbook_table
    if head.startswith(b"PAR1"):
        return parquet_table
    if _starts_document(head):
        return document_table
    return delimited_table


def _starts_document(head: bytes) -> bool:
    plain = head[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain[:1] in {b"{", b"["}


def _old_or_locked(opened: Unpacked) -> BadInput:
    if _holds(opened, "EncryptedPackage".encode("utf-16-le")):
        return BadInput(
            "The workbook is protected by a password.",
            at=opened.name,
            hint="open it, remove the password and save it as .xlsx",
        )
    return BadInput(
        "The workbook is in the old .xls form.", at=opened.name, hint="save it as .xlsx or CSV"
    )


def _holds(opened: Unpacked, mark: bytes) -> bool:
    before = b""
    while chunk := opened.file.read(CHUNK):
        if mark in before + chunk:
            return True
        before = chunk[-len(mark) :]
    return False
