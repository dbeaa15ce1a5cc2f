"""Cases received on each day of a zone, by the values of a dimension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.cases.filter import CaseFilter, Segment
from core.cases.windows import day_edges
from core.stats.arrays import Ints
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES
from core.storage.weeked_cases import dimension_of


@dataclass(frozen=True, eq=False, slots=True)
class DayCounts:
    """One row of ``counts`` for all cases (``None``), then one per value; '' is the unknown one."""

    names: tuple[str | None, ...]
    counts: Ints


def day_counts(
    reading: Reading,
    filter_: CaseFilter,
    look: Look,
    days: tuple[date, ...],
    zone: str,
    dimension: str,
) -> DayCounts:
    """The cases of every state; a value without a case on any of the days has no row."""
    found = matches(reading, filter_.having(segment=Segment.ALL), look, Extent(CASES))
    received = found.rows.numbers(CASES.c.received_at).numbers
    edges = day_edges(days, zone)
    chosen = np.flatnonzero(found.all() & (received >= edges[0]) & (received < edges[-1]))
    day = np.searchsorted(edges, received[chosen], side="right") - 1
    by = dimension_of(reading, found, dimension, chosen)
    counted = np.bincount(by.codes * len(days) + day, minlength=len(by.values) * len(days))
    table = counted.reshape(len(by.values), len(days)).astype(np.int64)
    return DayCounts((None, *by.values), np.vstack([table.sum(axis=0, keepdims=True), table]))
