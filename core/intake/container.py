"""Opening a file whatever it is packed in: plain, ``.gz`` or ``.zip``, never more than allowed.

What comes out is one seekable file of bytes; its form is told by its first bytes, not by its name.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import BadInput
from core.intake.limits import limits

CHUNK = 1 << 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zX": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format": "a database",
}


# What the standard library raises on a damaged or newer archive.
DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A seekable file of bytes with the name to call it by in messages."""

    file: IO[bytes]
    name: str
    container: str
    byte_count: int
    leaving: ExitStack  # closes what readers open beside the file


@contextmanager
def unpacked(path: Path, max_bytes: int, folder: Path) -> Iterator[Unpacked]:
    """The bytes of the table in a file; what is unpacked into ``folder`` is gone afterwards."""
    name = path.name
    if not path.is_file():
        raise BadInput("There is no such file.", at=name)
    with ExitStack() as leaving:
        file = leaving.enter_context(_opened(path))
        head = file.read(16)
        file.seek(0)
        _refuse_other_kinds(head, name)
        if head[:2] == b"\x1f\x8b":
            into = leaving.enter_context(tempfile.TemporaryFile(dir=folder))
            size = _pour(_gunzip(file, name), into, path.stat().st_size, max_bytes, name)
            yield Unpacked(into, name, "gz", size, leaving)
        elif head[:2] == b"PK" and not _is_workbook(file):
            into = leaving.enter_context(tempfile.TemporaryFile(dir=folder))
            inner, size = _unzip(file, into, max_bytes, name)
            yield Unpacked(into, inner, "zip", size, leaving)
        else:
            size = path.stat().st_size
            if size > max_bytes:
                raise _too_large(name, max_bytes)
            yield Unpacked(file, name, "", size, leaving)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as problem:
        reason = problem.strerror or "the system refuses"
        raise BadInput(
            f"The file cannot be opened: {reason}.", at=path.name, hint="check who may read it"
        ) from None


def _refuse_other_kinds(head: bytes, name: str) -> None:
    for magic, kind in OTHER_KINDS.items():
        if head.startswith(magic):
            raise BadInput(
                f"This is {kind}, not a table.",
                at=name,
                hint="CSV, XLSX, JSON, JSON Lines or Parquet, plain or in .gz or .zip",
            )


def _is_workbook(file: IO[bytes]) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return any(n.startswith("xl/") for n in archive.namelist())
    except DAMAGED_ZIP:
        return False
    finally:
        file.seek(0)


def _gunzip(file: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while chunk := packed.read(CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadInput(
            "The .gz file is damaged or was cut off.", at=name, hint="fetch or pack it again"
        ) from None


def _unzip(file: IO[bytes], into: IO[bytes], max_bytes: int, name: str) -> tuple[str, int]:
    with _readable_zip(name), zipfile.ZipFile(file) as archive:
        member = _only_member(archive, name)
        inner = f"{name}, {member.filename}"
        chunks = _inflate(archive, member)
        size = _pour(chunks, into, max(member.compress_size, 1), max_bytes, inner)
    _refuse_nested(into, inner)
    return inner, size


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as packed:
            while chunk := packed.read(CHUNK):
                yield chunk
    except OSError as problem:  # a place in the file that is none; what is written fails elsewhere
        raise zipfile.BadZipFile(str(problem)) from None


@contextmanager
def _readable_zip(name: str) -> Iterator[None]:
    try:
        yield
    except DAMAGED_ZIP:
        raise BadInput(
            "The .zip file is damaged or was cut off.", at=name, hint="fetch or pack it again"
        ) from None


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [
        m
        for m in archive.infolist()
        if not m.is_dir() and not m.filename.startswith("__MACOSX/") and m.file_size
    ]
    if len(members) != 1:
        named = ", ".join(m.filename for m in members[:5]) or "none"
        raise BadInput(
            f"The .zip holds {len(members)} files with content ({named}).",
            at=name,
            hint="pack exactly one table",
        )
    if members[0].flag_bits & 1:
        raise BadInput(
            "The .zip is protected by a password.", at=name, hint="pack it without a password"
        )
    return members[0]


def _refuse_nested(into: IO[bytes], name: str) -> None:
    head = into.read(4)
    into.seek(0)
    if head[:2] == b"\x1f\x8b" or (head[:4] == b"PK\x03\x04" and not _is_workbook(into)):
        raise BadInput("An archive inside an archive.", at=name, hint="unpack the outer one first")
    _refuse_other_kinds(head, name)


def _pour(
    chunks: Iterator[bytes], into: IO[bytes], packed_bytes: int, max_bytes: int, name: str
) -> int:
    rule = limits().unpacking
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(name, max_bytes)
        if size > rule.ratio_from_bytes and size > packed_bytes * rule.largest_ratio:
            raise BadInput(
                f"The archive grows to more than {rule.largest_ratio} times its size.",
                at=name,
                hint="this looks like a zip bomb; if it is not, unpack it first",
            )
        into.write(chunk)
    into.seek(0)
    return size


def _too_large(name: str, max_bytes: int) -> BadInput:
    return BadInput(
        f"The file holds more than {max_bytes // 1_000_000} MB when unpacked.",
        at=name,
        hint="split it, or raise DESK_IMPORT_MAX_MEGABYTES",
    )
