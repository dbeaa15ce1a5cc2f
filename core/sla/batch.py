"""The five clocks of a million cases: the same as ``clocks``, in arrays, as a frame of columns.

The frame is the cache that stands beside each case in the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.clock import to_micros
from core.sla.coded import case_marks, read_events
from core.sla.columns import cache_columns
from core.sla.rows import lay_out
from core.sla.shapes import CLOCK_CACHE

if TYPE_CHECKING:
    from datetime import datetime

    from core.sla.model import SlaBook

# Small enough that the working arrays stay in the processor's cache; any size gives the same.
CASES_AT_ONCE = 50_000


def clock_frame(
    cases: pd.DataFrame,
    events: pd.DataFrame,
    book: SlaBook,
    at: datetime,
    *,
    at_once: int = CASES_AT_ONCE,
) -> pd.DataFrame:
    """``CLOCK_CACHE`` of ``SLA_CASES`` and ``SLA_EVENTS`` as known at ``at``."""
    keys = events["key"].to_numpy()
    pieces = []
    for begin in range(0, len(cases), at_once):
        some = cases.iloc[begin : begin + at_once]
        edges = some["key"].iloc[[0, -1]].to_numpy()
        low = np.searchsorted(keys, edges[0], side="left")
        high = np.searchsorted(keys, edges[1], side="right")
        pieces.append(_piece(some, events.iloc[low:high], book, at))
    return pd.concat(pieces) if pieces else CLOCK_CACHE.empty()


def _piece(cases: pd.DataFrame, events: pd.DataFrame, book: SlaBook, at: datetime) -> pd.DataFrame:
    until = to_micros(at)
    coded = read_events(cases, events, until)
    marks = case_marks(coded, len(cases))
    rows = lay_out(coded, marks, book, until)
    frame = pd.DataFrame(cache_columns(rows, marks), index=cases.index)
    return CLOCK_CACHE.check(frame)
