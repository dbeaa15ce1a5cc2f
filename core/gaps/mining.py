"""Where more decisions are overturned than to be expected: slices that a gap may stand behind.

What is usual is told by abuse type, market and surface at once, a clause's own part left out.
A slice counts when its share lies materially above the usual with high probability, after being
pulled towards it as far as the other slices of its kind suggest. What is found is explained away,
so that its parts and its wholes are folded under it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.gaps.mining_cells import CountedSlices, ReviewedCases, count_slices
from core.gaps.mining_rules import MiningRules
from core.gaps.mining_search import Found, Search
from core.stats.arrays import Ints
from core.stats.one_thread import one_thread

Progress = Callable[[float, str], None]
Where = tuple[tuple[str, str], ...]  # dimension and value


@dataclass(frozen=True, slots=True)
class RelatedSlice:
    """A slice folded under a candidate: it stands out for the same reason."""

    where: Where
    reviewed: int
    hits: int


@dataclass(frozen=True, slots=True)
class Excess:
    """A slice with more hits than usual: overturned decisions, or some of them; shares as far as the cases tell (interval)."""

    where: Where
    reviewed: int
    hits: int
    expected_share: float
    share: float  # pulled towards the usual
    low: float
    high: float
    sureness: float  # probability that the share is materially above the usual
    related: tuple[RelatedSlice, ...] = ()

    @property
    def beyond(self) -> float:
        """Hits beyond the usual ones, as the share pulled towards the usual tells them."""
        return (self.share - self.expected_share) * self.reviewed


@dataclass(frozen=True, slots=True)
class MinedExcess:
    """The candidates, those with most hits beyond the usual first, and what was looked through."""

    found: tuple[Excess, ...]
    reviewed: int
    hits: int
    slices: int  # judged
    spread: float  # how much wider than by chance the decisions vary


def mine_excess(
    cases: ReviewedCases,
    rules: MiningRules,
    material: float,
    progress: Progress | None = None,
    counted: CountedSlices | None = None,
) -> MinedExcess:
    """Look through all slices of the rules; ``counted`` where they were counted before."""
    if not len(cases.hit):
        return MinedExcess((), 0, 0, 0, 1.0)
    with one_thread():
        counted = counted or count_slices(cases, rules)
        search = Search(cases, counted, (rules, material), progress or _silent)
        found = [_told(search, one, rules) for one in search.run()]
    kept = [
        one for one in found if one.sureness >= rules.sure_from and one.beyond >= rules.least_excess
    ]
    return MinedExcess(
        found=tuple(sorted(kept, key=lambda one: -one.beyond)),
        reviewed=len(cases.hit),
        hits=int(cases.hit.sum()),
        slices=search.slice_count,
        spread=search.spread,
    )


def _told(search: Search, one: Found, rules: MiningRules) -> Excess:
    verdict = search.final(one)
    return Excess(
        where=search.where(one.place),
        reviewed=int(verdict.total),
        hits=int(verdict.hits),
        expected_share=verdict.expected,
        share=verdict.share,
        low=verdict.low,
        high=verdict.high,
        sureness=verdict.sureness,
        related=tuple(_related(search, place) for place in one.related[: rules.most_related]),
    )


def _related(search: Search, place: int) -> RelatedSlice:
    hits, total = search.counts(place)
    return RelatedSlice(search.where(place), int(total), int(hits))


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""


def event_numbers(partner: Ints, rule: Ints, day: Ints, days: int) -> Ints:
    """The same number for cases of one partner under one rule in one stretch of days."""
    stretch = day // days
    key = (partner * (int(rule.max(initial=0)) + 1) + rule) * (int(stretch.max(initial=0)) + 1)
    return np.where(partner >= 0, key + stretch, -1)
