"""How many cases of a filter were received in each quarter, from the arrays of the snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.cases.filter import CaseFilter
from core.cases.windows import day_start
from core.risk.quarters import first_day, moved
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES


def received_per_quarter(
    reading: Reading, filter_: CaseFilter, look: Look, quarters: Sequence[str], zone: str
) -> list[int]:
    """One count per quarter of ``quarters``, which follow each other; days are those of the zone."""
    ends = (*quarters, moved(quarters[-1], 1))
    edges = [day_start(first_day(quarter), zone) for quarter in ends]
    found = matches(reading, filter_, look, Extent(CASES))
    received = found.rows.numbers(CASES.c.received_at).numbers[found.all()]
    places = np.searchsorted(edges, received, side="right")
    # Place 0 is before the first quarter, the last place after the last.
    counts: list[int] = np.bincount(places, minlength=len(ends) + 1)[1:-1].tolist()
    return counts
