"""Readings of a series: against its own history, and against units that were not changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from scipy import special

from core.gaps.effect_facts import Design, Expected, Facts, Placebo, UnitChange, Units
from core.gaps.effect_rules import EffectRules
from core.stats.arrays import Floats
from core.stats.correlated_counts import Counted, StepFit, fit_step
from core.stats.interrupted_series import STEP, Ratio, Shape, design
from core.stats.two_way import Changes, changes, spread_between, two_way, widened

DAYS_OF_YEAR = 365.25


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Units that were not changed, and what they have in common."""

    units: Units
    period: Floats  # common factor of each period
    weighted: Floats  # what all of them would count if nothing changed
    changed: Changes
    spread: float

    @property
    def counts(self) -> Floats:
        """Of all together."""
        return np.asarray(self.units.counts.sum(axis=0))


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """A series with the shape it is read by; ``apart`` is how far units move by themselves."""

    design: Design
    counted: Counted
    shape: Shape
    begin: int
    rules: EffectRules
    apart: float = 0.0
    units: int = 0

    @property
    def columns(self) -> Floats:
        """One row per period."""
        return design(len(self.counted.counts), self.begin, self.shape)

    def fit(self) -> StepFit:
        """The fit of the whole series."""
        return fit_step(self.counted, self.columns, self.rules.noise.grid)

    def ratio(self, fit: StepFit | None = None) -> Ratio:
        """The factor of the step, with all that the interval must allow for."""
        middle, low, high = (fit or self.fit()).interval(STEP, self.rules.interval)
        if self.apart:
            low, high = widened(middle, low, high, self.apart, self.units, self.rules.interval)
        return Ratio(exp(middle), exp(low), exp(high))

    def cut(self, periods: slice, begin: int) -> Reading:
        """The same reading of some periods, with the step elsewhere."""
        part = self.counted.part(periods)
        shape = self.shape
        if self.design is Design.OWN_HISTORY:
            shape = own_shape(self.rules, shape.season_length, len(part.counts))
        return replace(self, counted=part, shape=shape, begin=begin)


def comparison_of(facts: Facts, rules: EffectRules) -> Comparison | None:
    """The units with enough counted; None where they are too few."""
    if facts.others is None:
        return None
    least, base, counts = rules.comparison, facts.others.base, facts.others.counts
    enough = counts.sum(axis=1) >= least.least_events
    for side in (slice(0, facts.begin), slice(facts.begin, None)):
        enough &= base[:, side].sum(axis=1) >= least.least_base
    units = facts.others.only(np.flatnonzero(enough).tolist())
    if len(units.names) < least.least_units:
        return None
    common = two_way(units.counts, units.base)
    against = units.base * common.period
    changed = changes(units.counts, against, facts.begin, share=facts.share, of=units.base)
    weighted = np.asarray(common.unit @ units.base)
    return Comparison(units, common.period, weighted, changed, spread_between(changed))


def own_reading(facts: Facts, rules: EffectRules) -> Reading:
    """Against its own level, trend and season."""
    counted = Counted(facts.counts, facts.base, facts.base if facts.share else None)
    shape = own_shape(rules, DAYS_OF_YEAR / facts.days, len(facts.counts))
    return Reading(Design.OWN_HISTORY, counted, shape, facts.begin, rules)


def own_shape(rules: EffectRules, season_length: float, periods: int) -> Shape:
    """With a season only where the series is long enough to tell it from a step."""
    days = periods * DAYS_OF_YEAR / season_length
    pairs = rules.own_history.season_pairs if days >= rules.own_history.season_from_days else 0
    return Shape(rules.own_history.trend, False, pairs, season_length)


def reading_against(facts: Facts, comparison: Comparison, rules: EffectRules) -> Reading:
    """Against what the other units had in common in every period."""
    events = comparison.counts
    counted = Counted(
        counts=facts.counts,
        base=facts.base * comparison.period,
        whole=facts.base if facts.share else None,
        base_error=np.divide(1.0, events, out=np.zeros_like(events), where=events > 0),
    )
    shape = Shape(trend=False, season_length=DAYS_OF_YEAR / facts.days)
    count = len(comparison.units.names)
    return Reading(
        Design.AGAINST_OTHERS, counted, shape, facts.begin, rules, comparison.spread, count
    )


def others_ratio(facts: Facts, comparison: Comparison, rules: EffectRules) -> Ratio:
    """What the unchanged units did together at the date, by level and step alone."""
    whole = comparison.units.base.sum(axis=0) if facts.share else None
    counted = Counted(comparison.counts, comparison.weighted, whole)
    columns = design(len(facts.counts), facts.begin, Shape(trend=False))
    return fit_step(counted, columns, rules.noise.grid).ratio(rules.interval)


def two_way_ratio(facts: Facts, comparison: Comparison) -> float:
    """Difference in differences by fixed effects of units and periods."""
    counts = np.vstack([facts.counts, comparison.units.counts])
    base = np.vstack([facts.base, comparison.units.base])
    marked = np.zeros(counts.shape, dtype=np.bool_)
    marked[0, facts.begin :] = True
    return two_way(counts, base, marked).marked


def unit_changes(
    facts: Facts, comparison: Comparison, rules: EffectRules
) -> tuple[UnitChange, ...]:
    """Every unit's own change at the date, largest drop first."""
    units, changed = comparison.units, comparison.changed
    reach = _normal(rules) * np.sqrt(changed.variance)
    found = []
    for place, name in enumerate(units.names):
        middle, wide = float(changed.change[place]), float(reach[place])
        sides = [
            (int(units.counts[place, side].sum()), int(units.base[place, side].sum()))
            for side in (slice(0, facts.begin), slice(facts.begin, None))
        ]
        ratio = Ratio(exp(middle), exp(middle - wide), exp(middle + wide))
        found.append(UnitChange(name, ratio, sides[0], sides[1]))
    return tuple(sorted(found, key=lambda one: one.ratio.ratio))


def placebos(reading: Reading) -> tuple[Placebo, ...]:
    """The same reading at dates before the change, in the periods before it only."""
    least = reading.rules.periods.least_points
    first, last = least, reading.begin - least
    if last < first:
        return ()
    count = min(reading.rules.placebo.most, last - first + 1)
    begins = np.unique(np.linspace(first, last, count).round().astype(int))
    before = slice(0, reading.begin)
    return tuple(Placebo(int(at), reading.cut(before, int(at)).ratio()) for at in begins)


def trend_before(reading: Reading) -> Ratio | None:
    """By what factor a year the series moved against the comparison before the change."""
    if reading.begin < reading.rules.periods.least_points:
        return None
    part = reading.counted.part(slice(0, reading.begin))
    years = np.arange(reading.begin) / reading.shape.season_length
    columns = np.column_stack([np.ones(reading.begin), years - years.mean()])
    return fit_step(part, columns, reading.rules.noise.grid).ratio(reading.rules.interval)


def since_proposed(facts: Facts, reading: Reading) -> Ratio | None:
    """The effect without the periods that the gap may have been noticed for."""
    first = facts.proposed
    if first is None or not 0 < first <= facts.begin - reading.rules.periods.least_points:
        return None
    return reading.cut(slice(first, len(facts.counts)), facts.begin - first).ratio()


def expected(reading: Reading, fit: StepFit) -> Expected:
    """What was to be expected in every period with the change and without."""
    without = reading.columns
    without[:, STEP] = 0.0
    middle = fit.fitted(without)
    reach = _normal(reading.rules) * np.hypot(fit.error(without), reading.apart)
    return Expected(fit.fitted(), middle, middle * np.exp(-reach), middle * np.exp(reach))


def least_visible(ratio: Ratio, rules: EffectRules) -> float:
    """The largest ratio below 1 that would be told from no change as often as the rules ask."""
    error = log(ratio.high / ratio.low) / 2 / _normal(rules)
    return exp(-error * (_normal(rules) + float(special.ndtri(rules.power))))


def _normal(rules: EffectRules) -> float:
    return float(special.ndtri((1 + rules.interval) / 2))
