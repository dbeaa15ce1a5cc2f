"""Rows of assessments and of verdicts put in their place: added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, tuple_

from core.audit.chain import canonical
from core.cases.filter import CaseFilter
from core.clock import from_micros, to_micros
from core.risk.framework import Assessment, Outcome, Override
from core.risk.framework_record import (
    assessment_text,
    outcome_text,
    read_assessment,
    read_outcome,
)
from core.risk.subjects import Kind, Subject
from core.storage.engine import Write
from core.storage.tables import AssessmentOverrideRow, AssessmentRow
from core.storage.tables.base import table_of

ASSESSMENTS = table_of(AssessmentRow)
OVERRIDES = table_of(AssessmentOverrideRow)


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """An assessment as stored; ``assessment`` carries the last of its overrides, if there is any."""

    id: int
    subject: Subject
    assessment: Assessment
    outcome: Outcome
    outcome_text: str
    overrides: tuple[Override, ...]  # oldest first
    is_erased: bool

    @property
    def ref(self) -> str:
        """How it is named everywhere."""
        return assessment_ref(self.id)


def assessment_ref(assessment_id: int) -> str:
    """The reference of an assessment, from its key."""
    return f"A-{assessment_id:04d}"


def params_text(filter_: CaseFilter) -> str:
    """A filter as the text that is stored."""
    return canonical(filter_.to_params())


def read_params(text: str) -> CaseFilter:
    """The inverse of ``params_text``; a part that no list knows any more is left out."""
    return CaseFilter.from_params(json.loads(text or "{}"))[0]


def add_assessment(write: Write, subject: Subject, assessment: Assessment, outcome: Outcome) -> int:
    """Keep an assessment with what it came to; gives its key."""
    found = write.connection.execute(
        insert(AssessmentRow)
        .values(
            kind=subject.kind.value,
            subject_key=subject.key,
            title=subject.title,
            params=params_text(subject.filter),
            table_version=assessment.version,
            content_hash=assessment.content_hash,
            record=assessment_text(assessment),
            outcome=outcome_text(outcome),
            made_by=assessment.by,
            made_at=to_micros(assessment.at),
        )
        .returning(ASSESSMENTS.c.id)
    )
    return int(found.scalar_one())


def add_override(write: Write, assessment_id: int, override: Override, outcome: Outcome) -> None:
    """Keep a verdict in place of the table's; the assessment itself stays as it was."""
    write.connection.execute(
        insert(AssessmentOverrideRow).values(
            assessment_id=assessment_id,
            verdict=override.verdict,
            reason=override.reason,
            outcome=outcome_text(outcome),
            made_by=override.by,
            made_at=to_micros(override.at),
        )
    )


def assessment_by_id(connection: Connection, assessment_id: int) -> StoredAssessment | None:
    """One assessment, or None."""
    found = _read(connection, select(ASSESSMENTS).where(ASSESSMENTS.c.id == assessment_id))
    return found[0] if found else None


def assessments_of(connection: Connection, subjects: Sequence[str]) -> list[StoredAssessment]:
    """All assessments of these subjects, named ``kind:key``, the newest first."""
    pairs = [tuple(ref.split(":", 1)) for ref in subjects]
    wanted = tuple_(ASSESSMENTS.c.kind, ASSESSMENTS.c.subject_key).in_(pairs)
    return _read(connection, select(ASSESSMENTS).where(wanted).order_by(ASSESSMENTS.c.id.desc()))


def assessments_over(connection: Connection, filter_: CaseFilter) -> list[StoredAssessment]:
    """All assessments of whatever has these cases as its scope, the newest first."""
    wanted = ASSESSMENTS.c.params == params_text(filter_)
    return _read(connection, select(ASSESSMENTS).where(wanted).order_by(ASSESSMENTS.c.id.desc()))


def newest_assessments(connection: Connection) -> dict[str, StoredAssessment]:
    """The last assessment of each subject, by the subject's reference."""
    newest = select(func.max(ASSESSMENTS.c.id)).group_by(
        ASSESSMENTS.c.kind, ASSESSMENTS.c.subject_key
    )
    found = _read(connection, select(ASSESSMENTS).where(ASSESSMENTS.c.id.in_(newest)))
    return {stored.subject.ref: stored for stored in found}


def assessments_before(
    connection: Connection, before_id: int | None, limit: int
) -> list[StoredAssessment]:
    """So many assessments from the newest down."""
    statement = select(ASSESSMENTS).order_by(ASSESSMENTS.c.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(ASSESSMENTS.c.id < before_id)
    return _read(connection, statement)


def _read(connection: Connection, statement: Select[Any]) -> list[StoredAssessment]:
    rows = connection.execute(statement).all()
    said = _overrides(connection, [row.id for row in rows])
    return [_stored(row, said.get(row.id, [])) for row in rows]


def _overrides(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    if ids:
        wanted = OVERRIDES.c.assessment_id.in_(ids)
        for row in connection.execute(select(OVERRIDES).where(wanted).order_by(OVERRIDES.c.id)):
            found.setdefault(row.assessment_id, []).append(row)
    return found


def _stored(row: Row[Any], said: Sequence[Row[Any]]) -> StoredAssessment:
    overrides = tuple(
        Override(one.verdict, one.reason, one.made_by, from_micros(one.made_at)) for one in said
    )
    last = overrides[-1] if overrides else None
    text = said[-1].outcome if said else row.outcome
    return StoredAssessment(
        id=row.id,
        subject=Subject(Kind(row.kind), row.subject_key, row.title, read_params(row.params)),
        assessment=replace(read_assessment(row.record), override=last),
        outcome=read_outcome(text, last),
        outcome_text=text,
        overrides=overrides,
        is_erased=row.erased_at is not None or any(one.erased_at is not None for one in said),
    )
