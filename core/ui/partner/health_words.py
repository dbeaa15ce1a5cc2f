"""How the inputs of health are written for a person: values by their kind, own cases, what is usual."""

from __future__ import annotations

from math import isfinite

from core.desk.partner_health_view import HealthView, Standing
from core.partners.explained import ExplainedInput, Usual
from core.partners.score_rules import HealthRules, Kind
from core.taxonomy import taxonomy
from core.ui.format import DASH, share
from core.ui.input_words import COUNTED, input_label, number, value_words

__all__ = [
    "COUNTED",
    "band_badge",
    "band_label",
    "ends_words",
    "input_label",
    "interval_words",
    "level_words",
    "not_enough_words",
    "number",
    "own_words",
    "score_words",
    "signed",
    "teachers",
    "usual_words",
    "value_words",
]
COLOURS = {"healthy": "green", "watch": "blue", "at_risk": "orange", "not_enough_data": "gray"}


def band_label(band: str) -> str:
    """What a band is called."""
    return taxonomy().label("health_bands", band)


def band_badge(band: str, *, by_hand: bool = False) -> str:
    """A band as a badge: never by its colour alone."""
    icon = taxonomy().health_bands[band]["icon"]
    words = f"{band_label(band)}, by hand" if by_hand else band_label(band)
    return f":{COLOURS[band]}-badge[:material/{icon}: {words}]"


def interval_words(one: ExplainedInput, rules: HealthRules) -> str:
    """The best estimate with its interval: ``71 % (80 %: 62–79 %)``."""
    told = value_words(one.kind, one.value)
    if one.kind is Kind.KNOWN or not isfinite(one.low):
        return told
    low, high = value_words(one.kind, one.low), value_words(one.kind, one.high)
    return f"{told} ({level_words(rules)}: {low.removesuffix(' %').removesuffix('×')}–{high})"


def own_words(one: ExplainedInput) -> str:
    """The partner's own cases before they are weighed: ``2 of 3``."""
    if one.kind is Kind.KNOWN:
        return value_words(one.kind, one.raw)
    if not one.has_cases:
        return "no cases of its own"
    if one.hits is None or one.of is None:
        return value_words(one.kind, one.raw)
    of = " expected" if one.kind is Kind.RATIO else ""
    return f"{number(one.hits)} of {number(one.of)}{of}"


def usual_words(usual: Usual | None, kind: Kind, view: HealthView) -> str:
    """What the input usually is and of whom: ``87 % (T2)``; kept back where these are too few."""
    if usual is None:
        return DASH
    if not usual.is_shown:
        return "too few partners"
    return f"{value_words(kind, usual.value)} ({teachers(usual, view.partner.tier)})"


def teachers(usual: Usual, tier: str) -> str:
    """Whose usual it is."""
    return tier if usual.is_of_group else "all tiers"


def score_words(standing: Standing) -> str:
    """``71 (80 %: 66–76)``, or that there are too few cases."""
    if not standing.has_score:
        return not_enough_words(standing)
    return f"{standing.score:.0f} ({level_words(standing.rules)}: {ends_words(standing)})"


def ends_words(standing: Standing) -> str:
    """The ends of the interval of a score, which runs from 0 to 100."""
    return f"{max(standing.low, 0):.0f}–{min(standing.high, 100):.0f}"


def not_enough_words(standing: Standing) -> str:
    """How many effective cases there are, and how many it takes."""
    least = standing.rules.least_effective_n
    return f"{number(standing.effective)} of the {number(least)} effective cases that a score takes"


def level_words(rules: HealthRules) -> str:
    """The level of the intervals."""
    return share(rules.interval)


def signed(value: float, digits: int = 1) -> str:
    """Points gained or lost, with a true minus."""
    told = f"{abs(value):.{digits}f}"
    if float(told) == 0:
        return f"±{told}"
    return f"{'+' if value > 0 else '−'}{told}"
