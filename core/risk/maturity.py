"""Which week a case counts in when all weeks are cut as ripe as the current one is.

A Wednesday's half week is compared with half weeks, and a case that became known late counts in a
past week only if it was known by the same weekday and time then.
"""

from __future__ import annotations

import numpy as np

from core.risk.weeks import DAYS_PER_WEEK, WeekWindows
from core.stats.arrays import Ints

NOT_COUNTED = -1
WEEK_US = DAYS_PER_WEEK * 24 * 3_600_000_000
BLOCK = 1 << 15  # moments at a time, so that their numbers stay near the processor


def ripe_week(windows: WeekWindows, at: Ints, known_at: Ints | None = None) -> Ints:
    """The position of each moment's week; negative before the first and from the cut of its own."""
    found = np.empty(len(at), np.int64)
    for first in range(0, len(at), BLOCK):
        rows = slice(first, first + BLOCK)
        found[rows] = _ripe(windows, at[rows], None if known_at is None else known_at[rows])
    return found


def _ripe(windows: WeekWindows, at: Ints, known_at: Ints | None) -> Ints:
    starts, last = windows.starts, len(windows.starts) - 1
    # A division finds the week or its neighbour: where clocks change, weeks differ by an hour.
    week = np.clip((at - starts[0]) * (1 / WEEK_US), 0, last).astype(np.int64)
    week += (at >= starts.take(week + 1, mode="clip")) & (week < last)
    week -= at < starts.take(week)
    cut = windows.ends.take(week, mode="clip")
    counted = (week >= 0) & (at < cut)
    if known_at is not None:
        counted &= known_at < cut
    return np.where(counted, week, NOT_COUNTED)
