"""Live counts beside the filters of the queue: per value, per flag, per segment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, case, func, select, true, tuple_

from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment
from core.cases.model import Facets, FacetValue
from core.cases.windows import queue_windows
from core.storage.queue_conditions import (
    Condition,
    Look,
    conditions,
    dimension,
    has_flag,
    in_segment,
    source_of,
    where,
)
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES, OPEN_CASES, PARTNERS

Counts = dict[str, list[tuple[Any, int]]]


@dataclass(frozen=True)
class Counted:
    """The facets of a filter with the total of the filter itself."""

    facets: Facets
    total: int


def count_facets(
    reading: Reading, filter_: CaseFilter, look: Look, wanted: Sequence[str] = tuple(DIMENSIONS)
) -> Counted:
    """Counts for the wanted dimensions, all flags and all segments.

    A dimension with a selection is counted without it, so that other values keep their counts.
    """
    cases = source_of(filter_)
    parts = conditions(filter_, cases, look)
    chosen = [name for name in wanted if name in parts]
    free = [name for name in wanted if name not in parts]
    counts = _group(reading, cases, free, where(parts), look)
    for name in chosen:
        counts |= _group(reading, cases, [name], where(parts, but=[name]), look)
    total, flags = _flags(reading, cases, where(parts), look)
    values = {name: _values(reading, name, counts[name]) for name in wanted}
    return Counted(Facets(values, flags, _segments(reading, filter_, look)), total)


def _group(
    reading: Reading, cases: Table, names: Sequence[str], condition: Condition, look: Look
) -> Counts:
    """Every dimension's values in one pass over the cases."""
    found: Counts = defaultdict(list)
    if not names:
        return found
    inner = select(*(dimension(n, cases, look).label(n) for n in names)).where(condition)
    rows = inner.subquery()
    columns = [rows.c[name] for name in names]
    statement = select(func.grouping_id(*columns), func.count(), *columns).group_by(
        func.grouping_sets(*(tuple_(column) for column in columns))
    )
    every = (1 << len(names)) - 1
    for mask, number, *values in reading.rows(statement):
        # The one bit that is not set marks the column that the row is grouped by, from the left.
        place = len(names) - (every - mask).bit_length()
        found[names[place]].append((values[place], number))
    return defaultdict(list, found)


def _flags(
    reading: Reading, cases: Table, condition: Condition, look: Look
) -> tuple[int, dict[str, int]]:
    tallies = [_tally(has_flag(flag, cases, look)) for flag in Flag]
    statement = select(func.count(), *tallies).select_from(cases).where(condition)
    total, *numbers = reading.rows(statement)[0]
    return total, {flag.value: number for flag, number in zip(Flag, numbers, strict=True)}


def _segments(reading: Reading, filter_: CaseFilter, look: Look) -> dict[str, int]:
    """What each segment would hold with the rest of the filter as it is."""
    open_only = [segment for segment in Segment if segment.is_open_only]
    others = [segment for segment in Segment if not segment.is_open_only]
    found: dict[str, int] = {}
    for cases, segments in ((OPEN_CASES, open_only), (CASES, others)):
        parts = conditions(filter_, cases, look)
        tallies = [_tally(in_segment(segment, cases, look)) for segment in segments]
        statement = select(*tallies).select_from(cases).where(where(parts, but=["segment"]))
        numbers = reading.rows(statement)[0]
        found |= {segment.value: n for segment, n in zip(segments, numbers, strict=True)}
    return {segment.value: found[segment.value] for segment in Segment}


def _tally(condition: Condition) -> Any:
    if condition is true():
        return func.count()
    return func.count(case((condition, 1)))


def _values(
    reading: Reading, name: str, counts: Iterable[tuple[Any, int]]
) -> tuple[FacetValue, ...]:
    most = sorted(counts, key=lambda pair: (-pair[1], str(pair[0])))
    most = most[: queue_windows().most_facet_values]
    if name != "partner":
        return tuple(FacetValue(value, number) for value, number in most)
    names = _partners(reading, [value for value, _ in most if value is not None])
    unknown = ("", "")
    return tuple(
        FacetValue(*names.get(v, unknown)[:1], n, names.get(v, unknown)[1]) for v, n in most
    )


def _partners(reading: Reading, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    statement = select(PARTNERS.c.id, PARTNERS.c.ref, PARTNERS.c.name)
    rows = reading.rows(statement.where(PARTNERS.c.id.in_(ids)))
    return {id_: (ref, name) for id_, ref, name in rows}
