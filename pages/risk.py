"""Risk: where more comes in than was to be expected, why, and what deserves an investigation."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.ui.address import read_filter
from core.ui.case_link import go_to_opened
from core.ui.risk.framework import show_framework
from core.ui.risk.heatmap import show_heatmap
from core.ui.risk.public_figures import show_public_figures
from core.ui.risk.register import show_register
from core.ui.risk.surges import show_surges
from core.ui.state import the_person
from core.ui.views import choose_view, read_view

Show = Callable[[Person, CaseFilter, list[str]], None]
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "heatmap": ("Heatmap", show_heatmap),
    "surges": ("Surges", show_surges),
    "framework": ("Framework", show_framework),
    "register": ("Register", show_register),
    "public": ("Public report", show_public_figures),
}


@st.fragment
def page() -> None:
    """The chosen view; each reads once and then arranges."""
    go_to_opened()
    person = the_person()
    case_filter, ignored = read_filter()
    chosen, unusable = read_view(VIEWS)
    choose_view("risk-view", chosen, VIEWS)
    _, show = VIEWS[chosen]
    show(person, case_filter, [*ignored, *unusable])


page()
