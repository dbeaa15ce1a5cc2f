"""Cases of a filter by week and by coded dimensions, from the arrays of the snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.cases.filter import CaseFilter, Segment
from core.risk.maturity import ripe_week
from core.risk.weeked_cases import Dimension, WeekedCases
from core.risk.weeks import WeekWindows
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, Matches, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES

Places = npt.NDArray[np.intp]


def weeked_cases(
    reading: Reading,
    filter_: CaseFilter,
    look: Look,
    names: Sequence[str],
    windows: WeekWindows,
) -> WeekedCases:
    """The cases of every state received in these weeks, oldest week first.

    Values are those of the filter: '' is unknown, a partner goes by its reference.
    """
    everything = filter_.having(segment=Segment.ALL)
    found = matches(reading, everything, look, Extent(CASES))
    week = week_of(reading, found, windows)
    chosen = np.flatnonzero(found.all() & (week >= 0))
    dimensions = tuple(dimension_of(reading, found, name, chosen) for name in names)
    return WeekedCases(dimensions, week[chosen].astype(np.int64), len(windows.mondays))


def week_of(reading: Reading, found: Matches, windows: WeekWindows) -> npt.NDArray[np.int16]:
    """The week of each row, negative outside of all."""

    def count() -> npt.NDArray[np.int16]:
        received = found.rows.numbers(CASES.c.received_at).numbers
        return ripe_week(windows, received).astype(np.int16)

    edges = (*windows.starts.tolist(), int(windows.ends[-1]))
    return reading.remember(("weeks", edges), count)


def dimension_of(reading: Reading, found: Matches, name: str, chosen: Places) -> Dimension:
    codes, values = codes_of(reading, found, Extent(CASES), name)
    own = codes[chosen]
    present = np.flatnonzero(np.bincount(own, minlength=len(values)))
    place = np.zeros(len(values), dtype=np.int64)
    place[present] = np.arange(len(present))
    words = tuple(_word(reading, name, values[code]) for code in present.tolist())
    return Dimension(name, words, place[own])


def _word(reading: Reading, name: str, value: Any) -> str:
    if name != "partner":
        return str(value)
    return reading.partners[value][0] if value in reading.partners else ""
