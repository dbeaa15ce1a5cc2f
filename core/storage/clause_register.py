"""Rows of the clause register: what is added to it, and how many cases each version decided.

A version is never rewritten; adding one only says when the version before it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, insert, select, update

from core.clock import from_micros, to_micros
from core.policy.feed import BETWEEN
from core.storage.engine import Write
from core.storage.reference import CLAUSES, Clause
from core.storage.tables import ClauseAdditionRow, DecisionRow
from core.storage.tables.base import table_of

ADDITIONS = table_of(ClauseAdditionRow)
DECISIONS = table_of(DecisionRow)
FURTHEST_CASE = 1 << 44  # keys of cases stay below


@dataclass(frozen=True, slots=True)
class ClauseAddition:
    """Who added a version of a clause here, and why."""

    importance: str
    reason: str
    added_by: str
    added_at: datetime
    is_erased: bool


@dataclass(frozen=True, slots=True)
class NewClauseVersion:
    """A version that is to be added after the last one."""

    version: str
    title: str
    body: str
    importance: str
    reason: str
    effective_at: datetime


def additions(connection: Connection) -> dict[tuple[str, str], ClauseAddition]:
    """Versions that were added here, by clause and version."""
    return {
        (row.clause, row.version): ClauseAddition(
            row.importance,
            row.reason,
            row.added_by,
            from_micros(row.added_at),
            row.erased_at is not None,
        )
        for row in connection.execute(select(ADDITIONS))
    }


def add_version(
    write: Write, last: Clause, new: NewClauseVersion, *, by: str = "", at: int | None = None
) -> None:
    """Add a version that begins where the last one ends; now and by the writer unless said."""
    begins = to_micros(new.effective_at)
    write.connection.execute(
        update(CLAUSES)
        .where(CLAUSES.c.key == last.key, CLAUSES.c.version == last.version)
        .values(effective_to_at=begins)
    )
    write.connection.execute(
        insert(CLAUSES).values(
            key=last.key,
            version=new.version,
            abuse_type=last.abuse_type,
            title=new.title,
            body=new.body,
            effective_from_at=begins,
        )
    )
    write.connection.execute(
        insert(ADDITIONS).values(
            clause=last.key,
            version=new.version,
            importance=new.importance,
            reason=new.reason,
            added_by=by or write.draft.actor,
            added_at=write.at if at is None else at,
        )
    )


def decided_under(connection: Connection, ref: str) -> set[int]:
    """Keys of the cases with a decision that refers to a version of a clause."""
    clause, _, version = ref.partition(BETWEEN)
    statement = select(DECISIONS.c.case_id).where(
        DECISIONS.c.clause == clause, DECISIONS.c.clause_version == version
    )
    return set(connection.execute(statement).scalars())


@dataclass(frozen=True, slots=True)
class DecisionMark:
    """Tells one state of the decisions from another: they are only added, or taken out."""

    last_id: int
    count: int


def decision_mark(connection: Connection) -> DecisionMark:
    """The state of the decisions now."""
    row = connection.execute(select(func.max(DECISIONS.c.id), func.count())).one()
    return DecisionMark(int(row[0] or 0), int(row[1]))


@dataclass(frozen=True, slots=True)
class DecidedCases:
    """Which cases each version of a clause decided: pairs of case and version, each once."""

    mark: DecisionMark
    case_ids: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]
    refs: tuple[str, ...]  # of a version, by code

    def counts(self, seen: npt.NDArray[np.int64]) -> Mapping[str, int]:
        """How many of the seen cases, sorted by key, each version decided."""
        if not len(self.case_ids) or not len(seen):
            return {}
        at = np.searchsorted(seen, self.case_ids)
        is_seen = seen[np.minimum(at, len(seen) - 1)] == self.case_ids
        numbers = np.bincount(self.codes[is_seen], minlength=len(self.refs))
        return {ref: int(n) for ref, n in zip(self.refs, numbers, strict=True) if n}


def decided_cases(connection: Connection, before: DecidedCases | None = None) -> DecidedCases:
    """Cases by version; what was read before is only added to where nothing was taken out."""
    mark = decision_mark(connection)
    if before is not None and before.mark == mark:
        return before
    facts = DECISIONS.c
    statement = select(facts.case_id, facts.clause, facts.clause_version).where(facts.clause != "")
    if before is not None:
        newer = statement.where(facts.id > before.mark.last_id)
        more = connection.execute(
            select(func.count()).select_from(DECISIONS).where(facts.id > before.mark.last_id)
        ).scalar_one()
        if before.mark.count + int(more) == mark.count:
            return _joined(before, mark, connection.execute(newer).all())
    nothing = DecidedCases(mark, np.empty(0, np.int64), np.empty(0, np.int32), ())
    return _joined(nothing, mark, connection.execute(statement).all())


def _joined(before: DecidedCases, mark: DecisionMark, rows: Any) -> DecidedCases:
    codes = {ref: code for code, ref in enumerate(before.refs)}
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    named = (f"{row[1]}{BETWEEN}{row[2]}" for row in rows)
    new = np.fromiter(
        (codes.setdefault(ref, len(codes)) for ref in named), dtype=np.int32, count=len(rows)
    )
    # One number for each pair, so that they are sorted at once.
    pairs = np.unique(
        np.r_[before.codes, new].astype(np.int64) * FURTHEST_CASE + np.r_[before.case_ids, ids]
    )
    chosen = (pairs // FURTHEST_CASE).astype(np.int32)
    return DecidedCases(mark, pairs % FURTHEST_CASE, chosen, tuple(codes))
