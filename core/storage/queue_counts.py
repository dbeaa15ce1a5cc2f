"""Live counts beside the filters of the queue: per value, per flag, per segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, select

from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment, Sort
from core.cases.model import Facets, FacetValue
from core.cases.windows import queue_windows
from core.storage.queue_conditions import (
    DUE_OF,
    Look,
    conditions,
    has_flag,
    in_segment,
    is_missed,
    where,
)
from core.storage.queue_matches import Extent, Matches, codes_of, extent_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Mask
from core.storage.snapshot.tables import CASES, OPEN_CASES


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
    extent = extent_of(filter_, look)
    found = matches(reading, filter_, look, extent)
    everything = _Picked(reading, extent, found, found.all())
    values = {}
    for name in wanted:
        picked = everything
        if name in found.parts:
            picked = _Picked(reading, extent, found, found.all(but=[name]))
        values[name] = _values(reading, name, picked.counts(name, look))
    flags = {flag.value: _flagged(reading, filter_, look, flag, everything) for flag in Flag}
    facets = Facets(values, flags, _segments(reading, filter_, look))
    return Counted(facets, everything.number)


class _Picked:
    """Some rows of a table, ready to be counted by one dimension after the other.

    Fewer than half are taken by position; of more, the rest is taken from what all rows give.
    """

    def __init__(self, reading: Reading, extent: Extent, found: Matches, among: Mask) -> None:
        self.number = int(np.count_nonzero(among))
        self.among = among
        self.extent = extent
        self._reading, self._found = reading, found
        self._is_most = self.number * 2 > len(among)
        self._positions = np.flatnonzero(~among if self._is_most else among)

    def tally(self, condition: ColumnElement[bool]) -> int:
        """How many of the rows satisfy one more condition."""
        return self._found.tally(condition, self.among)

    def counts(self, name: str, look: Look) -> list[tuple[Any, int]]:
        """Each value with how many of the rows have it; a missing number is ``None``."""
        cases = self.extent.cases
        codes, values = codes_of(self._reading, self._found, self.extent, name)
        numbers = np.bincount(codes[self._positions], minlength=len(values))
        if self._is_most:
            key = ("totals", cases.name, self.extent.since, name)
            every = self._reading.remember(key, lambda: np.bincount(codes, minlength=len(values)))
            numbers = every - numbers
        counts = {v: n for v, n in zip(values, numbers.tolist(), strict=True) if n}
        if name in DUE_OF:
            self._pass_on_missed(counts, name, look)
        return list(counts.items())

    def _pass_on_missed(self, counts: dict[Any, int], name: str, look: Look) -> None:
        """Running clocks that are past due count as breached."""
        missed = self._found.tally(is_missed(name, self.extent.cases, look), self.among)
        if missed:
            counts["running"] -= missed
            counts["breached"] = counts.get("breached", 0) + missed
        if counts.get("running") == 0:
            del counts["running"]


def _flagged(reading: Reading, filter_: CaseFilter, look: Look, flag: Flag, picked: _Picked) -> int:
    if flag is not Flag.AT_RISK or filter_.is_open_only:
        return picked.tally(has_flag(flag, picked.extent.cases, look))
    if filter_.segment is not Segment.ALL:
        return 0
    # Only an open case can be at risk, and the share of all others need not be worked out.
    found = matches(reading, filter_, look, Extent(OPEN_CASES))
    return found.tally(has_flag(flag, OPEN_CASES, look), found.all())


def _segments(reading: Reading, filter_: CaseFilter, look: Look) -> dict[str, int]:
    """What each segment would hold with the rest of the filter as it is."""
    found = matches(reading, filter_, look, Extent(OPEN_CASES))
    ground = found.all(but=["segment"])
    counts = {
        segment: found.tally(in_segment(segment, OPEN_CASES, look), ground)
        for segment in Segment
        if segment.is_open_only
    }
    closed = filter_.having(segment=Segment.RECENTLY_CLOSED, sort=Sort.URGENCY)
    ended = matches(reading, closed, look, extent_of(closed, look))
    counts[Segment.RECENTLY_CLOSED] = int(np.count_nonzero(ended.all()))
    counts[Segment.ALL] = _count_all(reading, filter_, look)
    return {segment.value: counts[segment] for segment in Segment}


def _count_all(reading: Reading, filter_: CaseFilter, look: Look) -> int:
    """Cases in every state; without the arrays of all cases DuckDB counts them.

    Most filters mean the same every minute, so that number holds as long as the version.
    """
    everything = filter_.having(segment=Segment.ALL)
    # Only an open case has a clock that runs.
    is_open = Flag.AT_RISK in filter_.flags or filter_.due_within is not None
    if is_open or reading.holds(CASES):
        extent = Extent(OPEN_CASES if is_open else CASES)
        return int(np.count_nonzero(matches(reading, everything, look, extent).all()))
    parts = conditions(everything, CASES, look)
    return reading.number(select(func.count()).select_from(CASES).where(where(parts)))


def _values(reading: Reading, name: str, counts: list[tuple[Any, int]]) -> tuple[FacetValue, ...]:
    most = queue_windows().most_facet_values
    counts.sort(key=itemgetter(1), reverse=True)
    if len(counts) > most:
        least = counts[most - 1][1]
        counts = [pair for pair in counts if pair[1] >= least]
    counts.sort(key=lambda pair: (-pair[1], str(pair[0])))
    if name != "partner":
        return tuple(FacetValue(value, number) for value, number in counts[:most])
    names = reading.partners
    return tuple(_of_partner(names.get(value), number) for value, number in counts[:most])


def _of_partner(named: tuple[str, str] | None, number: int) -> FacetValue:
    ref, name = named or ("", "")
    return FacetValue(ref, number, name)
