"""Opens whatever holds fetched versions of policy documents: a folder, an archive, a git repository.

Files that are neither texts nor dated are passed over; everything else becomes a version or a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from core.errors import BadInput
from core.intake.limits import limits
from core.intake.policy_archive import archive_files, is_archive
from core.intake.policy_git import Committed, committed_files, is_repository
from core.intake.policy_names import DocumentName, document_in, has_time, moment_in, tidy
from core.intake.policy_texts import MEGABYTE, FetchedFault, FetchedText, believed, read_text
from core.policy.rules import PolicyRules
from core.settings import Settings

FOLDER, ARCHIVE, GIT = "folder", "archive", "git"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is no version and claims to be none."""

    name: str


Item = FetchedText | FetchedFault | PassedOver


@dataclass(frozen=True, slots=True)
class PolicySource:
    """Where versions come from, and what the person said about them."""

    path: Path
    kind: str
    given: DocumentName
    settings: Settings
    rules: PolicyRules
    now: datetime

    def items(self) -> Iterator[Item]:
        """Everything in it, once."""
        match self.kind:
            case "git":
                yield from self._committed()
            case "archive":
                yield from self._packed()
            case _:
                yield from self._laid_out()

    def _committed(self) -> Iterator[Item]:
        for one in committed_files(self.path, self.rules):
            if isinstance(one, FetchedFault):
                yield one
                continue
            if not self._is_text(one.path):
                yield PassedOver(str(one.path))
                continue
            service, document = tidy(one.path.parts[-2]), tidy(one.path.stem)
            name = DocumentName(self.given.service or service, self.given.document or document)
            if (self.given.service and service != self.given.service) or (
                self.given.document and document != self.given.document
            ):
                yield PassedOver(str(one.path))  # a repository holds many documents: these narrow
                continue
            yield self._version(name, one.at, True, one.commit, one.data, one)

    def _packed(self) -> Iterator[Item]:
        most = self.settings.import_max_megabytes * MEGABYTE
        for one in archive_files(self.path, most, self.rules):
            yield one if isinstance(one, FetchedFault) else self._file(one[0], one[1])

    def _laid_out(self) -> Iterator[Item]:
        left = self.settings.import_max_megabytes * MEGABYTE
        for place, path in enumerate(sorted(p for p in self.path.rglob("*") if p.is_file())):
            if place >= self.rules.bounds.files:
                raise BadInput(
                    f"The folder holds more than {self.rules.bounds.files:,} files.",
                    at=self.path.name,
                    hint="import a part of it",
                )
            name = PurePosixPath(path.relative_to(self.path).as_posix())
            if any(part.startswith(".") for part in name.parts):
                continue
            try:
                with path.open("rb") as file:
                    data = file.read(self.rules.bounds.text_megabytes * MEGABYTE + 1)
            except OSError:
                yield FetchedFault(str(name), "unreadable", "check who may read it")
                continue
            left -= len(data)
            if left < 0:
                raise BadInput(
                    f"The folder holds more than {self.settings.import_max_megabytes} MB.",
                    at=self.path.name,
                    hint="import a part of it, or raise DESK_IMPORT_MAX_MEGABYTES",
                )
            yield self._file(name, data)

    def _file(self, path: PurePosixPath, data: bytes) -> Item:
        at = moment_in(path)
        if at is None and not self._is_text(path):
            return PassedOver(str(path))
        if at is None:
            return FetchedFault(str(path), "no_date", "name it like 2026-03-14_terms.md")
        name = document_in(path, self.path.name, self.given)
        return self._version(name, at, has_time(path), path.name, data, path)

    def _version(
        self,
        document: DocumentName,
        at: datetime,
        with_time: bool,
        name: str,
        data: bytes,
        where: PurePosixPath | Committed,
    ) -> Item:
        place = str(where) if isinstance(where, PurePosixPath) else f"{name} {where.path}"
        latest = self.now + timedelta(hours=limits().times.ahead_hours)
        if not believed(at, limits().times.earliest, latest):
            return FetchedFault(
                place, "date_out_of_range", "the date lies in the future or too far back"
            )
        text, fault = read_text(data, self.rules)
        if fault is not None:
            return replace(fault, name=place)
        return FetchedText(document.service, document.document, at, with_time, name, text)

    def _is_text(self, path: PurePosixPath) -> bool:
        return path.suffix.lower() in self.rules.reading.endings


def open_policy_source(
    path: Path, given: DocumentName, settings: Settings, rules: PolicyRules, now: datetime
) -> PolicySource:
    """Tell what a path is; what is none of the three is refused."""
    if not path.exists():
        raise BadInput("There is no such file or folder.", at=path.name)
    kind = GIT if is_repository(path) else FOLDER if path.is_dir() else ""
    if not kind and is_archive(path):
        kind = ARCHIVE
    if not kind:
        raise BadInput(
            "This is neither a folder, nor an archive, nor a git repository.",
            at=path.name,
            hint="a folder of dated texts, a tar, tar.gz, tar.xz or zip of one, or a repository",
        )
    return PolicySource(path, kind, given, settings, rules, now)
