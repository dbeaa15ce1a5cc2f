"""Texts of cases that somebody may see, open ones only: what alike texts are looked for in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.storage.engine import Dialect
from core.storage.retention import CASES, TEXTS
from core.storage.sets import among

OPEN = "open"  # the restriction of cases whose texts may be compared


@dataclass(frozen=True, slots=True)
class TextOfCase:
    """What a case is told by, and what tells its weight."""

    id: int
    ref: str
    text: str
    clause: str
    priority: str
    received_at: int


def texts_of(
    connection: Connection, ids: Sequence[int], dialect: Dialect
) -> tuple[TextOfCase, ...]:
    """Title and summary of those of the cases that are not restricted and not erased."""
    rows = connection.execute(
        select(
            CASES.c.id,
            CASES.c.ref,
            TEXTS.c.title,
            TEXTS.c.summary,
            CASES.c.clause,
            CASES.c.priority,
            CASES.c.received_at,
        )
        .join(TEXTS, TEXTS.c.case_id == CASES.c.id)
        .where(
            among(CASES.c.id, ids, dialect),
            CASES.c.restriction == OPEN,
            TEXTS.c.erased_at.is_(None),
        )
        .order_by(CASES.c.id)
    )
    return tuple(
        TextOfCase(
            row.id,
            row.ref,
            f"{row.title}. {row.summary}",
            row.clause,
            row.priority,
            row.received_at,
        )
        for row in rows
        if row.title or row.summary
    )
