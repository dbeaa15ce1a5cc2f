"""Policy gaps: what keeps going wrong, who has to answer for it, and which change comes first."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.ui.case_link import go_to_opened
from core.ui.gaps.board import show_board
from core.ui.gaps.candidates import show_candidates
from core.ui.gaps.linking import NEW
from core.ui.gaps.listing import show_list
from core.ui.gaps.new import show_new
from core.ui.gaps.ranking import show_ranking
from core.ui.state import the_person
from core.ui.views import choose_view, read_view

Show = Callable[[Person], None]
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "list": ("List", show_list),
    "board": ("Board", show_board),
    "candidates": ("Candidates", show_candidates),
    "ranking": ("Ranking", show_ranking),
}


@st.fragment
def page() -> None:
    """The form for a new one, or the chosen view; each reads once and then arranges."""
    go_to_opened()
    person = the_person()
    if NEW in st.query_params:
        show_new(person)
        return
    chosen, unusable = read_view(VIEWS)
    choose_view("gaps-view", chosen, VIEWS)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person)


page()
