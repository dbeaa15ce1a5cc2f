"""Partners: how well each is served, who got worse and why, and the directory of them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.ui.address import choose_one, read_one, seed
from core.ui.case_link import go_to_opened
from core.ui.partners.directory import show_directory
from core.ui.partners.funnel import show_funnel
from core.ui.partners.listing import show_list
from core.ui.partners.movers import show_movers
from core.ui.state import the_person

Show = Callable[[Person], None]
VIEW = "view"  # in the address
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "list": ("All partners", show_list),
    "movers": ("Who got worse", show_movers),
    "funnel": ("Against size", show_funnel),
    "directory": ("Directory", show_directory),
}


@st.fragment
def page() -> None:
    """The chosen view; each reads once and then arranges."""
    go_to_opened()
    person = the_person()
    chosen, unusable = read_one(VIEW, tuple(VIEWS))
    if len(VIEWS) > 1:
        choose_view(chosen)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person)


def choose_view(chosen: str) -> None:
    """The views side by side, above everything that belongs to one of them."""
    seed("partners-view", chosen)
    st.segmented_control(
        "View",
        list(VIEWS),
        format_func=lambda view: VIEWS[view][0],
        key="partners-view",
        required=True,
        label_visibility="collapsed",
        on_change=lambda: choose_one(VIEW, st.session_state["partners-view"], tuple(VIEWS)),
    )


page()
