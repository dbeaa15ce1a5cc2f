"""Live counts beside the filters of the queue: per value, per flag, per segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import case, func, select

from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment, Sort
from core.cases.model import Facets, FacetValue
from core.cases.windows import queue_windows
from core.storage.queue_conditions import (
    Look,
    conditions,
    dimension,
    has_flag,
    in_segment,
    source_of,
    where,
)
from core.storage.queue_matches import matches
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded, Column, Mask
from core.storage.snapshot.tables import CASES, OPEN_CASES

FEW = 8  # below one row in so many, picking by position is the faster way


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
    dimensions = {name: dimension(name, cases, look) for name in wanted}
    flags = {flag: has_flag(flag, cases, look) for flag in Flag}
    found = matches(reading, filter_, look, cases, [*dimensions.values(), *flags.values()])
    everything = found.all()
    values = {}
    for name, expression in dimensions.items():
        among = found.all(but=[name]) if name in found.parts else everything
        counts = _counts(found.rows.column(expression), among)
        values[name] = _values(reading, name, counts)
    facets = Facets(
        values,
        {flag.value: found.tally(condition, everything) for flag, condition in flags.items()},
        _segments(reading, filter_, look),
    )
    return Counted(facets, int(np.count_nonzero(everything)))


def _counts(column: Column, among: Mask) -> list[tuple[Any, int]]:
    """Each value with how many of the rows have it; a missing number is ``None``."""
    if isinstance(column, Coded):
        numbers = np.bincount(_picked(column.codes, among), minlength=len(column.values))
        return [(v, n) for v, n in zip(column.values, numbers.tolist(), strict=True) if n]
    known = among if column.known is None else among & column.known
    numbers = np.bincount(_picked(column.numbers, known))
    counts: list[tuple[Any, int]] = [(int(v), int(numbers[v])) for v in np.flatnonzero(numbers)]
    unknown = int(np.count_nonzero(among)) - int(np.count_nonzero(known))
    return [*counts, (None, unknown)] if unknown else counts


def _picked(values: npt.NDArray[Any], among: Mask) -> npt.NDArray[Any]:
    """The values of some rows: nothing is copied for all of them, few are taken by position."""
    number = np.count_nonzero(among)
    if number == len(among):
        return values
    if number * FEW < len(among):
        return values[np.flatnonzero(among)]
    return values[among]


def _segments(reading: Reading, filter_: CaseFilter, look: Look) -> dict[str, int]:
    """What each segment would hold with the rest of the filter as it is."""
    open_only = [segment for segment in Segment if segment.is_open_only]
    cuts = {segment: in_segment(segment, OPEN_CASES, look) for segment in open_only}
    found = matches(reading, filter_, look, OPEN_CASES, list(cuts.values()))
    ground = found.all(but=["segment"])
    counts = {segment: found.tally(cut, ground) for segment, cut in cuts.items()}
    others = reading.remember(
        ("segments", filter_.but(segment=Segment.ALL, sort=Sort.URGENCY), look),
        lambda: _finished_segments(reading, filter_, look),
    )
    return {segment.value: (counts | others)[segment] for segment in Segment}


def _finished_segments(reading: Reading, filter_: CaseFilter, look: Look) -> dict[Segment, int]:
    """The two segments with finished cases: too many rows to hold as arrays for one number."""
    recent = in_segment(Segment.RECENTLY_CLOSED, CASES, look)
    statement = select(func.count(), func.count(case((recent, 1)))).select_from(CASES)
    parts = conditions(filter_, CASES, look)
    every, late = reading.rows(statement.where(where(parts, but=["segment"])))[0]
    return {Segment.ALL: every, Segment.RECENTLY_CLOSED: late}


def _values(
    reading: Reading, name: str, counts: Iterable[tuple[Any, int]]
) -> tuple[FacetValue, ...]:
    most = sorted(counts, key=lambda pair: (-pair[1], str(pair[0])))
    most = most[: queue_windows().most_facet_values]
    if name != "partner":
        return tuple(FacetValue(value, number) for value, number in most)
    names = reading.partners
    unknown = ("", "")
    return tuple(
        FacetValue(*names.get(v, unknown)[:1], n, names.get(v, unknown)[1]) for v, n in most
    )
