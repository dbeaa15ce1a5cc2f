"""Rows of the clause register: what is added to it, and how many cases each version decided.

A version is never rewritten; adding one only says when the version before it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    cast,
    func,
    insert,
    select,
    true,
    update,
)

from core.clock import from_micros, to_micros
from core.policy.feed import BETWEEN
from core.storage.engine import Write
from core.storage.reference import CLAUSES, Clause
from core.storage.tables import ClauseAdditionRow, DecisionRow
from core.storage.tables.base import table_of

ADDITIONS = table_of(ClauseAdditionRow)
DECISIONS = table_of(DecisionRow)
_Keys = npt.NDArray[np.int64]
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
        """How many of the seen cases each version decided."""
        if not len(self.case_ids):
            return {}
        # Keys of cases are dense, so that a mark for each is the quickest way to look them up.
        is_seen = np.zeros(max(self.case_ids.max(), seen.max(initial=0)) + 1, dtype=bool)
        is_seen[seen] = True
        chosen = self.codes[is_seen[self.case_ids]]
        numbers = np.bincount(chosen, minlength=len(self.refs))
        return {ref: int(n) for ref, n in zip(self.refs, numbers, strict=True) if n}


def decided_cases(connection: Connection, before: DecidedCases | None = None) -> DecidedCases:
    """Cases by version; what was read before is only added to where nothing was taken out."""
    mark = decision_mark(connection)
    if before is not None and before.mark == mark:
        return before
    facts = DECISIONS.c
    if before is not None:
        is_newer = facts.id > before.mark.last_id
        count = select(func.count()).select_from(DECISIONS).where(is_newer)
        if before.mark.count + int(connection.execute(count).scalar_one()) == mark.count:
            return _joined(before, mark, _listed(connection, is_newer))
    nothing = DecidedCases(mark, np.empty(0, np.int64), np.empty(0, np.int32), ())
    return _joined(nothing, mark, _listed(connection, true()))


def _listed(connection: Connection, which: ColumnElement[bool]) -> dict[str, _Keys]:
    """Keys of cases by version; each version is one row, because many rows take long to fetch."""
    facts = DECISIONS.c
    keys = func.aggregate_strings(cast(facts.case_id, Text), ",")
    statement = (
        select(facts.clause, facts.clause_version, keys)
        .where(facts.clause != "", which)
        .group_by(facts.clause, facts.clause_version)
    )
    return {
        f"{row[0]}{BETWEEN}{row[1]}": np.fromstring(row[2], dtype=np.int64, sep=",")
        for row in connection.execute(statement)
    }


def _joined(before: DecidedCases, mark: DecisionMark, more: Mapping[str, _Keys]) -> DecidedCases:
    refs = tuple(dict.fromkeys([*before.refs, *more]))
    codes = {ref: code for code, ref in enumerate(refs)}
    # One number for each pair, so that each stands once.
    held = before.codes.astype(np.int64) * FURTHEST_CASE + before.case_ids
    new = [keys + codes[ref] * FURTHEST_CASE for ref, keys in more.items()]
    pairs = np.unique(np.concatenate([held, *new]))
    chosen = (pairs // FURTHEST_CASE).astype(np.int32)
    return DecidedCases(mark, pairs % FURTHEST_CASE, chosen, refs)
