"""The last decisions on a partner's cases that may be spoken of: not restricted, not under a hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.access.model import Scope
from core.clock import from_micros
from core.storage.one_case import CASES, DECISIONS, GRANTS
from core.storage.scope import OPEN, visible


@dataclass(frozen=True, slots=True)
class TakenDecision:
    """What was decided in which case."""

    case_ref: str
    at: datetime
    outcome: str
    clause: str
    overturn_reason: str


def taken_decisions(
    connection: Connection, scope: Scope, partner_id: int, since: int, most: int
) -> tuple[TakenDecision, ...]:
    """Decisions since a moment, the newest first."""
    statement = (
        select(
            CASES.c.ref,
            DECISIONS.c.at,
            DECISIONS.c.outcome,
            DECISIONS.c.clause,
            DECISIONS.c.overturn_reason,
        )
        .join(CASES, CASES.c.id == DECISIONS.c.case_id)
        .where(
            CASES.c.partner_id == partner_id,
            # A decision is an event, so it is no newer than the case's last one.
            CASES.c.last_event_at >= since,
            CASES.c.restriction == OPEN,
            ~CASES.c.legal_hold,
            visible(CASES, GRANTS, scope),
            DECISIONS.c.at >= since,
        )
        .order_by(DECISIONS.c.at.desc(), DECISIONS.c.id.desc())
        .limit(most)
    )
    return tuple(
        TakenDecision(row.ref, from_micros(row.at), row.outcome, row.clause, row.overturn_reason)
        for row in connection.execute(statement)
    )
