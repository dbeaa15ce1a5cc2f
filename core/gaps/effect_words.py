"""What the effect of a change says in words, for page and report alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from core.gaps.effect_facts import Design, Doubt, Effect, Verdict
from core.gaps.effect_periods import Periods
from core.gaps.effect_rules import EffectRules, MeasureName
from core.stats.interrupted_series import Ratio

VERDICTS: dict[Verdict, str] = {
    Verdict.WORKED: "Worked",
    Verdict.NO_MEASURABLE_EFFECT: "No measurable effect",
    Verdict.GOT_WORSE: "Got worse",
    Verdict.TOO_EARLY: "Too early",
    Verdict.NO_DATA: "No data",
}
MEASURES: dict[MeasureName, str] = {"overturns": "Overturn share", "cases": "Number of cases"}
# Of the measure: what is counted, and what it is a share of.
COUNTED: dict[MeasureName, tuple[str, str]] = {
    "overturns": ("overturned", "re-reviewed"),
    "cases": ("cases", "all cases"),
}
UNITS = {"clause": "clauses", "market": "markets"}
NO_CHANGE = "no different"
MOST_NAMED = 3
SMALL = 0.005  # less than half a per cent is no change in whole per cents


def change_words(ratio: float) -> str:
    """A factor as a change: ``29 % lower``, ``no different``."""
    if abs(ratio - 1) < SMALL:
        return NO_CHANGE
    return f"{abs(ratio - 1) * 100:.0f} % {'lower' if ratio < 1 else 'higher'}"


def interval_words(ratio: Ratio) -> str:
    """The ends of an interval: ``18 to 39 % lower``, ``58 % lower to 42 % higher``."""
    if ratio.is_lower:
        return f"{(1 - ratio.high) * 100:.0f} to {(1 - ratio.low) * 100:.0f} % lower"
    if ratio.is_higher:
        return f"{(ratio.low - 1) * 100:.0f} to {(ratio.high - 1) * 100:.0f} % higher"
    return f"{change_words(ratio.low)} to {change_words(ratio.high)}"


def day_words(day: date) -> str:
    """A day as in a sentence: ``22 Nov 2025``."""
    return f"{day.day} {day:%b %Y}"


def subject_words(measure: MeasureName, clauses: Sequence[str]) -> str:
    """What was measured: ``the overturn share of MD-2``."""
    told = "the overturn share" if measure == "overturns" else "the number of cases"
    named = 0 < len(clauses) <= MOST_NAMED
    return f"{told} of {' and '.join(clauses)}" if named else f"{told} behind this gap"


def headline_words(
    effect: Effect, subject: str, shipped_on: date, rules: EffectRules, units: str = ""
) -> str:
    """The sentence that stands above everything."""
    assert effect.headline is not None  # noqa: S101 -- asked only where something was fitted
    ends = f"({rules.interval * 100:.0f} % interval {interval_words(effect.headline)})"
    told = f"Since {day_words(shipped_on)} {subject}"
    if not (effect.headline.is_lower or effect.headline.is_higher):
        return f"{told} shows no change that can be measured {ends}{_while(effect, units)}."
    than = " than its own history lets expect" if effect.design is Design.OWN_HISTORY else ""
    told = f"{told} is {change_words(effect.headline.ratio)}{than} {ends}"
    return f"{told}{_while(effect, units)}."


def _while(effect: Effect, units: str) -> str:
    """What the comparison itself did meanwhile; '' without one."""
    if effect.others is None:
        return ""
    told = f", while {effect.units} comparison {units} together"
    if not (effect.others.is_lower or effect.others.is_higher):
        return f"{told} did not change measurably ({interval_words(effect.others)})"
    change = change_words(effect.others.ratio)
    return f"{told} are {change} ({interval_words(effect.others)}), which is taken off"


def doubt_words(  # noqa: PLR0911 -- one sentence for each
    doubt: Doubt, effect: Effect, periods: Periods | None, rules: EffectRules
) -> str:
    """Why the verdict is what it is."""
    if doubt is Doubt.NOT_SHIPPED:
        return "Nothing has been recorded as shipped yet, so there is no before and after."
    if doubt is Doubt.NO_CASES_NAMED or periods is None:
        return (
            "The gap names neither a clause nor a filter of matching cases, so nothing can be "
            "counted. Linked cases alone do not tell how often something happens."
            if doubt is Doubt.NO_CASES_NAMED
            else "There are no cases in sight that could be counted."
        )
    if doubt is Doubt.FEW_POINTS:
        return _few_points(periods, rules)
    if doubt is Doubt.FEW_COUNTED:
        return _few_counted(periods, rules)
    if doubt is Doubt.HOLDS_NO_CHANGE:
        return "The interval holds 'no change': what is seen may be chance. " + _visible(effect)
    if doubt is Doubt.ALREADY_MOVING:
        assert effect.trend_before is not None  # noqa: S101 -- it is what the doubt rests on
        return (
            "It was already moving this way before the change: "
            f"{change_words(effect.trend_before.ratio)} a year against the comparison."
        )
    if doubt is Doubt.DATES_WITHOUT_CHANGE:
        return (
            f"At {effect.as_large} of {len(effect.placebos)} earlier dates, on which nothing was "
            "changed, the same method finds an effect as clear."
        )
    return "Its own history says the opposite of the comparison, so neither is believed."


def tried_words(effect: Effect) -> str:
    """What a verdict that stands rests on besides its interval."""
    tried = len(effect.placebos)
    if not tried:
        return "There is too little before the change to try dates on which nothing was changed."
    return (
        f"At {effect.as_large} of {tried} earlier dates, on which nothing was changed, the same "
        "method finds an effect as clear."
    )


def caveats(effect: Effect, measure: MeasureName, proposed_on: date) -> list[str]:
    """What the numbers cannot tell, most important first."""
    told = [_selected(effect, proposed_on)]
    if measure == "overturns":
        told.append(
            "Only decisions that were looked at again are counted. When other cases are re-reviewed "
            "than before, the share moves without any change of the rule."
        )
    if effect.design is Design.OWN_HISTORY:
        told.append(
            "There is nothing unchanged to compare with, so whatever else changed at that time is "
            "in the number."
        )
        if not effect.has_season:
            told.append("The series is too short to tell a season from an effect.")
    return told


def _selected(effect: Effect, proposed_on: date) -> str:
    told = "A gap is noticed when its numbers are extreme, and extreme numbers come back by themselves. "
    if effect.since_proposed is None:
        return told + (
            "Between proposing and shipping there are too few periods to judge without those that "
            "it was noticed for."
        )
    return told + (
        f"Counted only from the proposal on ({day_words(proposed_on)}): "
        f"{change_words(effect.since_proposed.ratio)} ({interval_words(effect.since_proposed)})."
    )


def _few_points(periods: Periods, rules: EffectRules) -> str:
    before, after = periods.facts.points
    least, length = rules.periods.least_points, period_words(periods)
    told = (
        f"There are {before} complete {length} before the change and {after} since; "
        f"at least {least} are needed on each side."
    )
    if after < least <= before:
        ready = periods.day(periods.facts.begin + least) + timedelta(days=1)
        told += f" Look again on {day_words(ready)}."
    return told


def _few_counted(periods: Periods, rules: EffectRules) -> str:
    base, events = periods.facts.sums(periods.facts.base), periods.facts.sums(periods.facts.counts)
    word = "re-reviewed cases" if periods.facts.share else "cases"
    return (
        f"There are {base[0]:,} {word} before and {base[1]:,} after, {events[0]:,} of them counted "
        f"before; at least {rules.counted.least_base} on each side and "
        f"{rules.counted.least_events} counted before are needed."
    )


def _visible(effect: Effect) -> str:
    if effect.least_visible is None:
        return ""
    drop = (1 - effect.least_visible) * 100
    return f"With so many cases, only a drop of {drop:.0f} % or more would be seen 4 times in 5."


def period_words(periods: Periods) -> str:
    """How long a period is: ``weeks``, ``four-week periods``."""
    return {7: "weeks", 28: "four-week periods"}.get(
        periods.days, f"periods of {periods.days} days"
    )
