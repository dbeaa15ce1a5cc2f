"""Counts cases by clause: the open ones, and those that each version of a clause decided."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from core.cases.filter import CaseFilter, Segment
from core.storage.clause_register import DecidedCases
from core.storage.queue_conditions import Look, conditions, where
from core.storage.queue_matches import Extent, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES, OPEN_CASES

OPEN = CaseFilter(segment=Segment.OPEN)
ALL = CaseFilter(segment=Segment.ALL)


def open_by(reading: Reading, look: Look, name: str) -> Mapping[str, int]:
    """How many open cases in scope have each value of a column."""

    def counted() -> dict[str, int]:
        column = OPEN_CASES.c[name]
        chosen = where(conditions(OPEN, OPEN_CASES, look))
        statement = select(column, func.count()).where(chosen).group_by(column)
        return {str(row[0]): int(row[1]) for row in reading.rows(statement)}

    return reading.remember(("open by", name, look.sight), counted)


def decided_by_version(reading: Reading, look: Look, decided: DecidedCases) -> Mapping[str, int]:
    """How many cases in scope each version of a clause decided."""

    def counted() -> Mapping[str, int]:
        found = matches(reading, ALL, look, Extent(CASES))
        return decided.counts(found.rows.ids[found.all()])

    return reading.remember(("decided by version", decided.mark, look.sight), counted)
