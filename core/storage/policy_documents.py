"""Reads what is kept of policy documents: the versions as the feed tells them, the texts, the history.

Nothing here is about a case, so every reader sees the same.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from core.clock import from_micros, to_micros
from core.errors import NotFound
from core.policy.model import (
    AffectedClause,
    AlsoOn,
    Edit,
    Kind,
    Passage,
    PolicyVersion,
    SectionChange,
    Words,
)
from core.storage.tables import (
    PolicyDocumentRow,
    PolicyImportRow,
    PolicyRejectRow,
    PolicySectionRow,
    PolicyTextRow,
    PolicyVersionClauseRow,
    PolicyVersionRow,
)
from core.storage.tables.base import table_of

IMPORTS = table_of(PolicyImportRow)
DOCUMENTS = table_of(PolicyDocumentRow)
TEXTS = table_of(PolicyTextRow)
VERSIONS = table_of(PolicyVersionRow)
SECTIONS = table_of(PolicySectionRow)
CLAUSES = table_of(PolicyVersionClauseRow)
REJECTS = table_of(PolicyRejectRow)
PERMILLE = 1000
PACKING = 3  # 159 kB take 2 ms and 49 kB; 6 takes 6 ms and 44 kB
TOLD = (Kind.CHANGE,)  # what the feed shows unfolded
FOLDED = (Kind.FIRST, Kind.NOISE, Kind.REVERT, Kind.DUPLICATE, Kind.REJECTED)


@dataclass(frozen=True, slots=True)
class PolicyCount:
    """Fetched versions: read = all the others together."""

    read: int = 0
    first: int = 0
    change: int = 0
    noise: int = 0
    revert: int = 0
    duplicate: int = 0
    rejected: int = 0
    known: int = 0  # here already from an earlier import


@dataclass(frozen=True, slots=True)
class PolicyImport:
    """One line of the history of imports."""

    id: int
    ref: str
    source: str
    file_name: str
    imported_at: int
    by: str
    undone_at: int | None
    count: PolicyCount


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A document with how much is known of it."""

    id: int
    service: str
    name: str
    platform: str
    versions: int
    changes: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyReject:
    """A fetched file that could not become a version."""

    name: str
    reason: str
    hint: str


def policy_changes(
    connection: Connection,
    *,
    kinds: Iterable[Kind] = TOLD,
    since: datetime | None = None,
    service: str = "",
    document: str = "",
    with_passages: bool = False,
) -> tuple[PolicyVersion, ...]:
    """The versions of some kinds, newest first; ``since`` is inclusive.

    The sections come without their passages unless asked for: a page of the feed needs few of them.
    Changes that say the same on several documents stand here one by one, each with ``also_on``.
    """
    where: list[ColumnElement[bool]] = [VERSIONS.c.kind.in_([kind.value for kind in kinds])]
    if since is not None:
        where.append(VERSIONS.c.fetched_at >= to_micros(since))
    if service:
        where.append(DOCUMENTS.c.service == service)
    if document:
        where.append(DOCUMENTS.c.name == document)
    return _versions(connection, and_(*where), with_passages=with_passages)


def policy_noise(connection: Connection, **narrow: Any) -> tuple[PolicyVersion, ...]:
    """All that the feed folds away, with the reason; narrowed like ``policy_changes``."""
    return policy_changes(connection, kinds=FOLDED, **narrow)


def policy_version(connection: Connection, key: str) -> PolicyVersion:
    """One version with everything that is known of it, by its key."""
    found = _versions(connection, VERSIONS.c.key == key, with_passages=True)
    if not found:
        raise NotFound("Policy version", key)
    return found[0]


def policy_text(connection: Connection, key: str) -> str:
    """The text of a version as it was fetched."""
    joined = VERSIONS.join(TEXTS, TEXTS.c.hash == VERSIONS.c.text_hash)
    statement = select(TEXTS.c.packed).select_from(joined).where(VERSIONS.c.key == key)
    packed = connection.execute(statement).scalar_one_or_none()
    if packed is None:
        raise NotFound("Policy version", key)
    return unpack(packed)


def policy_documents(connection: Connection) -> tuple[PolicyDocument, ...]:
    """Every document that has a version, by service and name."""
    changes = func.count().filter(VERSIONS.c.kind == Kind.CHANGE.value)
    statement = (
        select(
            DOCUMENTS.c.id,
            DOCUMENTS.c.service,
            DOCUMENTS.c.name,
            DOCUMENTS.c.platform,
            func.count().label("versions"),
            changes.label("changes"),
            func.min(VERSIONS.c.fetched_at).label("first_at"),
            func.max(VERSIONS.c.fetched_at).label("last_at"),
        )
        .join(VERSIONS, VERSIONS.c.document_id == DOCUMENTS.c.id)
        .group_by(DOCUMENTS.c.id, DOCUMENTS.c.service, DOCUMENTS.c.name, DOCUMENTS.c.platform)
        .order_by(DOCUMENTS.c.service, DOCUMENTS.c.name)
    )
    return tuple(
        PolicyDocument(
            id=row.id,
            service=row.service,
            name=row.name,
            platform=row.platform,
            versions=row.versions,
            changes=row.changes,
            first_at=from_micros(row.first_at),
            last_at=from_micros(row.last_at),
        )
        for row in connection.execute(statement)
    )


def policy_imports(connection: Connection) -> tuple[PolicyImport, ...]:
    """The imports so far, the last first, those taken back included."""
    rows = connection.execute(select(IMPORTS).order_by(IMPORTS.c.id.desc()))
    return tuple(_import(row) for row in rows)


def policy_import_by_ref(connection: Connection, ref: str) -> PolicyImport:
    """One import by its reference, such as PD-0001."""
    row = connection.execute(select(IMPORTS).where(IMPORTS.c.ref == ref)).one_or_none()
    if row is None:
        raise NotFound("Policy import", ref)
    return _import(row)


def policy_rejects(connection: Connection, import_id: int) -> tuple[PolicyReject, ...]:
    """What an import refused, in the order of its input."""
    statement = select(REJECTS.c.name, REJECTS.c.reason, REJECTS.c.hint)
    mine = statement.where(REJECTS.c.import_id == import_id).order_by(REJECTS.c.id)
    return tuple(PolicyReject(*row) for row in connection.execute(mine))


def pack(text: str) -> str:
    """A text as it is kept: deflated to about a quarter, in letters that every store takes."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), PACKING)).decode("ascii")


def unpack(packed: str) -> str:
    """The inverse of ``pack``."""
    return zlib.decompress(base64.b64decode(packed)).decode("utf-8")


def passages_as_json(passages: Sequence[Passage]) -> str:
    """Passages as they are kept."""
    kept = [[p.edit.value, [[run.edit.value, run.text] for run in p.runs]] for p in passages]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def passages_from_json(kept: str) -> tuple[Passage, ...]:
    """The inverse of ``passages_as_json``."""
    return tuple(
        Passage(Edit(edit), tuple(Words(Edit(e), text) for e, text in runs))
        for edit, runs in json.loads(kept or "[]")
    )


def _versions(
    connection: Connection, where: ColumnElement[bool], *, with_passages: bool
) -> tuple[PolicyVersion, ...]:
    joined = VERSIONS.join(DOCUMENTS, DOCUMENTS.c.id == VERSIONS.c.document_id)
    newest = (VERSIONS.c.fetched_at.desc(), VERSIONS.c.place.desc(), VERSIONS.c.id.desc())
    statement = (
        select(VERSIONS, DOCUMENTS.c.service, DOCUMENTS.c.platform, DOCUMENTS.c.name.label("title"))
        .select_from(joined)
        .where(where)
        .order_by(*newest)
    )
    rows = connection.execute(statement).all()
    some = select(VERSIONS.c.id).select_from(joined).where(where)
    sections = _sections(connection, some, with_passages=with_passages)
    clauses = _clauses(connection, some)
    twins = _twins(connection, {row.twin_group for row in rows} - {""})
    return tuple(
        replace(
            _version(row),
            sections=tuple(sections.get(row.id, ())),
            clauses=tuple(clauses.get(row.id, ())),
            also_on=tuple(t for t in twins.get(row.twin_group, ()) if t.key != row.key),
        )
        for row in rows
    )


def _version(row: Row[Any]) -> PolicyVersion:
    back = row.taken_back_at
    return PolicyVersion(
        key=row.key,
        service=row.service,
        platform=row.platform,
        document=row.title,
        at=from_micros(row.fetched_at),
        name=row.name,
        kind=Kind(row.kind),
        reason=row.reason,
        against=row.against,
        importance=row.importance,
        because=tuple(row.because.split()),
        abuse_types=tuple(row.abuse_types.split()),
        words_added=row.words_added,
        words_removed=row.words_removed,
        taken_back_at=None if back is None else from_micros(back),
    )


def _sections(
    connection: Connection, some: Any, *, with_passages: bool
) -> Mapping[int, list[SectionChange]]:
    names = ["version_id", "path", "was", "edit", "words_added", "words_removed"]
    names += ["passages"] if with_passages else []
    statement = (
        select(*(SECTIONS.c[name] for name in names))
        .where(SECTIONS.c.version_id.in_(some))
        .order_by(SECTIONS.c.version_id, SECTIONS.c.place)
    )
    found: dict[int, list[SectionChange]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.version_id].append(
            SectionChange(
                path=tuple(json.loads(row.path or "[]")),
                edit=Edit(row.edit),
                words_added=row.words_added,
                words_removed=row.words_removed,
                was=tuple(json.loads(row.was or "[]")),
                passages=passages_from_json(row.passages) if with_passages else (),
            )
        )
    return found


def _clauses(connection: Connection, some: Any) -> Mapping[int, list[AffectedClause]]:
    statement = select(CLAUSES).where(CLAUSES.c.version_id.in_(some))
    likest = statement.order_by(CLAUSES.c.likeness_permille.desc(), CLAUSES.c.clause)
    found: dict[int, list[AffectedClause]] = defaultdict(list)
    for row in connection.execute(likest):
        share = row.likeness_permille / PERMILLE
        found[row.version_id].append(AffectedClause(row.clause, row.why, share))
    return found


def _twins(connection: Connection, groups: set[str]) -> Mapping[str, list[AlsoOn]]:
    if not groups:
        return {}
    statement = (
        select(
            VERSIONS.c.twin_group,
            VERSIONS.c.key,
            DOCUMENTS.c.service,
            DOCUMENTS.c.platform,
            DOCUMENTS.c.name,
            VERSIONS.c.fetched_at,
        )
        .join(DOCUMENTS, DOCUMENTS.c.id == VERSIONS.c.document_id)
        .where(VERSIONS.c.twin_group.in_(sorted(groups)))
        .order_by(VERSIONS.c.fetched_at, VERSIONS.c.id)
    )
    found: dict[str, list[AlsoOn]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.twin_group].append(AlsoOn(*row[1:5], from_micros(row.fetched_at)))
    return found


def _import(row: Row[Any]) -> PolicyImport:
    fields = row._asdict()
    count = PolicyCount(**{name: fields[name] for name in PolicyCount.__dataclass_fields__})
    own = [name for name in PolicyImport.__dataclass_fields__ if name != "count"]
    return PolicyImport(**{name: fields[name] for name in own}, count=count)
