"""Releases of the public report and their figures: kept side by side, never beside a case.

A release that was taken back stays in the history; its figures are gone from every reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from core.errors import NotFound, Refused
from core.risk.public_series import Edition, Figure
from core.storage.bulk import insert_columns, take_ids
from core.storage.engine import Write
from core.storage.reject_lines import keep_rejects, kept_rejects
from core.storage.tables import ReferenceRejectRow, ReferenceReleaseRow, ReferenceValueRow
from core.storage.tables.base import table_of

RELEASES = table_of(ReferenceReleaseRow)
VALUES = table_of(ReferenceValueRow)
REJECTS = table_of(ReferenceRejectRow)
FIGURE = ("series", "platform", "area", "quarter", "low", "high", "mark")


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What is known of a release once its file was read."""

    name: str
    last_quarter: str
    published_on: str
    file_name: str
    file_hash: str
    content_hash: str
    by: str


@dataclass(frozen=True, slots=True)
class ReleaseCount:
    """Rows: read = accepted + repeated + rejected; ``not_published`` is part of the accepted."""

    read: int = 0
    accepted: int = 0
    not_published: int = 0
    repeated: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    """One line of the history of releases."""

    id: int
    ref: str
    name: str
    last_quarter: str
    published_on: str
    file_name: str
    imported_at: int
    by: str
    undone_at: int | None
    count: ReleaseCount

    @property
    def edition(self) -> Edition:
        """Its place in the order of releases."""
        return Edition(self.ref, self.last_quarter, self.published_on, self.id)


def add_release(
    write: Write,
    facts: ReleaseFacts,
    count: ReleaseCount,
    figures: Sequence[Figure],
    rejects: pd.DataFrame,
) -> str:
    """Keep a release with all its figures and refused rows (REJECT_LINES); gives its reference."""
    release_id = take_ids(write, RELEASES, 1)
    ref = f"PR-{release_id:04d}"
    row = {"id": release_id, "ref": ref, "imported_at": write.at}
    write.connection.execute(insert(RELEASES).values(**row, **asdict(facts), **asdict(count)))
    columns = {name: [getattr(f, name) for f in figures] for name in FIGURE}
    insert_columns(write, VALUES, {"release_id": repeat(release_id), **columns})
    keep_rejects(write, REJECTS.c.release_id, release_id, rejects)
    write.subject = ref
    write.details |= {"last_quarter": facts.last_quarter, **asdict(count)}
    return ref


def remove_release(write: Write, ref: str) -> int:
    """Take a release back; gives how many figures went."""
    release = release_by_ref(write.connection, ref)
    if release.undone_at is not None:
        raise Refused(f"{ref} was taken back already.", hint="See the history of releases.")
    gone = write.connection.execute(delete(VALUES).where(VALUES.c.release_id == release.id))
    write.connection.execute(
        update(RELEASES).where(RELEASES.c.id == release.id).values(undone_at=write.at)
    )
    write.details |= {"last_quarter": release.last_quarter, "figures": gone.rowcount}
    return gone.rowcount


def releases(connection: Connection, *, with_undone: bool = True) -> list[Release]:
    """The releases, the last imported first."""
    statement = select(RELEASES).order_by(RELEASES.c.id.desc())
    if not with_undone:
        statement = statement.where(RELEASES.c.undone_at.is_(None))
    return [_release(row) for row in connection.execute(statement)]


def release_by_ref(connection: Connection, ref: str) -> Release:
    """One release by its reference, such as PR-0001."""
    row = connection.execute(select(RELEASES).where(RELEASES.c.ref == ref)).one_or_none()
    if row is None:
        raise NotFound("Release", ref)
    return _release(row)


def same_release(connection: Connection, file_hash: str, content_hash: str) -> Release | None:
    """The release in force that came from the same file or says exactly the same."""
    same = or_(RELEASES.c.file_hash == file_hash, RELEASES.c.content_hash == content_hash)
    statement = select(RELEASES).where(same, RELEASES.c.undone_at.is_(None)).limit(1)
    row = connection.execute(statement).one_or_none()
    return _release(row) if row is not None else None


def rejects(connection: Connection, release_id: int) -> pd.DataFrame:
    """The refused rows of a release in the order of the file (REJECT_LINES)."""
    return kept_rejects(connection, REJECTS.c.release_id, release_id).drop(columns="id")


def published_areas(connection: Connection) -> list[tuple[str, str]]:
    """Platform and area, as published, of everything that has a figure."""
    is_published = or_(VALUES.c.low.is_not(None), VALUES.c.high.is_not(None))
    statement = select(VALUES.c.platform, VALUES.c.area).where(is_published).distinct()
    ordered = statement.order_by(VALUES.c.platform, VALUES.c.area)
    return [(row[0], row[1]) for row in connection.execute(ordered)]


def figures_of(
    connection: Connection, platform: str = "", areas: Iterable[str] | None = None
) -> list[tuple[Edition, list[Figure]]]:
    """The figures of every release in force; of one platform or some published areas only."""
    editions = {r.id: r.edition for r in releases(connection, with_undone=False)}
    columns = (VALUES.c[name] for name in FIGURE)
    statement = select(VALUES.c.release_id, *columns).order_by(VALUES.c.release_id)
    if platform:
        statement = statement.where(VALUES.c.platform == platform)
    if areas is not None:
        statement = statement.where(VALUES.c.area.in_(list(areas)))
    rows = connection.execute(statement)
    return [
        (editions[release_id], [Figure(*row[1:]) for row in some])
        for release_id, some in groupby(rows, key=itemgetter(0))
        if release_id in editions
    ]


def _release(row: Row[Any]) -> Release:
    fields = row._asdict()
    count = ReleaseCount(**{name: fields[name] for name in ReleaseCount.__dataclass_fields__})
    own = [name for name in Release.__dataclass_fields__ if name != "count"]
    return Release(**{name: fields[name] for name in own}, count=count)
