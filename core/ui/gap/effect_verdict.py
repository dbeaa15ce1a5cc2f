"""What the measured effect of a gap's change says, for the form that closes it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.access.model import Person
from core.desk.gap_effect import EffectView, effect_of
from core.gaps.effect_facts import Verdict
from core.gaps.effect_rules import effect_rules
from core.gaps.effect_words import UNITS, VERDICTS, headline_words, subject_words
from core.gaps.model import Gap
from core.ui.case_link import GAP_PAGE
from core.ui.format import escape
from core.ui.state import the_desk, the_zone
from core.ui.views import VIEW

# Colour comes with the icon and the word.
BADGES: dict[Verdict, tuple[str, str]] = {
    Verdict.WORKED: ("verified", "green"),
    Verdict.NO_MEASURABLE_EFFECT: ("drag_handle", "gray"),
    Verdict.GOT_WORSE: ("trending_up", "red"),
    Verdict.TOO_EARLY: ("hourglass_empty", "blue"),
    Verdict.NO_DATA: ("block", "gray"),
}


def show_verdict(person: Person, gap: Gap) -> None:
    """The verdict in words, and the way to the page that it comes from."""
    found = _judged(person, gap)
    icon, colour = BADGES[found.verdict]
    with st.container(border=True, gap="xsmall", key="verify-effect"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badge = f":{colour}-badge[:material/{icon}: {escape(VERDICTS[found.verdict])}]"
            st.markdown(f"**Measured effect** {badge}", width="stretch")
            with st.container(key="related-effect", width="content"):
                st.page_link(
                    GAP_PAGE,
                    label="How it was judged",
                    query_params={"gap": gap.ref, VIEW: "effect"},
                )
        if found.effect.headline is not None and found.shipped_on is not None:
            st.caption(escape(_headline(found, found.shipped_on)))
        if found.verdict is not Verdict.WORKED:
            st.caption(
                "A gap is closed as verified when its change worked. Wait for more cases, reopen "
                "it, or let a team lead set it aside unverified."
            )


def _headline(found: EffectView, shipped_on: date) -> str:
    clauses = found.ground.changed.clause if found.ground else ()
    units = UNITS.get(found.ground.dimension, "units") if found.ground else ""
    subject = subject_words(found.measure, clauses)
    return headline_words(found.effect, subject, shipped_on, effect_rules(), units)


def _judged(person: Person, gap: Gap) -> EffectView:
    return effect_of(the_desk(), person, gap, the_zone(person))
