"""Policy updates: what changes in the rules and how we work, who has read it, and the clauses."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.errors import NotFound
from core.ui import states
from core.ui.case_link import go_to_opened
from core.ui.policy.clauses import show_clauses
from core.ui.policy.documents import show_documents
from core.ui.policy.feed import show_feed
from core.ui.policy.policy_address import UPDATE
from core.ui.policy.update import show_update
from core.ui.state import the_person
from core.ui.views import choose_view, read_view

Show = Callable[[Person], None]
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "feed": ("Feed", show_feed),
    "clauses": ("Clauses", show_clauses),
    "documents": ("Documents", show_documents),
}


@st.fragment
def page() -> None:
    """One update in full, or the chosen view; each reads once and then arranges."""
    go_to_opened()
    person = the_person()
    ref = st.query_params.get(UPDATE, "")
    try:
        if ref:
            show_update(person, ref)
        else:
            show_view(person)
    except NotFound:
        states.not_found()


def show_view(person: Person) -> None:
    """The views side by side, and the chosen one."""
    chosen, unusable = read_view(VIEWS)
    choose_view("policy-view", chosen, VIEWS)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person)


page()
