"""Rows of pairs of partners that somebody has said differ."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from core.storage.engine import Write
from core.storage.tables import PartnerDismissalRow
from core.storage.tables.base import table_of

DISMISSALS = table_of(PartnerDismissalRow)
Pair = tuple[int, int]  # the lower key first


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Who said that two partners differ, and when."""

    by: str
    at: int


def dismissals(connection: Connection) -> dict[Pair, Dismissal]:
    """Every pair that somebody has said differs, the newest first."""
    rows = connection.execute(select(DISMISSALS).order_by(DISMISSALS.c.dismissed_at.desc()))
    return {
        (row.first_id, row.second_id): Dismissal(row.dismissed_by, row.dismissed_at) for row in rows
    }


def dismiss(write: Write, pair: Pair) -> None:
    """Note that two partners differ."""
    write.connection.execute(
        insert(DISMISSALS).values(
            first_id=pair[0],
            second_id=pair[1],
            dismissed_by=write.draft.actor,
            dismissed_at=write.at,
        )
    )


def propose_again(write: Write, pair: Pair) -> None:
    """Forget that two partners differ."""
    mine = (DISMISSALS.c.first_id == pair[0]) & (DISMISSALS.c.second_id == pair[1])
    write.connection.execute(delete(DISMISSALS).where(mine))
