"""Brings releases of the public report in and takes them back; each act is an audit entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.desk.boot import Desk
from core.errors import BadInput, Conflict
from core.intake.public_figures import PublicFile, read_public_file
from core.risk.public_report import public_report
from core.risk.public_series import Edition, FigureKey, Restatement, Told, by_key, told
from core.storage import reference_series as book
from core.storage.reference_series import Release, ReleaseCount, ReleaseFacts


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """What became of a file: the release, its rows by outcome, and what it says anew."""

    ref: str  # empty for a dry run
    name: str
    last_quarter: str
    is_known: bool  # the same release was here already, and nothing changed
    count: ReleaseCount
    rejects: pd.DataFrame  # REJECT_LINES
    notes: tuple[str, ...]
    restatements: tuple[Restatement, ...] = ()  # against other releases, largest first


def import_release(
    desk: Desk,
    person: Person,
    path: Path,
    *,
    name: str = "",
    published_on: str = "",
    dry_run: bool = False,
) -> ReferenceResult:
    """Keep the figures of a release beside those of others; the same again changes nothing.

    A dry run tells the same of the file and writes nothing.
    """
    require(person, "import.run")
    _check_day(published_on)
    file = read_public_file(path, desk.settings, desk.clock.now().date())
    with desk.store.read() as connection:
        known = book.same_release(connection, file.file_hash, file.content_hash)
    if known:
        return _unchanged(file, known)
    facts = ReleaseFacts(
        name=name.strip() or f"{public_report().title}, up to {file.last_quarter}",
        last_quarter=file.last_quarter,
        published_on=published_on,
        file_name=path.name,
        file_hash=file.file_hash,
        content_hash=file.content_hash,
        by=person.username,
    )
    return _foresee(desk, file, facts) if dry_run else _keep(desk, person, file, facts)


def list_releases(desk: Desk, person: Person) -> list[Release]:
    """The releases so far, the last imported first, those taken back included."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        return book.releases(connection)


def release_rejects(desk: Desk, person: Person, ref: str) -> pd.DataFrame:
    """The refused rows of a release in the order of its file (REJECT_LINES)."""
    require(person, "risk.read")
    with desk.store.read() as connection:
        return book.rejects(connection, book.release_by_ref(connection, ref).id)


def undo_release(desk: Desk, person: Person, ref: str) -> int:
    """Take a release back, so that earlier ones speak again; gives how many figures went."""
    require(person, "import.undo")
    with desk.store.write(Draft(person.username, "reference.undo", ref)) as write:
        return book.remove_release(write, ref)


def _foresee(desk: Desk, file: PublicFile, facts: ReleaseFacts) -> ReferenceResult:
    with desk.store.read() as connection:
        newest = max((release.id for release in book.releases(connection)), default=0)
        own = Edition("", facts.last_quarter, facts.published_on, newest + 1)
        shown = told([*book.figures_of(connection), (own, list(file.figures))])
    return _result(file, facts, own.ref, shown)


def _keep(desk: Desk, person: Person, file: PublicFile, facts: ReleaseFacts) -> ReferenceResult:
    with desk.store.write(Draft(person.username, "reference.import", "release")) as write:
        if book.same_release(write.connection, file.file_hash, file.content_hash):
            raise Conflict("Somebody imported this release just now.", hint="See the history.")
        rejects = file.rejects.frame()
        ref = book.add_release(write, facts, _count(file), file.figures, rejects)
    # Compared after the commit: nobody has to wait until all releases were read.
    with desk.store.read() as connection:
        shown = told(book.figures_of(connection))
    return _result(file, facts, ref, shown)


def _result(
    file: PublicFile, facts: ReleaseFacts, ref: str, shown: Mapping[FigureKey, Told]
) -> ReferenceResult:
    return ReferenceResult(
        ref=ref,
        name=facts.name,
        last_quarter=facts.last_quarter,
        is_known=False,
        count=_count(file),
        rejects=file.rejects.frame(),
        notes=(*file.notes, *_missing(file, shown, facts.last_quarter)),
        restatements=_restated(shown.values(), ref),
    )


def _unchanged(file: PublicFile, known: Release) -> ReferenceResult:
    rejected = len(file.rejects.faults)
    count = ReleaseCount(read=file.read, repeated=file.read - rejected, rejected=rejected)
    return ReferenceResult(
        ref=known.ref,
        name=known.name,
        last_quarter=known.last_quarter,
        is_known=True,
        count=count,
        rejects=file.rejects.frame(),
        notes=file.notes,
    )


def _count(file: PublicFile) -> ReleaseCount:
    return ReleaseCount(
        read=file.read,
        accepted=len(file.figures),
        not_published=file.not_published,
        repeated=file.repeated,
        rejected=len(file.rejects.faults),
    )


def _restated(figures: Iterable[Told], ref: str) -> tuple[Restatement, ...]:
    found = [
        change
        for figure in figures
        for change in figure.restatements
        if ref in {change.before_ref, change.after_ref}
    ]
    return tuple(sorted(found, key=_by_size))


def _by_size(change: Restatement) -> tuple[float, str, str, str, str]:
    after, share = change.after, change.change_share
    size = float("inf") if share is None else abs(share)
    return (-size, after.platform, after.area, after.series, after.quarter)


def _missing(file: PublicFile, shown: Mapping[FigureKey, Told], newest: str) -> Iterable[str]:
    """A newer release is expected to repeat what older ones said."""
    own = by_key(file.figures)
    others = {key: one for key, one in shown.items() if key not in own and one.figure.is_published}
    if others and newest >= max(key.quarter for key in others):
        yield (
            f"{len(others):,} figures of older releases are not in this one; they go on being shown."
        )


def _check_day(text: str) -> None:
    try:
        _ = text and date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"'{text}' is no day.", at="--published", hint="such as 2024-08-28"
        ) from None
