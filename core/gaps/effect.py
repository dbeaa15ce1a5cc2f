"""Judges what a shipped change did: facts in, a verdict with its doubts out."""

from __future__ import annotations

from math import log

import numpy as np

from core.gaps.effect_facts import Design, Doubt, Effect, Facts, Placebo, Verdict
from core.gaps.effect_reading import (
    Comparison,
    Reading,
    comparison_of,
    expected,
    least_visible,
    others_ratio,
    own_reading,
    placebos,
    reading_against,
    since_proposed,
    trend_before,
    two_way_ratio,
    unit_changes,
)
from core.gaps.effect_rules import EffectRules, effect_rules
from core.stats.interrupted_series import Ratio


def without_facts(doubt: Doubt) -> Effect:
    """The effect of a change of which nothing can be counted."""
    is_early = doubt is Doubt.NOT_SHIPPED
    return Effect(Verdict.TOO_EARLY if is_early else Verdict.NO_DATA, (doubt,))


def why_not_judge(facts: Facts, rules: EffectRules) -> Effect | None:
    """Nothing when there is enough to judge."""
    if min(facts.points) < rules.periods.least_points:
        return Effect(Verdict.TOO_EARLY, (Doubt.FEW_POINTS,))
    events, _ = facts.sums(facts.counts)
    few = min(facts.sums(facts.base)) < rules.counted.least_base
    if few or events < rules.counted.least_events:
        return Effect(Verdict.NO_DATA, (Doubt.FEW_COUNTED,))
    return None


def judge(facts: Facts, rules: EffectRules | None = None) -> Effect:
    """Read the series and say what it shows; against others where there are enough of them."""
    rules = rules or effect_rules()
    refusal = why_not_judge(facts, rules)
    if refusal is not None:
        return refusal
    comparison = comparison_of(facts, rules)
    own = own_reading(facts, rules)
    reading = own if comparison is None else reading_against(facts, comparison, rules)
    return _effect(facts, comparison, own, reading, rules)


def _effect(
    facts: Facts, comparison: Comparison | None, own: Reading, reading: Reading, rules: EffectRules
) -> Effect:
    fit = reading.fit()
    headline = reading.ratio(fit)
    own_ratio = headline if comparison is None else own.ratio()
    tried = placebos(reading)
    as_large = count_as_large(tried, headline)
    before = None if comparison is None else trend_before(reading)
    verdict, doubts = decide(headline, own_ratio, before, (as_large, len(tried)), rules)
    return Effect(
        verdict=verdict,
        doubts=doubts,
        design=reading.design,
        headline=headline,
        own=own_ratio,
        others=others_ratio(facts, comparison, rules) if comparison else None,
        two_way=two_way_ratio(facts, comparison) if comparison else None,
        spread_between=reading.apart,
        units=reading.units,
        unit_changes=unit_changes(facts, comparison, rules) if comparison else (),
        placebos=tried,
        as_large=as_large,
        trend_before=before,
        since_proposed=since_proposed(facts, reading),
        least_visible=least_visible(headline, rules),
        carry=fit.carry,
        has_season=bool(own.shape.season_pairs) and reading.design is Design.OWN_HISTORY,
        expected=expected(reading, fit),
    )


def decide(
    headline: Ratio,
    own: Ratio,
    before: Ratio | None,
    placebo: tuple[int, int],
    rules: EffectRules,
) -> tuple[Verdict, tuple[Doubt, ...]]:
    """The verdict of an interval, unless something else explains it as well.

    ``placebo``: how many dates without a change show as large an effect, and how many were tried.
    """
    if not (headline.is_lower or headline.is_higher):
        return Verdict.NO_MEASURABLE_EFFECT, (Doubt.HOLDS_NO_CHANGE,)
    found = Verdict.WORKED if headline.is_lower else Verdict.GOT_WORSE
    doubts = []
    if before is not None and _same_way(before, headline) and not _same_way(own, headline):
        doubts.append(Doubt.ALREADY_MOVING)
    as_large, tried = placebo
    if tried >= rules.placebo.least and as_large > rules.placebo.most_share * tried:
        doubts.append(Doubt.DATES_WITHOUT_CHANGE)
    if (own.is_lower and headline.is_higher) or (own.is_higher and headline.is_lower):
        doubts.append(Doubt.READINGS_DISAGREE)
    return (Verdict.NO_MEASURABLE_EFFECT if doubts else found), tuple(doubts)


def count_as_large(tried: tuple[Placebo, ...], headline: Ratio) -> int:
    """Dates without a change whose effect points the same way and is as large for its interval."""
    size = _clearness(headline)
    found = np.array([_clearness(one.ratio) for one in tried])
    return int(np.sum(found <= size if size < 0 else found >= size))


def _clearness(ratio: Ratio) -> float:
    return log(ratio.ratio) / log(ratio.high / ratio.low)


def _same_way(one: Ratio, other: Ratio) -> bool:
    return (one.is_lower and other.is_lower) or (one.is_higher and other.is_higher)
