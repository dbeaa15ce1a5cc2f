"""Cases of a filter counted by coded dimensions and weeks, from the arrays of the snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.cases.filter import CaseFilter, Segment
from core.cases.windows import clock_changes, day_of
from core.risk.heat_ask import DAY, HOUR, TIMES, WEEK, WEEKDAY, HeatmapAsk
from core.risk.heat_measures import MeasureDefinition
from core.risk.heat_table import HeatTable, Stretch
from core.risk.heat_values import CodedCases
from core.risk.weeks import WeekWindows
from core.storage.queue_conditions import HOUR_US, TO_A_MONDAY, Look
from core.storage.queue_matches import Extent, Matches, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES
from core.storage.weeked_cases import week_of
from core.taxonomy import taxonomy

Codes = npt.NDArray[Any]
HOURS_OF_WEEK = 7 * 24
BLOCK = 1 << 15  # cases at a time, so that their numbers stay near the processor


class _Named(NamedTuple):
    """A dimension: the code of each row, and the value of each code; a partner is its key."""

    codes: Codes
    values: Sequence[Any]


@dataclass(frozen=True)
class Ground:
    """What cells are counted in: the cases of a filter that somebody may see, and their weeks."""

    reading: Reading
    filter: CaseFilter
    look: Look
    windows: WeekWindows
    zone: str

    def found(self) -> Matches:
        """The rows of every state."""
        everything = self.filter.having(segment=Segment.ALL)
        return matches(self.reading, everything, self.look, Extent(CASES))


def weekly_table(ground: Ground, names: Sequence[str], most: int) -> HeatTable:
    """Counts by one or two dimensions and by week; of each the values with most cases, at most."""
    found = ground.found()
    week = week_of(ground.reading, found, ground.windows)
    inside = found.all() & (week >= 0)
    weeks = len(ground.windows.mondays)
    sizes: list[int] = []
    words: list[tuple[str, ...]] = []
    places: list[tuple[Codes, Codes]] = []  # of each row its code, of each code its place
    left_out = 0
    for name in reversed(names):
        codes, values = _dimension(ground, found, name)
        kept, dropped = _largest(codes, inside, len(values), name, most)
        place = np.full(len(values), len(kept), dtype=np.int32)
        place[kept] = np.arange(len(kept))
        stride = int(np.prod(sizes, dtype=np.int64)) * (weeks + 1)
        places.append((codes, place * np.int32(stride)))
        sizes.insert(0, len(kept) + 1)
        words.insert(0, tuple(_word(ground.reading, name, values[at]) for at in kept) or ("",))
        left_out += dropped
    while len(sizes) < 2:
        sizes.append(1)
        words.append(("",))
    # What is in none of the weeks counts in one more, which is cut off.
    cell = np.where(inside, week, np.int16(weeks)).astype(np.int64)
    for first in range(0, len(cell), BLOCK):
        rows = slice(first, first + BLOCK)
        for codes, place in places:
            cell[rows] += place.take(codes[rows])
    counts = np.bincount(cell, minlength=sizes[0] * sizes[1] * (weeks + 1))
    shaped = counts.reshape(sizes[0], sizes[1], weeks + 1)[:, :, :weeks]
    # Many tables are remembered, so they are kept small.
    short = shaped.astype(np.min_scalar_type(-int(shaped.max(initial=0)) - 1))
    return HeatTable(words[0], words[1], _filled(short, words), left_out)


def _filled(counts: Codes, words: Sequence[tuple[str, ...]]) -> Codes:
    """Room for the word that stands where a dimension has none, and for what is left out."""
    room = [max(0, len(w) + 1 - size) for w, size in zip(words, counts.shape, strict=False)]
    if not any(room):
        return counts
    return np.pad(counts, [(0, room[0]), (0, room[1]), (0, 0)])


def _largest(
    codes: Codes, inside: npt.NDArray[np.bool_], size: int, name: str, most: int
) -> tuple[npt.NDArray[np.intp], int]:
    """Places of the values to keep in the order of the list, and how many are left out."""
    if name in TIMES:
        return np.arange(size), 0
    some = codes if inside.all() else codes[inside]
    counts = np.bincount(some, minlength=size)
    present = int((counts > 0).sum())
    kept = np.sort(np.argsort(-counts, kind="stable")[: min(most, present)])
    return kept, present - len(kept)


def _dimension(ground: Ground, found: Matches, name: str) -> _Named:
    if name in {WEEKDAY, HOUR}:
        hours = _hour_of_week(ground, found)
        if name == WEEKDAY:
            return _Named(hours // 24, tuple(str(day) for day in range(7)))
        return _Named(hours % 24, tuple(f"{hour:02}" for hour in range(24)))
    return _Named(*codes_of(ground.reading, found, Extent(CASES), name))


def _word(reading: Reading, name: str, value: Any) -> str:
    if name != "partner":
        return str(value)
    return reading.partners[value][0] if value in reading.partners else ""


def _hour_of_week(ground: Ground, found: Matches) -> Codes:
    """The hour of the local week, from Monday's first, in which each case was received."""

    def count() -> Codes:
        at = np.asarray(found.rows.numbers(CASES.c.received_at).numbers)
        if not len(at):
            return np.zeros(0, np.int16)
        days = (day_of(int(at.min()), ground.zone), day_of(int(at.max()), ground.zone))
        starts, ahead = np.array(clock_changes(ground.zone, *days)).T
        told = np.empty(len(at), np.int16)
        for first in range(0, len(at), BLOCK):
            some = at[first : first + BLOCK]
            place = np.maximum(np.searchsorted(starts, some, side="right") - 1, 0)
            hours = (some + (ahead + TO_A_MONDAY).take(place)) // HOUR_US
            told[first : first + BLOCK] = hours % HOURS_OF_WEEK
        return told

    return ground.reading.remember(("hours", ground.zone), count)


def measured_cases(
    ground: Ground, ask: HeatmapAsk, stretch: Stretch, measure: MeasureDefinition
) -> CodedCases:
    """The cases of the shown weeks that a measure counts, with row, column and amount of each."""
    counted = measure.counted(ground.filter, stretch.mondays[0])
    found = matches(ground.reading, counted, ground.look, Extent(CASES))
    week = week_of(ground.reading, found, ground.windows)
    inside = found.all() & (week >= stretch.start) & (week < stretch.end)
    amount = _amounts(ground, found, measure)
    if amount.known is not None:
        inside &= amount.known
    rows = np.flatnonzero(inside)
    axis = partial(_axis, ground, found, stretch, rows, week[rows])
    (row_codes, row_words), (column_codes, column_words) = axis(ask.rows), axis(ask.columns)
    return CodedCases(row_words, column_words, row_codes, column_codes, amount.of(rows))


class _Amounts(NamedTuple):
    numbers: Codes
    known: npt.NDArray[np.bool_] | None = None

    def of(self, rows: Codes) -> npt.NDArray[np.float64]:
        return np.asarray(self.numbers[rows], np.float64)


def _amounts(ground: Ground, found: Matches, measure: MeasureDefinition) -> _Amounts:
    if measure.hits is not None:
        hits = matches(ground.reading, measure.hits(ground.filter), ground.look, Extent(CASES))
        return _Amounts(hits.all())
    if measure.kind == "p90":
        spent = found.rows.numbers(CASES.c.ttr_us)
        return _Amounts(spent.numbers, spent.known)
    codes, values = codes_of(ground.reading, found, Extent(CASES), "priority")
    lists = taxonomy()
    known = {p: lists.harm_weight(p) for p in lists.priorities}
    least = min(known.values())  # as in the order of the queue
    weights = [known.get(p, least) for p in values]
    return _Amounts(np.array(weights or [least])[codes])


def _axis(
    ground: Ground, found: Matches, stretch: Stretch, rows: Codes, week: Codes, name: str
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Codes of some rows in a dimension with the words of those codes; time in its order."""
    if name == WEEK:
        return week.astype(np.int64) - stretch.start, stretch.names(WEEK)
    if name == DAY:
        days = _hour_of_week(ground, found)[rows] // 24
        return (week - stretch.start) * np.int64(7) + days, stretch.names(DAY)
    codes, values = _dimension(ground, found, name)
    own = codes[rows]
    if name in TIMES:
        return own.astype(np.int64), tuple(values)
    present = np.flatnonzero(np.bincount(own, minlength=len(values)))
    place = np.zeros(len(values), dtype=np.int64)
    place[present] = np.arange(len(present))
    return place[own], tuple(_word(ground.reading, name, values[at]) for at in present.tolist())
