"""Which open gap costs most: places with their intervals, and where they cannot be told apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import Predicted, square_root_scale
from core.stats.ranks import ranks

MEASURE = "wrong"  # the hit that gaps are ranked by
LOWEST_SHARE = 0.1  # asked for by the ranks, not shown


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one gap: 1 costs most; ``first`` and ``last`` are the ends of its interval.

    Gaps of one ``tie``, a range of places, cannot be told apart from one another.
    """

    ref: str
    expected: Predicted
    first: int
    last: int
    tie: tuple[int, int]

    @property
    def is_tied(self) -> bool:
        """True where it shares its places with another gap."""
        return self.tie[0] < self.tie[1]


def ranked(expected: Sequence[tuple[str, Predicted]]) -> tuple[Place, ...]:
    """The gaps by what is foreseen for each, the most first; equal ones by reference.

    Each is taken as foreseen on its own, though two gaps may share cases.
    """
    if not expected:
        return ()
    ordered = sorted(expected, key=lambda one: (-one[1].mean, one[0]))
    scale = [square_root_scale(predicted) for _, predicted in ordered]
    # The lowest rank is 1, and most comes first.
    mean, spread = -np.array([m for m, _ in scale]), np.array([s for _, s in scale])
    found = ranks(mean, spread, impact_rules().interval, LOWEST_SHARE)
    first, last = found.low.astype(int).tolist(), found.high.astype(int).tolist()
    # An interval always holds the place that the gap is listed at.
    first = [min(low, at) for at, low in enumerate(first, start=1)]
    last = [max(high, at) for at, high in enumerate(last, start=1)]
    ties = _ties(first, last)
    return tuple(
        Place(ref, predicted, low, high, tie)
        for (ref, predicted), low, high, tie in zip(ordered, first, last, ties, strict=True)
    )


def _ties(first: Sequence[int], last: Sequence[int]) -> list[tuple[int, int]]:
    """For each gap the range of places between the two clear steps around it.

    A step is clear where no interval reaches across it.
    """
    ties: list[tuple[int, int]] = []
    begins = 0
    for at in range(1, len(first) + 1):
        is_clear = at == len(first) or (max(last[begins:at]) <= at and min(first[at:]) > at)
        if is_clear:
            ties += [(begins + 1, at)] * (at - begins)
            begins = at
    return ties
