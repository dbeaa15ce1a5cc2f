"""One policy gap: what goes wrong, who has to answer, what it costs, and whether the change worked."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.errors import NotFound
from core.gaps.model import Gap
from core.ui import states
from core.ui.case_link import go_to_opened
from core.ui.gap.cases import show_cases
from core.ui.gap.dossier import show_dossier
from core.ui.gap.effect import show_effect
from core.ui.gap.forms import show_open_form
from core.ui.gap.head import show_head, the_dossier
from core.ui.gap.impact import show_impact
from core.ui.gap.log import show_log
from core.ui.state import the_person
from core.ui.views import choose_view, read_view

Show = Callable[[Person, Gap], None]
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "dossier": ("Dossier", show_dossier),
    "impact": ("Impact", show_impact),
    "cases": ("Cases", show_cases),
    "effect": ("Effect", show_effect),
    "log": ("Log", show_log),
}


@st.fragment
def page() -> None:
    """What it is and how it stands, then the chosen view."""
    go_to_opened()
    person = the_person()
    try:
        view = the_dossier(person)
    except NotFound:
        states.not_found()
        return
    chosen, unusable = read_view(VIEWS)
    show_head(person, view)
    choose_view("gap-view", chosen, VIEWS)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person, view.gap)
    show_open_form(person, view)


page()
