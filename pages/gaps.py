"""Policy gaps: what keeps going wrong, who has to answer for it, and which change comes first."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.ui.address import choose_one, read_one, seed
from core.ui.case_link import go_to_opened
from core.ui.gaps.board import show_board
from core.ui.gaps.listing import show_list
from core.ui.state import the_person

Show = Callable[[Person], None]
VIEW = "view"  # in the address
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "list": ("List", show_list),
    "board": ("Board", show_board),
}


@st.fragment
def page() -> None:
    """The chosen view; each reads once and then arranges."""
    go_to_opened()
    person = the_person()
    chosen, unusable = read_one(VIEW, tuple(VIEWS))
    choose_view(chosen)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person)


def choose_view(chosen: str) -> None:
    """The views side by side, above everything that belongs to one of them."""
    seed("gaps-view", chosen)
    st.segmented_control(
        "View",
        list(VIEWS),
        format_func=lambda view: VIEWS[view][0],
        key="gaps-view",
        required=True,
        label_visibility="collapsed",
        on_change=lambda: choose_one(VIEW, st.session_state["gaps-view"], tuple(VIEWS)),
    )


page()
