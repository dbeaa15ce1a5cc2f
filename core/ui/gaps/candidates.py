"""Candidates for policy gaps: what decisions say keeps going wrong, each with its cases and acts."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk.gap_candidates import CandidatesView, candidates_view, why_no_candidates
from core.ui import flash, states
from core.ui.format import count, plural
from core.ui.gaps.candidate_acts import show_candidate_form
from core.ui.gaps.candidate_card import candidate_card, dismissed_card, filed_line
from core.ui.heads import copy_link, page_head
from core.ui.importing import progress_bar
from core.ui.state import the_desk, the_zone


def show_candidates(person: Person) -> None:
    """Read once, then arrange."""
    refusal = why_no_candidates(person)
    if refusal:
        states.refused(refusal)
        return
    view = _read(person)
    with page_head(
        "Gap candidates", view.at, view.zone, view.version, is_refreshing=view.is_refreshing
    ):
        copy_link("candidates")
    flash.tell()
    _of_what(view)
    if not view.new:
        _nothing(view)
    for number, seen in enumerate(view.new[: view.rules.shown], start=1):
        candidate_card(view, seen, number)
    _rest(view)
    if may(person, "gap.propose"):
        show_candidate_form(view)


def _read(person: Person) -> CandidatesView:
    """The view; a bar shows how far a search is that was not made before."""
    place = st.empty()
    with place.container():
        move, _ = progress_bar()
    view = candidates_view(the_desk(), person, the_zone(person), progress=move)
    place.empty()
    return view


def _of_what(view: CandidatesView) -> None:
    """What was looked through, and what cannot be seen in it."""
    st.markdown(
        f"{plural(len(view.new), 'new candidate')} from {count(view.reviewed)} decisions that "
        f"were looked at again, {view.overturned:,} of them overturned: cases received since "
        f"{view.since:%d %b %Y}, {view.slices:,} slices by clause, abuse type, market and surface."
    )
    st.caption(
        ":material/info: Only decisions that somebody looked at again are counted. Who asks for a "
        "second look is no fair sample of all decisions, so a share here is not the share of all "
        "decisions that are wrong. What is usual is told by abuse type, market and surface at once."
    )


def _nothing(view: CandidatesView) -> None:
    if not view.reviewed:
        states.empty(
            "No decision was looked at again in this time.",
            "Candidates come from decisions that were kept or overturned.",
        )
    else:
        states.empty(
            "Nothing new stands out." if view.seen else "Nothing stands out.",
            "Slices with too few decisions are not judged.",
        )


def _rest(view: CandidatesView) -> None:
    more = view.new[view.rules.shown :]
    if more:
        with st.expander(f"More, less sure or smaller ({len(more)})", key="candidates-more"):
            for number, seen in enumerate(more, start=view.rules.shown + 1):
                candidate_card(view, seen, number)
    if view.filed:
        with st.expander(f"Filed as a gap ({len(view.filed)})", key="candidates-filed"):
            for seen in view.filed:
                filed_line(view, seen)
    if view.dismissed:
        with st.expander(f"Dismissed ({len(view.dismissed)})", key="candidates-dismissed"):
            for seen in view.dismissed:
                dismissed_card(view, seen)
