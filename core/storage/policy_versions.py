"""Writes fetched versions of policy documents with the verdicts on them, and takes imports back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.errors import Conflict, Refused
from core.policy.affected import ClauseText
from core.policy.classify import Verdict
from core.policy.model import AffectedClause, Kind
from core.policy.weigh import Weight
from core.storage.bulk import insert_columns, take_ids, update_columns
from core.storage.engine import Write
from core.storage.policy_documents import (
    CLAUSES,
    DOCUMENTS,
    IMPORTS,
    PERMILLE,
    REJECTS,
    SECTIONS,
    TEXTS,
    VERSIONS,
    PolicyCount,
    PolicyReject,
    passages_as_json,
    policy_import_by_ref,
    unpack,
)
from core.storage.reference import clauses

PIECE = 500  # keys in one statement


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A document by its names."""

    service: str
    name: str
    platform: str

    def __str__(self) -> str:
        return f"{self.service}/{self.name}"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A kept version in the line of its document."""

    id: int
    key: str
    import_id: int
    fetched_at: int
    place: int
    text_hash: str
    content_hash: str
    words: int
    kind: str
    against: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to keep; its text is kept apart, by hash."""

    key: str
    fetched_at: int
    place: int
    name: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with what follows from it."""

    verdict: Verdict
    weight: Weight
    abuse_types: tuple[str, ...]
    clauses: tuple[AffectedClause, ...]


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """What is to be written of one document, made while the store could still change."""

    document: DocumentKey
    newest_id: int  # of its versions when the plan was made, 0 for none
    version_count: int
    new: tuple[NewVersion, ...]
    gone: tuple[int, ...]  # ids of versions that are taken back
    judged: tuple[Judged, ...]
    taken_back: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """What is known of an import."""

    source: str
    file_name: str
    by: str


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """A kept change with its passages, for finding twins."""

    key: str
    document: str  # service and name
    at: int
    passages: str


def line_of(connection: Connection, document: DocumentKey) -> tuple[LineRow, ...]:
    """The kept versions of a document in order of time."""
    names = LineRow.__dataclass_fields__
    statement = (
        select(*(VERSIONS.c[name] for name in names))
        .join(DOCUMENTS, DOCUMENTS.c.id == VERSIONS.c.document_id)
        .where(DOCUMENTS.c.service == document.service, DOCUMENTS.c.name == document.name)
        .order_by(VERSIONS.c.fetched_at, VERSIONS.c.place, VERSIONS.c.id)
    )
    return tuple(LineRow(*row) for row in connection.execute(statement))


def documents_of(connection: Connection, import_id: int) -> tuple[DocumentKey, ...]:
    """The documents of which an import brought versions."""
    statement = (
        select(DOCUMENTS.c.service, DOCUMENTS.c.name, DOCUMENTS.c.platform)
        .join(VERSIONS, VERSIONS.c.document_id == DOCUMENTS.c.id)
        .where(VERSIONS.c.import_id == import_id)
        .distinct()
    )
    return tuple(DocumentKey(*row) for row in connection.execute(statement))


def text_of(connection: Connection, text_hash: str) -> str:
    """A kept text by its hash."""
    statement = select(TEXTS.c.packed).where(TEXTS.c.hash == text_hash)
    return unpack(connection.execute(statement).scalar_one())


def clause_texts(connection: Connection) -> tuple[ClauseText, ...]:
    """The newest version of each clause of the register."""
    found = {
        c.key: ClauseText(c.key, c.abuse_type, f"{c.title} {c.body}") for c in clauses(connection)
    }
    return tuple(found.values())


def kept_changes(connection: Connection) -> list[MarkedRow]:
    """Every change with the passages of its sections, one row for each section."""
    statement = (
        select(
            VERSIONS.c.key,
            (DOCUMENTS.c.service + "/" + DOCUMENTS.c.name).label("document"),
            VERSIONS.c.fetched_at,
            SECTIONS.c.passages,
        )
        .join(DOCUMENTS, DOCUMENTS.c.id == VERSIONS.c.document_id)
        .join(SECTIONS, SECTIONS.c.version_id == VERSIONS.c.id)
        .where(VERSIONS.c.kind == Kind.CHANGE.value)
        .order_by(VERSIONS.c.id, SECTIONS.c.place)
    )
    return [MarkedRow(*row) for row in connection.execute(statement)]


def add_import(write: Write, facts: ImportFacts, count: PolicyCount) -> tuple[int, str]:
    """The id and reference of a new import."""
    import_id = take_ids(write, IMPORTS, 1)
    ref = f"PD-{import_id:04d}"
    row = {"id": import_id, "ref": ref, "imported_at": write.at, **asdict(facts), **asdict(count)}
    write.connection.execute(insert(IMPORTS).values(**row))
    write.subject = ref
    write.details |= {"source": facts.source, **asdict(count)}
    return import_id, ref


def add_rejects(write: Write, import_id: int, rejects: Sequence[PolicyReject]) -> None:
    """Keep what could not become a version."""
    if not rejects:
        return
    first = take_ids(write, REJECTS, len(rejects))
    columns = {n: [getattr(r, n) for r in rejects] for n in PolicyReject.__dataclass_fields__}
    ids = range(first, first + len(rejects))
    insert_columns(write, REJECTS, {"id": ids, "import_id": repeat(import_id), **columns})


def add_texts(write: Write, packed: Mapping[str, str]) -> None:
    """Keep texts that are not here yet."""
    here = {
        found
        for piece in _pieces(sorted(packed))
        for found in write.connection.execute(
            select(TEXTS.c.hash).where(TEXTS.c.hash.in_(piece))
        ).scalars()
    }
    new = [text_hash for text_hash in packed if text_hash not in here]
    insert_columns(write, TEXTS, {"hash": new, "packed": [packed[h] for h in new]})


def write_document(write: Write, import_id: int, plan: DocumentPlan) -> None:
    """Bring the line of a document to what was planned; refused when it changed meanwhile."""
    line = line_of(write.connection, plan.document)
    if (max((r.id for r in line), default=0), len(line)) != (plan.newest_id, plan.version_count):
        raise Conflict(
            "Somebody imported versions of the same document just now.",
            hint="Import it again; what is here already is left as it is.",
        )
    _remove(write, plan.gone)
    ids = {row.key: row.id for row in line}
    if plan.new:
        ids |= _add_versions(write, import_id, _document_id(write, plan.document), plan.new)
    _write_verdicts(write, ids, plan.judged)
    gone = {row.key for row in line if row.id in set(plan.gone)}
    keys = [key for key in ids if key not in gone]
    at = [plan.taken_back.get(key) for key in keys]
    update_columns(write, VERSIONS, "key", {"key": keys, "taken_back_at": at})


def write_twins(write: Write, groups: Mapping[str, str]) -> None:
    """Set which changes are the same; all others stand alone."""
    write.connection.execute(update(VERSIONS).values(twin_group=""))
    columns = {"key": list(groups), "twin_group": list(groups.values())}
    update_columns(write, VERSIONS, "key", columns)


def end_import(write: Write, ref: str) -> None:
    """Mark an import as taken back, and let go of what no version needs any more."""
    found = policy_import_by_ref(write.connection, ref)
    if found.undone_at is not None:
        raise Refused(f"{ref} was taken back already.", hint="See the history of imports.")
    connection = write.connection
    connection.execute(delete(REJECTS).where(REJECTS.c.import_id == found.id))
    connection.execute(delete(TEXTS).where(TEXTS.c.hash.not_in(select(VERSIONS.c.text_hash))))
    used = select(VERSIONS.c.document_id)
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.id.not_in(used)))
    mine = update(IMPORTS).where(IMPORTS.c.id == found.id)
    connection.execute(mine.values(undone_at=write.at))


def _document_id(write: Write, document: DocumentKey) -> int:
    statement = select(DOCUMENTS.c.id).where(
        DOCUMENTS.c.service == document.service, DOCUMENTS.c.name == document.name
    )
    found = write.connection.execute(statement).scalar_one_or_none()
    if found is not None:
        return int(found)
    document_id = take_ids(write, DOCUMENTS, 1)
    write.connection.execute(insert(DOCUMENTS).values(id=document_id, **asdict(document)))
    return document_id


def _add_versions(
    write: Write, import_id: int, document_id: int, new: Sequence[NewVersion]
) -> dict[str, int]:
    first = take_ids(write, VERSIONS, len(new))
    ids = range(first, first + len(new))
    columns = {n: [getattr(v, n) for v in new] for n in NewVersion.__dataclass_fields__}
    owners = {"document_id": repeat(document_id), "import_id": repeat(import_id)}
    empty = dict.fromkeys(("kind", "reason", "against", "importance", "because"), repeat(""))
    more = dict.fromkeys(("abuse_types", "twin_group", "content_hash"), repeat(""))
    none = dict.fromkeys(("words", "words_added", "words_removed"), repeat(0))
    insert_columns(write, VERSIONS, {"id": ids, **columns, **owners, **empty, **more, **none})
    return dict(zip(columns["key"], ids, strict=True))


def _remove(write: Write, gone: Sequence[int]) -> None:
    for piece in _pieces(gone):
        for table in (SECTIONS, CLAUSES):
            write.connection.execute(delete(table).where(table.c.version_id.in_(piece)))
        write.connection.execute(delete(VERSIONS).where(VERSIONS.c.id.in_(piece)))


def _write_verdicts(write: Write, ids: Mapping[str, int], judged: Sequence[Judged]) -> None:
    keys = [ids[one.verdict.key] for one in judged]
    for piece in _pieces(keys):
        for table in (SECTIONS, CLAUSES):
            write.connection.execute(delete(table).where(table.c.version_id.in_(piece)))
    told = [one.verdict for one in judged]
    columns: dict[str, list[Any]] = {
        "id": keys,
        "kind": [v.kind.value for v in told],
        "reason": [v.reason for v in told],
        "against": [v.against for v in told],
        "content_hash": [v.content for v in told],
        "words": [v.words for v in told],
        "importance": [one.weight.level for one in judged],
        "because": [" ".join(one.weight.because) for one in judged],
        "abuse_types": [" ".join(one.abuse_types) for one in judged],
        "words_added": [v.comparison.words_added for v in told],
        "words_removed": [v.comparison.words_removed for v in told],
    }
    update_columns(write, VERSIONS, "id", columns)
    _add_sections(write, ids, judged)
    touched = [(ids[one.verdict.key], clause) for one in judged for clause in one.clauses]
    insert_columns(
        write,
        CLAUSES,
        {
            "version_id": [version_id for version_id, _ in touched],
            "clause": [clause.clause for _, clause in touched],
            "why": [clause.why for _, clause in touched],
            "likeness_permille": [round(c.likeness_share * PERMILLE) for _, c in touched],
        },
    )


def _add_sections(write: Write, ids: Mapping[str, int], judged: Sequence[Judged]) -> None:
    rows = [
        (ids[one.verdict.key], place, section)
        for one in judged
        for place, section in enumerate(one.verdict.comparison.sections)
    ]
    sections = [section for _, _, section in rows]
    columns: dict[str, list[Any]] = {
        "version_id": [version_id for version_id, _, _ in rows],
        "place": [place for _, place, _ in rows],
        "path": [json.dumps(s.path, ensure_ascii=False) for s in sections],
        "was": [json.dumps(s.was, ensure_ascii=False) for s in sections],
        "edit": [s.edit.value for s in sections],
        "words_added": [s.words_added for s in sections],
        "words_removed": [s.words_removed for s in sections],
        "passages": [passages_as_json(s.passages) for s in sections],
    }
    insert_columns(write, SECTIONS, columns)


def _pieces(keys: Sequence[object]) -> Iterable[Sequence[object]]:
    return (keys[start : start + PIECE] for start in range(0, len(keys), PIECE))
