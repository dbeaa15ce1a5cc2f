"""Which open gap costs most: places with their intervals, and where they cannot be told apart. Pure.

Places among few are drawn, not worked out: ``core.stats.ranks`` takes a sum over many others for
nearly certain, and with two or three gaps nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import Predicted, square_root_scale
from core.stats.arrays import Floats

MEASURE = "wrong"  # the hit that gaps are ranked by
KEPT = 64


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one gap: 1 costs most; ``first`` and ``last`` are the ends of its interval.

    ``alike`` are the gaps that cannot be told from it: a tie, whichever is listed first.
    """

    ref: str
    expected: Predicted
    first: int
    last: int
    alike: tuple[str, ...]


def ranked(expected: Iterable[tuple[str, Predicted]]) -> tuple[Place, ...]:
    """The gaps by what is foreseen for each, the most first; equal ones by reference.

    Each is taken as foreseen on its own, though two gaps may share cases.
    """
    ordered = tuple(sorted(expected, key=lambda one: (-one[1].mean, one[0])))
    return _ranked(ordered) if ordered else ()


@lru_cache(KEPT)
def _ranked(ordered: tuple[tuple[str, Predicted], ...]) -> tuple[Place, ...]:
    scale = np.array([square_root_scale(predicted) for _, predicted in ordered])
    first, last = _intervals(scale)
    alike = _alike(scale)
    refs = [ref for ref, _ in ordered]
    return tuple(
        Place(ref, predicted, first[at], last[at], tuple(refs[j] for j in alike[at]))
        for at, (ref, predicted) in enumerate(ordered)
    )


def _intervals(scale: Floats) -> tuple[list[int], list[int]]:
    """First and last place of each, around the place that it is listed at."""
    rules = impact_rules()
    # Always the same draws: the same gaps keep their places.
    noise = np.random.default_rng(rules.draw_seed).standard_normal((rules.draws, len(scale)))
    drawn = scale[:, 0] + noise * scale[:, 1]
    places = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1) + 1
    found = np.quantile(places, _ends(), axis=0, method="inverted_cdf").astype(int)
    listed = np.arange(1, len(scale) + 1)
    return np.minimum(found[0], listed).tolist(), np.maximum(found[1], listed).tolist()


def _alike(scale: Floats) -> list[list[int]]:
    """For each the others that may as well cost more as less."""
    mean, spread = scale[:, 0], scale[:, 1]
    apart = np.sqrt(spread[:, None] ** 2 + spread[None, :] ** 2)
    above = ndtr((mean[:, None] - mean[None, :]) / apart)
    low, high = _ends()
    alike = (above > low) & (above < high) & ~np.eye(len(scale), dtype=bool)
    return [np.flatnonzero(row).tolist() for row in alike]


def _ends() -> tuple[float, float]:
    level = impact_rules().interval
    return (1 - level) / 2, (1 + level) / 2
