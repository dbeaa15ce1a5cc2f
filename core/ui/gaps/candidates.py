"""Candidates for policy gaps: what decisions say keeps going wrong, each with its cases and acts."""

from __future__ import annotations

import math

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk.gap_candidates import CandidatesView, SeenList, candidates_view
from core.desk.gap_ground import MiningGround, why_no_candidates
from core.desk.gap_people import PeopleView, people_view
from core.desk.gap_texts import TextsView, texts_view
from core.gaps.candidates import ABSENT, UNCLEAR
from core.ui import flash, states
from core.ui.format import count, plural
from core.ui.gaps.candidate_acts import show_candidate_form
from core.ui.gaps.candidate_card import candidate_card, dismissed_card, filed_line
from core.ui.heads import copy_link, page_head
from core.ui.importing import progress_bar
from core.ui.state import the_desk, the_zone


def show_candidates(person: Person) -> None:
    """What is quick to tell first; people and texts follow below it."""
    refusal = why_no_candidates(person)
    if refusal:
        states.refused(refusal)
        return
    view = _decisions(person)
    ground = view.ground
    with page_head(
        "Gap candidates", view.at, ground.zone, view.version, is_refreshing=view.is_refreshing
    ):
        copy_link("candidates")
    flash.tell()
    _of_decisions(view)
    _cards(view, ground, "decisions")
    people = _people(person)
    _of_people(people)
    _cards(people, ground, "people")
    texts = _texts(person)
    _of_texts(texts)
    _cards(texts, ground, "texts")
    if may(person, "gap.propose"):
        show_candidate_form(ground, (*view.seen, *people.seen, *texts.seen))


def _decisions(person: Person) -> CandidatesView:
    """The view; a bar shows how far a search is that was not made before."""
    place = st.empty()
    with place.container():
        move, _ = progress_bar()
    view = candidates_view(the_desk(), person, the_zone(person), progress=move)
    place.empty()
    return view


def _people(person: Person) -> PeopleView:
    place = st.empty()
    with place.container():
        move, _ = progress_bar()
    view = people_view(the_desk(), person, the_zone(person), progress=move)
    place.empty()
    return view


def _texts(person: Person) -> TextsView:
    place = st.empty()
    with place.container():
        move, _ = progress_bar()
    view = texts_view(the_desk(), person, the_zone(person), progress=move)
    place.empty()
    return view


def _of_decisions(view: CandidatesView) -> None:
    """What was looked through, and what cannot be seen in it."""
    st.markdown(
        f"**Overturned more often than usual** · {plural(len(view.new), 'new candidate')} from "
        f"{count(view.reviewed)} decisions that were looked at again, {view.overturned:,} of them "
        f"overturned: cases received since {view.ground.since:%d %b %Y}, {view.slices:,} slices by "
        "clause, abuse type, market and surface."
    )
    st.caption(
        ":material/info: Only decisions that somebody looked at again are counted. Who asks for a "
        "second look is no fair sample of all decisions, so a share here is not the share of all "
        "decisions that are wrong. What is usual is told by abuse type, market and surface at once."
    )
    if not view.reviewed:
        states.empty(
            "No decision was looked at again in this time.",
            "Candidates come from decisions that were kept or overturned.",
        )
    elif not view.new:
        states.empty(
            "Nothing new stands out." if view.seen else "Nothing stands out.",
            "Slices with too few decisions are not judged.",
        )


def _of_people(view: PeopleView) -> None:
    st.markdown(
        f"**Decided differently by different people** · {plural(len(view.new), 'new candidate')} "
        f"from the newest {view.decisions:,} decisions of {view.people:,} people, "
        f"{view.clauses:,} clauses with enough of both."
    )
    told = (
        ":material/info: How strict somebody is everywhere does not count, nor how markets differ. "
        "Nobody is named: this is about rules that can be read in several ways."
    )
    twice = view.twice
    if not math.isnan(twice.agreement):
        told += (
            f" {plural(twice.cases, 'case')} had decisions of several people; these agree "
            f"{twice.agreement:.2f} on a scale on which 0 is chance and 1 always "
            f"(80 % interval {twice.low:.2f} to {twice.high:.2f}). Such cases were mostly opened "
            "again because somebody disagreed, so they agree less than others would."
        )
    st.caption(told)
    if not view.new:
        states.empty("No clause stands out.", "Clauses with too few people are not judged.")


def _of_texts(view: TextsView) -> None:
    kinds = {UNCLEAR: "overturned because the rule allows two readings", ABSENT: "without a rule"}
    looked = ", ".join(f"{one.texts:,} {kinds[one.kind]}" for one in view.looked)
    stable = " and ".join(f"{one.agreement:.2f}" for one in view.looked)
    newest = max((one.newest for one in view.looked), default=0)
    st.markdown(
        f"**Alike texts without a clear rule** · {plural(len(view.new), 'new candidate')} from "
        f"the newest texts, at most {newest:,} of each kind: {looked}."
    )
    hidden = "" if view.shows_terms else " Your role does not read texts, so no words are shown."
    st.caption(
        ":material/info: Texts of restricted cases are never compared. Grouped again without a "
        f"fifth of the texts, the groups agree {stable} on a scale on which 0 is chance and 1 "
        f"always.{hidden}"
    )
    if not view.new:
        states.empty("No texts are alike often enough.", "Small and unstable groups are left out.")


def _cards(view: SeenList, ground: MiningGround, name: str) -> None:
    for number, seen in enumerate(view.new[: ground.rules.shown], start=1):
        candidate_card(ground, seen, number)
    more = view.new[ground.rules.shown :]
    if more:
        with st.expander(f"More, less sure or smaller ({len(more)})", key=f"{name}-more"):
            for number, seen in enumerate(more, start=ground.rules.shown + 1):
                candidate_card(ground, seen, number)
    if view.filed:
        with st.expander(f"Filed as a gap ({len(view.filed)})", key=f"{name}-filed"):
            for seen in view.filed:
                filed_line(ground, seen)
    if view.dismissed:
        with st.expander(f"Dismissed ({len(view.dismissed)})", key=f"{name}-dismissed"):
            for seen in view.dismissed:
                dismissed_card(ground, seen)
