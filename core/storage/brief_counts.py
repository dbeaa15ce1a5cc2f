"""What a brief counts: cases by one dimension, and the last decisions that may be spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, select

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.clock import from_micros
from core.storage.one_case import CASES, DECISIONS, GRANTS
from core.storage.queue_conditions import Look
from core.storage.queue_matches import codes_of, extent_of, matches
from core.storage.scope import OPEN, visible
from core.storage.snapshot import Reading


@dataclass(frozen=True, slots=True)
class TakenDecision:
    """What was decided in which case."""

    case_ref: str
    at: datetime
    outcome: str
    clause: str
    overturn_reason: str


def counts_by(reading: Reading, look: Look, filter_: CaseFilter, name: str) -> dict[str, int]:
    """How many cases of a filter have each value of a dimension, the most frequent first."""
    extent = extent_of(filter_, look)
    found = matches(reading, filter_, look, extent)
    rows = np.flatnonzero(found.all())
    codes, values = codes_of(reading, found, extent, name)
    held, counts = np.unique(np.asarray(codes)[rows], return_counts=True)
    pairs = [(str(values[code]), int(n)) for code, n in zip(held, counts, strict=True)]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def taken_decisions(
    connection: Connection, scope: Scope, partner_id: int, since: int, most: int
) -> tuple[TakenDecision, ...]:
    """Decisions since a moment on cases neither restricted nor under a hold, the newest first."""
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
