"""Partners: how well each is served, who got worse and why, and the directory of them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.ui.case_link import go_to_opened
from core.ui.partners.directory import show_directory
from core.ui.partners.funnel import show_funnel
from core.ui.partners.listing import show_list
from core.ui.partners.movers import show_movers
from core.ui.state import the_person
from core.ui.views import choose_view, read_view

Show = Callable[[Person], None]
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
    chosen, unusable = read_view(VIEWS)
    choose_view("partners-view", chosen, VIEWS)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person)


page()
