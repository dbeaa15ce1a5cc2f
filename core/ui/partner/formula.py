"""How the health of a partner comes about, in plain words with its own numbers put in."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.partner import Partner
from core.desk.partner_health_view import HealthView, InputLine, health_view
from core.partners.explained import ExplainedInput
from core.partners.score_rules import HealthRules, InputRules, Kind
from core.stats.rounding import round_to_sum
from core.ui import states
from core.ui.format import DASH, escape, exact
from core.ui.partner.health_words import (
    band_label,
    input_label,
    level_words,
    not_enough_words,
    number,
    own_words,
    score_words,
    teachers,
)
from core.ui.state import the_desk, the_zone

ROW_HEIGHT, EDGE = 30, 6
DIGITS = 2
KINDS = {
    Kind.SHARE: "share of the cases",
    Kind.RATIO: "seen ÷ expected",
    Kind.TAIL: "time ÷ target, slow tail",
    Kind.KNOWN: "a count",
}


def show_formula(person: Person, partner: Partner) -> None:
    """The score step by step, then the rules that it follows."""
    view = health_view(the_desk(), person, partner)
    if not view.lines:
        states.empty("Nothing to work out yet.", f"{not_enough_words(view.standing)}.")
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _steps(view, the_zone(person, partner.zone))
    with right:
        _rules(view)
    _scales(view)


def _steps(view: HealthView, zone: str) -> None:
    st.markdown("### From cases to the score")
    st.markdown(told(view))
    _first_table(view)
    _second_table(view)
    st.caption(f"as of {exact(view.at, zone)}, days in UTC · data {view.version:,}")


def told(view: HealthView) -> str:
    """What is done, in the words of a reader who works it out again."""
    tier = escape(view.partner.tier)
    lines = [
        "1. Of each input take the partner's **own cases**. They are weighed against **what is "
        f"usual** in {tier}: best estimate = own share × own value + (1 − own share) × usual. "
        "The more cases of its own, the larger the own share. "
        "(A slow tail is weighed by its logarithms.)",
        "2. The **scale** of the input turns the best estimate into 0 to 100 points; 75 points "
        "is service as agreed.",
        "3. Points × **weight** is what the input adds. The sum is the score.",
    ]
    return "\n".join(lines)


def estimates_table(view: HealthView) -> pd.DataFrame:
    """Step 1: from own cases to the best estimate."""
    ones = [line.explained for line in view.lines]
    return pd.DataFrame(
        {
            "Input": [input_label(one.name) for one in ones],
            "Own cases": [_own_cases(line) for line in view.lines],
            "Own value": [fine(one.kind, one.raw) for one in ones],
            "Own share": [f"{100 * one.own_share:.2f} %" for one in ones],
            "Usual": [_usual(one) for one in ones],
            "learnt from": [_learnt(one, view.partner.tier) for one in ones],
            "Best estimate": [fine(one.kind, one.value) for one in ones],
        }
    )


def points_table(view: HealthView) -> pd.DataFrame:
    """Steps 2 and 3: from the best estimate to the score; what is shown adds up as it is shown."""
    ones = [line.explained for line in view.lines]
    adds = round_to_sum(np.array([one.part for one in ones]), DIGITS)
    score = view.standing.score
    whole = f"{adds.sum():.{DIGITS}f}" if isfinite(score) else DASH
    return pd.DataFrame(
        {
            "Input": [*(input_label(one.name) for one in ones), "Score"],
            "Best estimate": [*(fine(one.kind, one.value) for one in ones), ""],
            "Points": [*(f"{one.points:.{DIGITS}f}" for one in ones), ""],
            "Weight": [*(f"{100 * one.weight:.3f} %" for one in ones), "100 %"],
            "Adds": [*(f"{add:.{DIGITS}f}" for add in adds), whole],
        }
    )


def fine(kind: Kind, value: float) -> str:
    """A value with as many digits as it takes to work on with it."""
    if not isfinite(value):
        return DASH
    if kind is Kind.SHARE:
        return f"{100 * value:.2f} %"
    return f"{value:.0f}" if kind is Kind.KNOWN else f"{value:.4f}×"


def _usual(one: ExplainedInput) -> str:
    if one.usual is None:
        return DASH
    return fine(one.kind, one.usual.leaning) if one.usual.is_shown else "not shown"


def _own_cases(line: InputLine) -> str:
    if line.explained.kind is Kind.TAIL and line.behind and line.explained.has_cases:
        return f"slow tail of {line.behind.count:,}"
    return own_words(line.explained)


def _learnt(one: ExplainedInput, tier: str) -> str:
    if one.usual is None:
        return DASH
    whose = teachers(one.usual, tier)
    return whose if one.usual.partners is None else f"{one.usual.partners:,} of {whose}"


def _first_table(view: HealthView) -> None:
    _table(estimates_table(view), "formula-estimates", "From own cases to the best estimate")


def _second_table(view: HealthView) -> None:
    _table(points_table(view), "formula-points", "From the best estimate to the score")


def _table(rows: pd.DataFrame, key: str, alt: str) -> None:
    column = st.column_config
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        alt=alt,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (len(rows) + 1) + EDGE,
        column_config={
            name: column.TextColumn(name, alignment="left" if name == "Input" else "right")
            for name in rows.columns
        },
    )


def _rules(view: HealthView) -> None:
    rules = view.standing.rules
    st.markdown("### Rules")
    for words in (
        _version_words(rules),
        _usual_rule(rules),
        _interval_rule(rules),
        _band_rule(view),
        _least_rule(view),
        _hand_rule(rules),
    ):
        st.markdown(escape_but_bold(words))


def escape_but_bold(words: str) -> str:
    """Plain words whose first part, before the colon, is set in bold."""
    head, _, rest = words.partition(": ")
    return f"**{escape(head)}.** {escape(states.sentence(rest))}"


def _version_words(rules: HealthRules) -> str:
    return (
        f"Version {rules.version}: in force from {rules.since}, dated {rules.date}. {rules.source}."
    )


def _usual_rule(rules: HealthRules) -> str:
    """How shrinkage works."""
    return (
        "Why own cases are not enough: with few cases a rate is mostly chance, so it is pulled "
        "towards what is usual, and the fewer the cases the harder. With many cases the pull is "
        f"hardly felt. A tier with fewer than {rules.least_partners} partners learns what is usual "
        "from all tiers."
    )


def _interval_rule(rules: HealthRules) -> str:
    return (
        f"Interval: the true score lies in it {level_words(rules)} of the time. Distances from "
        "estimate to end of each input, in points × weight, are squared, summed, and the root "
        "taken, for each side apart."
    )


def _band_rule(view: HealthView) -> str:
    standing, bands = view.standing, view.standing.rules.bands
    edges = f"healthy from {bands.healthy:g}, watch from {bands.watch:g}, at risk below"
    here = ""
    if standing.has_score:
        here = (
            f" Here: {score_words(standing)}; {standing.without_worst:.1f} without its worst case "
            f"and {standing.without_best:.1f} without its best, margin included. By the edges "
            f"{band_label(standing.plain)}, in force {band_label(standing.band.computed)}."
        )
    return (
        f"Bands: {edges}. One case alone moves no band: a band is left only when the score would "
        f"be outside of it without the one case that pulls most, times {view.standing.rules.one_case_margin:g}.{here}"
    )


def _least_rule(view: HealthView) -> str:
    rules = view.standing.rules
    return (
        f"Not enough data: below an effective n of {number(rules.least_effective_n)} there is no "
        f"score; here it is {number(view.standing.effective)}. Cases of one incident count as few."
    )


def _hand_rule(rules: HealthRules) -> str:
    return (
        f"By hand: a lead may set a band for {rules.override_days} days at most; it is shown as "
        "set by hand, with its end, and the score goes on being worked out."
    )


def _scales(view: HealthView) -> None:
    st.markdown("### Scales, days and maturity")
    rules = view.standing.rules
    lines: Sequence[InputLine] = view.lines
    rows = [_scale_row(line, rules.inputs[line.explained.name]) for line in lines]
    _table(pd.DataFrame(rows), "formula-scales", "Scale, days and maturity of each input")
    if view.not_recorded:
        names = ", ".join(input_label(name) for name in view.not_recorded)
        st.caption(escape(f"Not recorded by this desk, weight handed to the others: {names}."))


def _scale_row(line: InputLine, rules: InputRules) -> dict[str, Any]:
    one = line.explained
    steps = ", ".join(f"{scale_value(one.kind, at)} → {points:g}" for at, points in rules.scale)
    lag = f"last {rules.maturity_days} days left out" if rules.maturity_days else "none"
    days = f"{line.first_on} to {line.last_on}" if rules.window_days else "as of today"
    return {
        "Input": input_label(one.name),
        "Kind": KINDS[one.kind],
        "Value → points, straight lines between": steps,
        "Days (UTC)": days,
        "Not yet decided": lag,
    }


def scale_value(kind: Kind, value: float) -> str:
    """A point of a scale, as the file has it."""
    if kind is Kind.SHARE:
        return f"{100 * value:g} %"
    return f"{value:g}" if kind is Kind.KNOWN else f"{value:g}×"
