"""What a brief counts: cases by one dimension, and the last decisions that may be spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.clock import from_micros
from core.storage.one_case import CASES, DECISIONS, GRANTS
from core.storage.queue_conditions import Look
from core.storage.queue_matches import codes_of, matches, narrow_extent
from core.storage.scope import OPEN, visible
from core.storage.sets import among
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES as HELD


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
    extent = narrow_extent(filter_, look)
    found = matches(reading, filter_, look, extent)
    rows = np.flatnonzero(found.all())
    codes, values = codes_of(reading, found, extent, name)
    held, counts = np.unique(np.asarray(codes)[rows], return_counts=True)
    pairs = [(str(values[code]), int(n)) for code, n in zip(held, counts, strict=True)]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def lately_touched(
    reading: Reading, look: Look, filter_: CaseFilter, since: int
) -> tuple[int, ...]:
    """Cases of a filter, not under a hold, to which something happened since a moment; by id."""
    found = matches(reading, filter_, look, narrow_extent(filter_, look))
    late = found.rows.mask(HELD.c.last_event_at >= since)
    free = ~found.rows.mask(HELD.c.legal_hold)
    return tuple(sorted(found.rows.ids[found.all() & late & free].tolist()))


def taken_decisions(
    connection: Connection, scope: Scope, case_ids: Sequence[int], since: int, most: int
) -> tuple[TakenDecision, ...]:
    """Decisions since a moment on those of the cases that may be spoken of, the newest first."""
    dialect: Any = connection.dialect.name
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
            among(DECISIONS.c.case_id, case_ids, dialect),
            DECISIONS.c.at >= since,
            CASES.c.restriction == OPEN,
            ~CASES.c.legal_hold,
            visible(CASES, GRANTS, scope),
        )
        .order_by(DECISIONS.c.at.desc(), DECISIONS.c.id.desc())
        .limit(most)
    )
    return tuple(
        TakenDecision(row.ref, from_micros(row.at), row.outcome, row.clause, row.overturn_reason)
        for row in connection.execute(statement)
    )
