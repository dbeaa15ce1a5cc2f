"""Which open gap costs most: places with their intervals, and where they cannot be told apart. Pure.

Places among few are drawn, not worked out: ``core.stats.ranks`` takes a sum over many others for
nearly certain, and with two or three gaps nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import Predicted, square_root_scale

MEASURE = "wrong"  # the hit that gaps are ranked by
KEPT = 64


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


def ranked(expected: Iterable[tuple[str, Predicted]]) -> tuple[Place, ...]:
    """The gaps by what is foreseen for each, the most first; equal ones by reference.

    Each is taken as foreseen on its own, though two gaps may share cases.
    """
    ordered = tuple(sorted(expected, key=lambda one: (-one[1].mean, one[0])))
    return _ranked(ordered) if ordered else ()


@lru_cache(KEPT)
def _ranked(ordered: tuple[tuple[str, Predicted], ...]) -> tuple[Place, ...]:
    first, last = _intervals([predicted for _, predicted in ordered])
    ties = _ties(first, last)
    return tuple(
        Place(ref, predicted, low, high, tie)
        for (ref, predicted), low, high, tie in zip(ordered, first, last, ties, strict=True)
    )


def _intervals(expected: Sequence[Predicted]) -> tuple[list[int], list[int]]:
    """First and last place of each, around the place that it is listed at."""
    rules = impact_rules()
    scale = np.array([square_root_scale(predicted) for predicted in expected])
    # Always the same draws: the same gaps keep their places.
    noise = np.random.default_rng(rules.draw_seed).standard_normal((rules.draws, len(scale)))
    drawn = scale[:, 0] + noise * scale[:, 1]
    places = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1) + 1
    ends = ((1 - rules.interval) / 2, (1 + rules.interval) / 2)
    found = np.quantile(places, ends, axis=0, method="inverted_cdf").astype(int)
    listed = np.arange(1, len(scale) + 1)
    return np.minimum(found[0], listed).tolist(), np.maximum(found[1], listed).tolist()


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
