"""Tells from the name of a fetched file which document it is a version of, and from when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from core.taxonomy import taxonomy

# 2022-10-28_49c076c2.md · 2022-10-28T18-30-09Z.md · 20221028.txt
MOMENT = re.compile(
    r"(?<![0-9a-zA-Z])(?P<year>\d{4})(?P<sep>[-_.]?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})"
    r"(?:[T_ -]{1,2}(?P<hour>\d{2})[-:.h]?(?P<minute>\d{2})(?:[-:.m]?(?P<second>\d{2}))?Z?"
    r"(?![0-9a-zA-Z]))?(?!\d)"
)
ARCHIVE_ENDINGS = re.compile(r"\.(tar|tgz|txz|tbz2|zip|git|tar\.(gz|xz|bz2))$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DocumentName:
    """Whose document it is, and what it is called."""

    service: str
    document: str


def moment_in(path: PurePosixPath) -> datetime | None:
    """The moment in the name of the file, or else of the folder next to it; None when there is none."""
    for part in reversed(path.parts):
        for found in MOMENT.finditer(part):
            year, month, day = (int(found[n]) for n in ("year", "month", "day"))
            hour, minute, second = (int(found[n] or 0) for n in ("hour", "minute", "second"))
            try:
                return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            except ValueError:
                continue
    return None


def has_time(path: PurePosixPath) -> bool:
    """True when the name tells the time of the day as well."""
    return any(found["hour"] for part in path.parts for found in MOMENT.finditer(part))


def document_in(path: PurePosixPath, root: str, given: DocumentName) -> DocumentName:
    """Service and document by the folders around a file; what the person gave goes first.

    ``Facebook/Community Standards/2022-10-28.md`` and ``Facebook_Community_Standards/2022-10-28.md``
    say the same; a file without a folder belongs to the folder or archive that was named.
    """
    folders = [tidy(part) for part in path.parts[:-1] if not MOMENT.fullmatch(part)]
    folders = folders[-2:] or [tidy(ARCHIVE_ENDINGS.sub("", root))]
    service, document = folders if len(folders) == 2 else _split(folders[0])
    return DocumentName(given.service or service, given.document or document or folders[-1])


def platform_of(service: str) -> str:
    """The platform of our list that a service is, or nothing."""
    named = {term.label.casefold(): key for key, term in taxonomy().platforms.items()}
    return named.get(service.casefold(), "")


def tidy(name: str) -> str:
    """A name of a folder as a person writes it."""
    return " ".join(name.replace("_", " ").split())


def _split(name: str) -> tuple[str, str]:
    for term in taxonomy().platforms.values():
        if name.casefold().startswith(term.label.casefold()):
            return term.label, name[len(term.label) :].strip(" -")
    return "", name
