"""Which cases moved an input: exact parts of one partner's change by channel, abuse type, or
whatever else its cases are cut by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.partners.score_rules import InputRules, Kind
from core.stats.arrays import Floats
from core.stats.beta_binomial import share_pull
from core.stats.gamma_poisson import ratio_pull
from core.stats.hyper_grid import HyperGrid

NO_MOVE = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class Slices:
    """The cases of one partner and one input at one moment, cut into segments.

    ``effective_share`` is effective cases ÷ cases; ``prior`` is the usual of the partner's group.
    """

    hits: Floats
    of: Floats
    prior: HyperGrid
    effective_share: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class SegmentChange:
    """Parts of an input's change of contribution: by segment, and by the usual itself moving.

    ``value`` is in the unit of the input, ``parts`` in points of the score; ``parts`` and
    ``usual`` sum to the input's part of the change.
    """

    values: Floats
    parts: Floats
    usual: float

    @property
    def order(self) -> list[int]:
        """Segments, the one that pulled down most first."""
        return [int(k) for k in np.argsort(self.parts, kind="stable")]


def split_change(
    before: Slices, after: Slices, rules: InputRules, weights: tuple[float, float]
) -> SegmentChange:
    """The change of one input by segment; both moments are cut in the same order.

    ``weights`` are those of the input in the score before and after, which differ only where
    another input came or went. A segment's effect on the estimate is what its own hits pull it
    away from the usual, given all the partner's cases; these effects sum to the estimate.
    """
    first, first_usual = segment_effects(before, rules)
    last, last_usual = segment_effects(after, rules)
    moved, usual_moved = last - first, last_usual - first_usual
    start, end = first_usual + float(first.sum()), last_usual + float(last.sum())
    points = rules.points(np.array([start, end]))
    scale = _steepness(rules, start, end, points) * weights[1]
    handed_on = float(points[0]) * (weights[1] - weights[0])
    return SegmentChange(moved, moved * scale, usual_moved * scale + handed_on)


def segment_effects(slices: Slices, rules: InputRules) -> tuple[Floats, float]:
    """How far each segment pulls the estimate from the usual, and the usual."""
    hits, of = slices.hits, slices.of
    if rules.kind is Kind.RATIO:
        pull = ratio_pull(np.array([of.sum()]), slices.prior)
    elif rules.kind is Kind.SHARE:
        hits, of = hits * slices.effective_share, of * slices.effective_share
        pull = share_pull(np.array([of.sum()]), slices.prior)
    else:
        msg = f"a {rules.kind} has no parts by segment"
        raise ValueError(msg)
    found: Floats = pull.per_hit * hits - pull.per_case * of
    return found, pull.usual


def _steepness(rules: InputRules, start: float, end: float, points: Floats) -> float:
    """Points per unit on the way from start to end; beside each other, where they stand."""
    if abs(end - start) > NO_MOVE:
        return float(points[1] - points[0]) / (end - start)
    return rules.steepness(start)
