"""The effect of a gap's change: what can be said of it, before and after, and what was compared."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk.gap_effect import EffectView, effect_of
from core.gaps.effect_facts import Design
from core.gaps.effect_rules import EffectRules, MeasureName, effect_rules
from core.gaps.effect_words import (
    MEASURES,
    UNITS,
    VERDICTS,
    caveats,
    day_words,
    doubt_words,
    headline_words,
    period_words,
    subject_words,
    tried_words,
)
from core.gaps.model import Gap
from core.ui.address import choose_one, read_one
from core.ui.format import escape, exact
from core.ui.gap.effect_parts import also_table, comparison, dates_tried, series, sides_table
from core.ui.gap.effect_verdict import BADGES
from core.ui.state import the_desk, the_zone
from core.ui.views import switch

MEASURE = "measure"  # in the address
OTHER: dict[MeasureName, MeasureName] = {"overturns": "cases", "cases": "overturns"}


def show_effect(person: Person, gap: Gap) -> None:
    """The verdict, the series, then what it was held against and what it cannot tell."""
    usual = effect_rules().measure_of(gap.gap_type)
    offered = (usual, OTHER[usual])
    measure, unusable = read_one(MEASURE, offered)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    chosen: MeasureName = "cases" if measure == "cases" else "overturns"
    with st.spinner("Judging the effect …"):
        view = effect_of(the_desk(), person, gap, the_zone(person), chosen)
    for notice in view.notices:
        st.warning(notice, icon=":material/info:")
    _choice(chosen, offered)
    rules = effect_rules()
    _verdict(view, rules)
    if view.periods is None or view.ground is None:
        return
    sides_table(view)
    if view.effect.expected is None:
        return
    series(view)
    left, right = st.columns(2, gap="medium")
    with left:
        dates_tried(view)
    with right:
        comparison(view)
    _what_it_cannot_tell(view, rules)


def _choice(chosen: MeasureName, offered: tuple[MeasureName, ...]) -> None:
    words: dict[str, str] = {name: MEASURES[name] for name in offered}
    take = partial(choose_one, MEASURE, offered=offered)
    switch("effect-measure", "Measured by", str(chosen), words, take)


def _verdict(view: EffectView, rules: EffectRules) -> None:
    effect = view.effect
    icon, colour = BADGES[view.verdict]
    with st.container(border=True, gap="xsmall", key="effect-verdict"):
        st.markdown(f":{colour}-badge[:material/{icon}: {VERDICTS[view.verdict]}]")
        if effect.headline is not None and view.shipped_on is not None:
            told = headline_words(effect, _subject(view), view.shipped_on, rules, units_of(view))
            st.markdown(f"### {escape(told)}")
        for words in _because(view, rules):
            st.markdown(escape(words))
        st.caption(escape(_counted_in(view)))


def _because(view: EffectView, rules: EffectRules) -> list[str]:
    """Why the verdict is what it is."""
    effect = view.effect
    told = [doubt_words(doubt, effect, view.periods, rules) for doubt in effect.doubts]
    if effect.headline is None:
        return told
    if not effect.doubts:
        told.append(tried_words(effect))
    return told


def _subject(view: EffectView) -> str:
    clauses = view.ground.changed.clause if view.ground else ()
    return subject_words(view.measure, clauses)


def units_of(view: EffectView) -> str:
    """What the comparison is made of: clauses, markets."""
    return UNITS.get(view.ground.dimension, "units") if view.ground else "units"


def _counted_in(view: EffectView) -> str:
    told = [f"as of {exact(view.at, view.zone)}", f"data {view.version:,}"]
    if view.periods is not None:
        first, last = day_words(view.periods.first), day_words(view.periods.last_day)
        before, after = view.periods.facts.points
        length = period_words(view.periods)
        told.insert(0, f"{before} {length} before and {after} after, {first} to {last}")
    if view.is_own_only:
        told.append("only cases of your own partners; for all cases it may be different")
    if view.is_refreshing:
        told.append("new data on the way")
    return " · ".join(told)


def _what_it_cannot_tell(view: EffectView, rules: EffectRules) -> None:
    with st.container(border=True, gap="xsmall", key="effect-caveats"):
        st.markdown("**What this cannot tell**")
        for words in caveats(view.effect, view.measure, view.gap.proposed_at.date()):
            st.markdown(f"- {escape(words)}")
        also_table(view)
    with st.expander("How it is worked out"):
        for words in _method(view, rules):
            st.markdown(f"- {escape(words)}")


def _method(view: EffectView, rules: EffectRules) -> list[str]:
    effect, sure = view.effect, f"{rules.interval * 100:.0f} %"
    told = []
    if effect.design is Design.AGAINST_OTHERS:
        told.append(
            f"In every period the gap's cases are held against what {effect.units} other "
            f"{units_of(view)} had in common in the same period. Left out are {units_of(view)} of "
            "other gaps and those with too few cases."
        )
        told.append(
            "How far unchanged ones move apart by themselves widens the interval: "
            f"{effect.spread_between * 100:.0f} %. Fixed effects of both, without any of this, "
            f"give {(effect.two_way or 1.0) * 100 - 100:+.0f} %."
        )
    if effect.own is not None and effect.headline is not None:
        told.append(
            "Against its own history, with trend"
            f"{' and season' if effect.has_season else ''}, the change is "
            f"{effect.own.ratio * 100 - 100:+.0f} % ({effect.own.low * 100 - 100:+.0f} to "
            f"{effect.own.high * 100 - 100:+.0f} %)."
        )
    told.append(
        f"The {sure} interval allows for good and bad periods that last: what carries over from "
        f"one to the next is estimated at {effect.carry:.1f} (0 nothing, 1 all)."
    )
    told.append(
        "Periods are complete and begin on the day of the change. A decision counts on the day on "
        "which its case was resolved, a case on the day on which it was received."
    )
    return told
