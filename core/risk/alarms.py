"""What a detector says of each period of a count series, and what it takes to say anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.stats.arrays import Bools, Floats, Ints

Counts = Ints
Flags = Bools


class Reason(IntEnum):
    """Why a period got its verdict; from ``SHORT_HISTORY`` on the detector cannot say."""

    JUDGED = 0
    FEW_CASES = 1
    SHORT_HISTORY = 2
    NO_CASES_BEFORE = 3
    NOT_FITTED = 4


@dataclass(frozen=True, slots=True)
class Alarms:
    """One row per judged period; all arrays have the same shape, periods on the last axis.

    ``expected``, ``upper`` and ``score`` are NaN where the detector cannot say. ``score`` is the
    excess over expectation, 1 at the upper bound. ``alarm`` is never true where it cannot say.
    """

    expected: Floats
    upper: Floats
    score: Floats
    alarm: Flags
    reason: NDArray[np.int8]

    @property
    def can_say(self) -> Flags:
        """True where there was enough to judge by; a period with few cases is judged quiet."""
        return np.asarray(self.reason <= Reason.FEW_CASES)


def checked_counts(counts: Counts) -> Counts:
    """The counts as they are, or a refusal when some are not whole numbers from 0 on."""
    if not np.issubdtype(counts.dtype, np.integer):
        raise BadInput("Counts must be whole numbers.", at=f"counts of type {counts.dtype}")
    if counts.size and int(counts.min()) < 0:
        raise BadInput("Counts cannot be negative.", at="counts")
    return counts.astype(np.int64, copy=False)


def excess_score(counts: Floats, expected: Floats, upper: Floats) -> Floats:
    """Excess over expectation in units of the bound's own; infinite where both are one."""
    room = upper - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (counts - expected) / room
    at_bound = (room == 0) & (counts == expected)
    return np.asarray(np.where(at_bound, 0.0, score))
