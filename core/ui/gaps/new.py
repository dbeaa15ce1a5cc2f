"""Proposing a gap: its facts, the cases that show it, and which cases it is about from now on."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.access.model import Person
from core.access.rules import why_not
from core.cases.filter import CaseFilter
from core.desk.gap_choices import gap_choices
from core.desk.gaps import Cases, propose_gap
from core.desk.investigation_views import CountedFilter, foreseen
from core.gaps.limits import gap_limits
from core.gaps.matching import is_narrow, lasting
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.address import read_filter, seed
from core.ui.case_lists import list_of_cases, references
from core.ui.flash import attempt, tell
from core.ui.format import plural
from core.ui.gap.fact_fields import fact_fields, typed_gap
from core.ui.gaps.linking import NEW
from core.ui.state import the_desk

FIELD = "new-gap-"
BEGUN = "gap.new"  # the address that the fields were filled from
# Parameter of the address -> field that it fills.
FILLED = {NEW: "title", "statement": "statement", "type": "gap_type", "severity": "severity"}
LISTED = {"gap_type": "gap_types", "severity": "gap_severities"}


def show_new(person: Person) -> None:
    """The form, filled with what the address says."""
    refusal = why_not(person, "gap.propose")
    if refusal:
        states.refused(refusal, is_whole_page=True)
        return
    cases, ignored = read_filter()
    _fill(cases)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-head"):
        st.markdown("# Propose a gap", width="stretch")
    tell()
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    with st.container(border=True, gap="small", key="new-gap"):
        fact_fields(FIELD, gap_choices(the_desk(), person))
        _evidence(person, cases)
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Propose the gap",
                type="primary",
                key="gap-save",
                on_click=_propose,
                args=(person, cases),
            )
            st.button("Cancel", key="gap-cancel", on_click=st.query_params.clear)


def _fill(cases: CaseFilter) -> None:
    """Begin with what the address says; what was typed since stays."""
    params = st.query_params
    begun = (tuple(params.get(name, "") for name in FILLED), cases)
    if st.session_state.get(BEGUN) == begun:
        return
    st.session_state[BEGUN] = begun
    for key in [str(k) for k in st.session_state if str(k).startswith(FIELD)]:
        del st.session_state[key]
    for name, field in FILLED.items():
        value = params.get(name, "")
        if field not in LISTED or value in taxonomy().terms(LISTED[field]):
            st.session_state[FIELD + field] = value
    known = taxonomy().abuse_types
    st.session_state[FIELD + "abuse_types"] = [v for v in cases.abuse_type if v in known]
    st.session_state[FIELD + "clauses"] = [v for v in cases.clause if v]


def _evidence(person: Person, cases: CaseFilter) -> None:
    st.markdown("**Cases that show it**")
    if cases.chosen():
        _from_list(person, cases)
    else:
        st.text_area(
            "References",
            key=FIELD + "cases",
            height=70,
            placeholder="E-000012, E-000040",
            help="With spaces, commas or lines between; cases can be linked later as well, one by "
            "one, or a whole list from the queue",
        )
    left, right = st.columns([1, 2])
    with left:
        seed(FIELD + "strength", _held("strength") or gap_limits().usual_strength)
        st.selectbox(
            "Strength",
            list(taxonomy().evidence_strengths),
            key=FIELD + "strength",
            format_func=lambda value: taxonomy().label("evidence_strengths", value),
        )
    with right:
        st.text_input(
            "Why these cases show it", key=FIELD + "reason", max_chars=gap_limits().longest_text
        )


def _from_list(person: Person, cases: CaseFilter) -> None:
    """Whether the cases of the list are evidence, and whether the gap is about all like them."""
    counted = foreseen(the_desk(), person, cases)
    list_of_cases(counted, {}, "gap-to-queue", is_scope=True)
    most = gap_limits().most_linked_at_once
    is_possible = 0 < counted.count <= most
    seed(FIELD + "link", bool(_held("link", default=True)) and is_possible)
    st.checkbox(
        f"Link {plural(counted.count, 'case')} as evidence",
        key=FIELD + "link",
        disabled=not is_possible,
        help=None if is_possible else f"At most {most:,} are linked at once",
    )
    about = lasting(cases.without("cases"))
    if not is_narrow(about):
        return
    same = foreseen(the_desk(), person, about)
    seed(FIELD + "match", bool(_held("match", default=True)))
    st.checkbox(
        f"The gap is about all cases like them, those to come too: {same.count:,} so far",
        key=FIELD + "match",
        help="They count in its impact and effect, whatever their state; linked cases count too",
    )
    _matched(same)


def _matched(same: CountedFilter) -> None:
    if st.session_state.get(FIELD + "match"):
        list_of_cases(same, {}, "gap-match-to-queue")


def _propose(person: Person, cases: CaseFilter) -> None:
    new = typed_gap(FIELD)
    if _held("match"):
        new = replace(new, matching=lasting(cases.without("cases")))

    def act() -> str:
        linked = _linked(cases)
        reason = str(_held("reason") or "")
        ref = propose_gap(the_desk(), person, new, linked, str(_held("strength") or ""), reason)
        st.session_state.pop(BEGUN, None)
        st.session_state["open-gap"] = {"gap": ref}
        return f"{ref} is proposed. It waits for its owner to answer."

    attempt(act)


def _linked(cases: CaseFilter) -> Cases:
    if cases.chosen():
        return cases if _held("link") else ()
    return references(str(_held("cases") or ""))


def _held(name: str, default: object = None) -> object:
    return st.session_state.get(FIELD + name, default)
