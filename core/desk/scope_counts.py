"""How many cases some filters hold now, as the reader may see them, in one sequence number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.storage.queue import count, with_grants


@dataclass(frozen=True, slots=True)
class ScopeCounts:
    """One number for each filter, and what they were counted in."""

    counts: tuple[int, ...]
    at: datetime
    version: int
    is_refreshing: bool


def count_scopes(desk: Desk, person: Person, filters: Sequence[CaseFilter]) -> ScopeCounts:
    """Count the cases of each filter."""
    looks = [look_of(desk, person, filter_)[0] for filter_ in (*filters, CaseFilter())]
    with desk.snapshot.reading() as reading:
        counts = [
            reading.remember(
                ("scope", filter_, look.sight, look.at),
                partial(count, reading, filter_, with_grants(reading, look)),
            )
            for filter_, look in zip(filters, looks, strict=False)
        ]
        return ScopeCounts(
            counts=tuple(counts),
            at=from_micros(looks[-1].at),
            version=reading.version,
            is_refreshing=reading.is_refreshing,
        )
