"""Reads the files of a tar or zip archive in order, never more than allowed and never onto the disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.errors import BadInput
from core.intake.policy_texts import MEGABYTE, FetchedFault, too_large
from core.policy.rules import PolicyRules

DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
Member = tuple[PurePosixPath, bytes]


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Bounded(io.RawIOBase):
    """A stream that gives out no more than was allowed since it was last asked."""

    def __init__(self, file: _Readable, left: int) -> None:
        super().__init__()
        self.file = file
        self.left = left

    def read(self, size: int = -1, /) -> bytes:
        """At most ``left`` bytes; more is the sign of a bomb."""
        found = self.file.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(found)
        if self.left < 0:
            raise _Bomb
        return found


class _Bomb(Exception):
    """An archive that gives out more than it announced, or than is allowed."""


def is_archive(path: Path) -> bool:
    """True when the first bytes are those of an archive that we read."""
    if not path.is_file():
        return False
    return zipfile.is_zipfile(path) or _opener(path) is not None or tarfile.is_tarfile(path)


def archive_files(
    path: Path, max_bytes: int, rules: PolicyRules
) -> Iterator[Member | FetchedFault]:
    """The files of an archive as packed; a damaged place is a fault, and what came before it stays."""
    read = 0
    source = (
        _zip(path, max_bytes, rules) if zipfile.is_zipfile(path) else _tar(path, max_bytes, rules)
    )
    try:
        for one in source:
            read += 1
            if read > rules.bounds.files:
                raise _too_much(path, f"more than {rules.bounds.files:,} files")
            yield one
    except _Bomb:
        raise _too_much(path, f"more than {max_bytes // MEGABYTE} MB") from None
    except BadInput:
        raise
    except DAMAGED:
        if not read:
            raise BadInput(
                "The archive is damaged, and nothing of it can be read.",
                at=path.name,
                hint="fetch or pack it again",
            ) from None
        yield FetchedFault(path.name, "archive_cut", "what stood before the damage was read")


def _opener(path: Path) -> type[gzip.GzipFile | lzma.LZMAFile | bz2.BZ2File] | None:
    with path.open("rb") as file:
        head = file.read(512)
    if head[:2] == b"\x1f\x8b":
        return gzip.GzipFile
    if head[:6] == b"\xfd7zXZ\0":
        return lzma.LZMAFile
    return bz2.BZ2File if head[:3] == b"BZh" else None


def _tar(path: Path, max_bytes: int, rules: PolicyRules) -> Iterator[Member | FetchedFault]:
    slack = rules.bounds.archive_slack_megabytes * MEGABYTE
    opener = _opener(path)
    total = 0
    with opener(path, "rb") if opener else path.open("rb") as file:
        bounded = _Bounded(file, slack)
        with tarfile.open(fileobj=bounded, mode="r|") as archive:
            for member in archive:
                total += member.size
                if total > max_bytes:
                    raise _Bomb
                bounded.left = member.size + slack
                if not member.isfile():
                    continue
                name = PurePosixPath(member.name)
                if member.size > rules.bounds.text_megabytes * MEGABYTE:
                    yield too_large(str(name), rules)
                    continue
                opened = archive.extractfile(member)
                yield name, opened.read() if opened else b""


def _zip(path: Path, max_bytes: int, rules: PolicyRules) -> Iterator[Member | FetchedFault]:
    limit = rules.bounds.text_megabytes * MEGABYTE
    total = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename)
            if member.is_dir() or name.parts[:1] == ("__MACOSX",):
                continue
            if member.flag_bits & 1:
                yield FetchedFault(str(name), "password", "pack it without a password")
                continue
            try:
                with archive.open(member) as opened:
                    data = opened.read(limit + 1)
            except DAMAGED:
                yield FetchedFault(str(name), "damaged", "fetch or pack it again")
                continue
            total += len(data)
            if total > max_bytes:
                raise _Bomb
            yield (name, data) if len(data) <= limit else too_large(str(name), rules)


def _too_much(path: Path, what: str) -> BadInput:
    return BadInput(
        f"The archive holds {what}.",
        at=path.name,
        hint="import a part of it, or raise DESK_IMPORT_MAX_MEGABYTES",
    )
