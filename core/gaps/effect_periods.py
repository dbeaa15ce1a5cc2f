"""Periods of equal length around the day of a change, and the counts of cases in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.gaps.effect_facts import Facts, Units
from core.gaps.effect_rules import EffectRules
from core.stats.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class DailyCounts:
    """Counts per day from ``first`` on: of the changed cases, and of units × days.

    ``base`` is what counts are held against, ``share``: what they are a part of.
    """

    first: date
    counts: Floats
    base: Floats
    share: bool
    names: tuple[str, ...]
    unit_counts: Floats
    unit_base: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Periods:
    """Complete periods; ``first`` is the first day of the first one, the change a first day too."""

    first: date
    days: int
    facts: Facts

    def day(self, period: int) -> date:
        """The first day of a period; the one after the last is the day after all of them."""
        return self.first + timedelta(days=period * self.days)

    @property
    def last_day(self) -> date:
        """The last day of the last period."""
        return self.day(len(self.facts.counts)) - timedelta(days=1)


def in_periods(
    daily: DailyCounts, shipped_on: date, proposed_on: date | None, rules: EffectRules
) -> Periods:
    """Days put together to the shortest periods that hold enough, where enough of them fit."""
    short, long = rules.periods.days, rules.periods.long_days
    at = (shipped_on - daily.first).days
    sides = (at, len(daily.counts) - at)
    fits = min(sides) >= rules.periods.least_points * long
    weeks = max(len(daily.counts) / short, 1.0)
    days = long if fits and daily.counts.sum() < rules.periods.least_events * weeks else short
    return _periods(daily, at, days, proposed_on)


def _periods(daily: DailyCounts, at: int, days: int, proposed_on: date | None) -> Periods:
    total = len(daily.counts)
    begin = min(max(at, 0), total) // days
    start = min(max(at, 0), total) - begin * days
    count = begin + max(total - max(at, 0), 0) // days
    first = daily.first + timedelta(days=start)
    wanted = slice(start, start + count * days)

    def summed(values: Floats) -> Floats:
        held = values[..., wanted]
        return np.asarray(held.reshape(*held.shape[:-1], count, days).sum(axis=-1))

    facts = Facts(
        counts=summed(daily.counts),
        base=summed(daily.base),
        begin=begin,
        days=days,
        share=daily.share,
        others=Units(daily.names, summed(daily.unit_counts), summed(daily.unit_base))
        if daily.names
        else None,
        proposed=None if proposed_on is None else max(-((first - proposed_on).days // days), 0),
    )
    return Periods(first, days, facts)
