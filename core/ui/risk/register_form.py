"""Putting something on the register: who looks after it, and when it is looked at next."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import CaseFilter
from core.desk.risk_register import (
    SubjectView,
    add_risk,
    add_risk_by_hand,
    possible_owners,
    review_proposed,
)
from core.risk.framework import Outcome
from core.risk.subjects import LONGEST_TITLE, Subject
from core.ui.flash import attempt
from core.ui.risk.framework_marks import go_to_risk, scope_words
from core.ui.state import the_desk

ADD, ADD_BY_HAND = "register-add", "register-add-by-hand"


def register_act(person: Person, view: SubjectView) -> None:
    """The way to the risk that a subject stands as, or to making it one."""
    if view.risk_ref:
        st.button(
            f"On the register: {view.risk_ref}",
            icon=":material/list_alt:",
            on_click=go_to_risk,
            args=(view.risk_ref,),
            key="to-risk",
        )
        return
    if not may(person, "risk.write"):
        return
    inside = st.popover(
        "Put on the register", icon=":material/list_alt:", key=ADD, on_change="rerun"
    )
    if inside.open:
        with inside:
            _who_and_when(person, view.history[0].outcome if view.history else None)
            _until(view.subject.filter)
            st.button(
                "Put it there",
                type="primary",
                on_click=_add,
                args=(person, view.subject),
                key="register-save",
            )


def by_hand_act(person: Person, case_filter: CaseFilter) -> None:
    """A risk that nobody has assessed yet, with the cases of the filter in the address."""
    if not may(person, "risk.write"):
        return
    inside = st.popover("Add a risk", icon=":material/add:", key=ADD_BY_HAND, on_change="rerun")
    if not inside.open:
        return
    with inside:
        st.text_input("What is perceived", key="register-title", max_chars=LONGEST_TITLE)
        st.caption(f"Its cases: {scope_words(case_filter)}")
        _who_and_when(person, None)
        st.button(
            "Add it",
            type="primary",
            on_click=_add_by_hand,
            args=(person, case_filter),
            key="register-save",
        )


def owner_choice(person: Person, owner: str, key: str) -> None:
    """Who looks after it, out of those who may."""
    names = possible_owners(the_desk(), person)
    options = list(names)
    st.selectbox(
        "Owner",
        options,
        index=options.index(owner) if owner in names else None,
        # With the username: two people can have one name, and a choice is told by its words.
        format_func=lambda username: f"{names[username]} ({username})",
        key=key,
    )


def _who_and_when(person: Person, outcome: Outcome | None) -> None:
    owner_choice(person, person.username, "register-owner")
    st.date_input(
        "Next review",
        review_proposed(the_desk(), person, outcome),
        key="register-review",
        format="YYYY-MM-DD",
    )


def _until(filter_: CaseFilter) -> None:
    if filter_.received_to is not None:
        st.checkbox(
            "Count cases that come in later, too",
            True,
            key="register-open-end",
            help=f"Without it, only cases received until {filter_.received_to} belong to the risk",
        )


def _add(person: Person, subject: Subject) -> None:
    owner = st.session_state["register-owner"] or ""
    day = st.session_state["register-review"]
    goes_on = bool(st.session_state.get("register-open-end"))

    def act() -> str:
        ref = add_risk(the_desk(), person, subject, owner, day, goes_on=goes_on)
        st.session_state[ADD] = False
        return f"{ref} is on the register."

    attempt(act)


def _add_by_hand(person: Person, case_filter: CaseFilter) -> None:
    title = st.session_state["register-title"]
    owner = st.session_state["register-owner"] or ""
    day = st.session_state["register-review"]

    def act() -> str:
        ref = add_risk_by_hand(the_desk(), person, title, case_filter, owner, day)
        st.session_state[ADD_BY_HAND] = False
        return f"{ref} is on the register."

    attempt(act)
