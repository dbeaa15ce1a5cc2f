"""Which week a case counts in when all weeks are cut as ripe as the current one is.

A Wednesday's half week is compared with half weeks, and a case that became known late counts in a
past week only if it was known by the same weekday and time then.
"""

from __future__ import annotations

import numpy as np

from core.risk.weeks import WeekWindows
from core.stats.arrays import Ints

NOT_COUNTED = -1


def ripe_week(windows: WeekWindows, at: Ints, known_at: Ints | None = None) -> Ints:
    """The position of each moment's week; negative before the first and from the cut of its own."""
    week = np.searchsorted(windows.starts, at, side="right") - 1
    cut = windows.ends[week]
    counted = (week >= 0) & (at < cut)
    if known_at is not None:
        counted &= known_at < cut
    found: Ints = np.where(counted, week, NOT_COUNTED).astype(np.int64)
    return found
