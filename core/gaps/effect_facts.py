"""What the effect of a change is judged from, and what the judgement consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.stats.arrays import Floats
from core.stats.interrupted_series import Ratio


class Verdict(StrEnum):
    """What can be said of the effect."""

    WORKED = "worked"
    NO_MEASURABLE_EFFECT = "no_measurable_effect"
    GOT_WORSE = "got_worse"
    TOO_EARLY = "too_early"
    NO_DATA = "no_data"


class Design(StrEnum):
    """What the periods after the change are held against."""

    AGAINST_OTHERS = "against_others"
    OWN_HISTORY = "own_history"


class Doubt(StrEnum):
    """Why a verdict is not what the interval alone would say, or what weakens it."""

    NOT_SHIPPED = "not_shipped"
    NO_CASES_NAMED = "no_cases_named"
    FEW_POINTS = "few_points"
    FEW_COUNTED = "few_counted"
    HOLDS_NO_CHANGE = "holds_no_change"
    ALREADY_MOVING = "already_moving"
    DATES_WITHOUT_CHANGE = "dates_without_change"
    READINGS_DISAGREE = "readings_disagree"


@dataclass(frozen=True, eq=False, slots=True)
class Units:
    """Clauses or markets that were not changed: units × periods."""

    names: tuple[str, ...]
    counts: Floats
    base: Floats

    def only(self, places: list[int]) -> Units:
        """Some of them, by their places."""
        return Units(
            tuple(self.names[place] for place in places), self.counts[places], self.base[places]
        )


@dataclass(frozen=True, eq=False, slots=True)
class Facts:
    """Counts per complete period, of which ``begin`` is the first after the change.

    ``share``: counts are a part of the base. ``proposed``: the first period that began after the
    gap was proposed, or None where that is not known.
    """

    counts: Floats
    base: Floats
    begin: int
    days: int  # length of a period
    share: bool
    others: Units | None = None
    proposed: int | None = None

    @property
    def points(self) -> tuple[int, int]:
        """Complete periods before and after."""
        return self.begin, len(self.counts) - self.begin

    def sums(self, of: Floats) -> tuple[int, int]:
        """Totals before and after."""
        return int(np.sum(of[: self.begin])), int(np.sum(of[self.begin :]))


@dataclass(frozen=True, slots=True)
class Placebo:
    """What the same reading says of a date on which nothing was changed."""

    begin: int
    ratio: Ratio


@dataclass(frozen=True, slots=True)
class UnitChange:
    """How another unit changed at the date of the change."""

    name: str
    ratio: Ratio
    before: tuple[int, int]  # counted, of
    after: tuple[int, int]


@dataclass(frozen=True, eq=False, slots=True)
class Expected:
    """Per period: what the reading fits, and what it would be without the change, with its ends."""

    fitted: Floats
    without: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Effect:
    """The verdict with everything it rests on; without a headline there was nothing to fit."""

    verdict: Verdict
    doubts: tuple[Doubt, ...]
    design: Design | None = None
    headline: Ratio | None = None
    own: Ratio | None = None  # against its own history
    others: Ratio | None = None  # what the comparison itself did
    two_way: float | None = None  # the same by two-way fixed effects
    spread_between: float = 0.0  # how far unchanged units move by themselves
    units: int = 0
    unit_changes: tuple[UnitChange, ...] = ()
    placebos: tuple[Placebo, ...] = ()
    as_large: int = 0  # placebo dates with an effect as large the same way
    trend_before: Ratio | None = None  # against the comparison, a year, before the change
    since_proposed: Ratio | None = None
    least_visible: float | None = None  # the ratio of the smallest drop likely to be seen
    carry: float = 0.0
    has_season: bool = False
    expected: Expected | None = None
