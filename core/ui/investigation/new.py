"""The form for a new investigation, filled with the question and scope of the address."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import require
from core.cases.filter import CaseFilter
from core.desk.investigation_views import CountedFilter, foreseen
from core.desk.investigations import open_investigation
from core.risk.investigation import investigation_limits
from core.ui.address import read_filter
from core.ui.case_lists import list_of_cases, references
from core.ui.flash import attempt, tell
from core.ui.investigation.listing import REF
from core.ui.state import the_desk

QUESTION = "question"  # in the address


def show_new(person: Person) -> None:
    """Question, scope with its cases, and cases to begin with."""
    require(person, "risk.write")
    scope, ignored = read_filter()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-head"):
        st.markdown("# New investigation", width="stretch")
    tell()
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    with st.container(border=True, gap="small"):
        form(person, foreseen(the_desk(), person, scope))


def form(person: Person, scope: CountedFilter) -> None:
    """What is asked for; the scope comes from the address and is changed in the queue."""
    limits = investigation_limits()
    st.text_area(
        "Question",
        st.query_params.get(QUESTION, "")[: limits.longest_question],
        max_chars=limits.longest_question,
        height=80,
        key="new-question",
        placeholder="Why do impersonation cases by partner form triple in Brazil?",
        help="Ask about the pattern; leave names of people out",
    )
    st.markdown("**Scope**")
    list_of_cases(scope, {}, "new-to-queue", is_scope=True)
    st.text_area(
        "Cases to pin at once",
        key="new-cases",
        height=70,
        placeholder="E-000012, E-000040",
        help="References with spaces, commas or lines between; they can be pinned later as well",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Open the investigation",
            type="primary",
            key="new-save",
            on_click=begin,
            args=(person, scope.filter),
        )
        st.button("Cancel", key="new-cancel", on_click=st.query_params.clear)


def begin(person: Person, scope: CaseFilter) -> None:
    """Open it and go there."""

    def act() -> str:
        question = st.session_state["new-question"]
        ref = open_investigation(
            the_desk(), person, question, scope, references(st.session_state["new-cases"])
        )
        st.query_params.from_dict({REF: ref})
        return f"{ref} is open, and you lead it."

    attempt(act)
