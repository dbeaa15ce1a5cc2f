"""Cases of a filter by day and by one dimension, from the arrays of the snapshot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.cases.filter import CaseFilter, Segment
from core.stats.arrays import Floats
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class DayTable:
    """Counts of values × days."""

    values: tuple[str, ...]
    counts: Floats

    def of(self, values: Sequence[str]) -> Floats:
        """The rows of these values, zero where one does not occur."""
        places = {value: place for place, value in enumerate(self.values)}
        none = np.zeros(self.counts.shape[1])
        return np.array([self.counts[places[v]] if v in places else none for v in values]).reshape(
            len(values), self.counts.shape[1]
        )


def per_day(
    reading: Reading, filter_: CaseFilter, look: Look, moment: str, edges: Sequence[int]
) -> Floats:
    """Cases of a filter on each day between the edges, by their ``moment``."""
    place = _days(reading, filter_, look, moment, edges)[1]
    return np.bincount(place, minlength=len(edges) - 1).astype(np.float64)


def per_value_and_day(  # noqa: PLR0913, PLR0917 -- a table has two sides
    reading: Reading,
    filter_: CaseFilter,
    look: Look,
    moment: str,
    edges: Sequence[int],
    dimension: str,
    excluded: Collection[str],
) -> DayTable:
    """The same by the values of a dimension, without some of them."""
    rows, day = _days(reading, filter_, look, moment, edges)
    found = matches(reading, filter_, look, Extent(CASES))
    codes, values = codes_of(reading, found, Extent(CASES), dimension)
    days = len(edges) - 1
    flat = codes[rows].astype(np.int64) * days + day
    counts = np.bincount(flat, minlength=len(values) * days).reshape(-1, days).astype(np.float64)
    kept = [p for p, v in enumerate(values) if v not in excluded and counts[p].any()]
    return DayTable(tuple(str(values[p]) for p in kept), counts[kept])


def first_and_last(reading: Reading, look: Look) -> tuple[int, int] | None:
    """The moments at which the first and the last case in sight was received."""
    found = matches(reading, CaseFilter(segment=Segment.ALL), look, Extent(CASES))
    received = np.asarray(found.rows.numbers(CASES.c.received_at).numbers)[found.all()]
    return (int(received.min()), int(received.max())) if len(received) else None


def _days(
    reading: Reading, filter_: CaseFilter, look: Look, moment: str, edges: Sequence[int]
) -> tuple[Places, Places]:
    found = matches(reading, filter_, look, Extent(CASES))
    held = found.rows.numbers(CASES.c[moment])
    keep = found.all() if held.known is None else found.all() & held.known
    rows = np.flatnonzero(keep)
    place = np.searchsorted(np.asarray(edges), np.asarray(held.numbers)[rows], side="right") - 1
    inside = (place >= 0) & (place < len(edges) - 1)
    return rows[inside], place[inside]
