"""Which rows of the snapshot satisfy a filter, part by part, so that counts can leave a part out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Table

from core.cases.filter import CaseFilter, Segment
from core.cases.windows import queue_windows
from core.storage.queue_conditions import DAY_US, Look, conditions
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Coded, Mask
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES, OPEN_CASES, QUEUE_COLUMNS


@dataclass(frozen=True)
class Matches:
    """The rows that each part of a filter lets through, and the means to ask more about them."""

    rows: Evaluator
    parts: Mapping[str, Mask]

    def all(self, but: Collection[str] = ()) -> Mask:
        """The rows that every part lets through, some parts left out."""
        masks = [mask for name, mask in self.parts.items() if name not in but]
        found = masks[0]
        for mask in masks[1:]:
            found = found & mask
        return found

    def tally(self, condition: ColumnElement[bool], among: Mask) -> int:
        """How many of some rows satisfy one more condition."""
        return int(np.count_nonzero(self.rows.mask(condition) & among))


class Extent(NamedTuple):
    """Rows to look through: a table, or its recent part; of some partners only, where named."""

    cases: Table
    since: int | None = None
    partners: tuple[str, ...] = ()


def extent_of(filter_: CaseFilter, look: Look) -> Extent:
    """The smallest extent that holds every case of the filter."""
    if filter_.is_open_only:
        return Extent(OPEN_CASES)
    if filter_.segment is Segment.RECENTLY_CLOSED:
        return recent(look)
    return Extent(CASES)


def narrow_extent(filter_: CaseFilter, look: Look) -> Extent:
    """The same, narrowed to the filter's partners: for what asks about nobody else."""
    return extent_of(filter_, look)._replace(partners=filter_.partner)


def recent(look: Look, days: int = 0) -> Extent:
    """Cases to which something happened in the last days, at least those that every view shows.

    It begins before the first of the days in every zone, and stays the same for a whole day.
    """
    return Extent(CASES, recent_since(look.at, days))


def recent_since(at: int, days: int = 0) -> int:
    """Where the recent part begins that a view at a moment looks through."""
    windows = queue_windows()
    longest = max(days, windows.spark_days, windows.recently_closed_days)
    return (at // DAY_US - longest - 1) * DAY_US


def matches(reading: Reading, filter_: CaseFilter, look: Look, extent: Extent) -> Matches:
    """Judge the rows of an extent; one with partners needs a filter with the same."""
    parts = conditions(filter_, extent.cases, look)
    whole = Extent(extent.cases, extent.since)
    everything = reading.evaluator(*whole[:2])
    # Long to work out and the same for many filters: whom it may concern, and what a text or a gap named.
    kept = {
        "scope": ("scope", whole, look.scope, look.granted),
        "found": ("found", whole, look.found),
        "gap": ("gap", whole, look.gap),
    }
    masks = {
        name: reading.remember(key, partial(everything.mask, parts.pop(name)))
        for name, key in kept.items()
        if name in parts
    }
    rows = everything
    if extent.partners:
        theirs = partial(_places, everything, parts.pop("partner"))
        places = reading.remember(("places", extent), theirs)
        rows = everything.chosen(places)
        masks = {name: mask[places] for name, mask in masks.items()}
    return Matches(rows, masks | {name: rows.mask(part) for name, part in parts.items()})


def _places(rows: Evaluator, condition: ColumnElement[bool]) -> npt.NDArray[np.intp]:
    return np.flatnonzero(rows.mask(condition))


def codes_of(
    reading: Reading, found: Matches, extent: Extent, name: str
) -> tuple[npt.NDArray[Any], Sequence[Any]]:
    """The code of each row in a dimension, and the value of each code; a partner is its key."""
    cases = extent.cases
    column = cases.c.partner_id if name == "partner" else cases.c[name]
    held = found.rows.column(column)
    if isinstance(held, Coded):
        return held.codes, held.values

    def numbered() -> tuple[npt.NDArray[Any], Sequence[Any]]:
        known = True if held.known is None else held.known
        codes = np.where(known, held.numbers + 1, 0)
        return codes, [None, *range(int(codes.max(initial=0)))]

    return reading.remember(("numbered", str(column), extent), numbered)


def hold_ready(reading: Reading, at: int) -> None:
    """Fetch the arrays that views of every kind need, so that the first of each need not wait."""
    cases = reading.snapshot.column_set(reading, CASES, None)
    reading.evaluator(OPEN_CASES)
    reading.evaluator(CASES, recent_since(at))
    cases.fetch(reading.cursor, QUEUE_COLUMNS)
