"""One partner: how we serve it and why, its cases, what we promised, and what to say in a call."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.desk.partner import Partner, open_partner
from core.errors import NotFound
from core.ui import states
from core.ui.case_link import go_to_opened
from core.ui.partner.brief import show_brief
from core.ui.partner.contacts import show_contacts
from core.ui.partner.details import show_details
from core.ui.partner.formula import show_formula
from core.ui.partner.head import REF, show_head
from core.ui.partner.health import show_health
from core.ui.partner.record import show_record
from core.ui.partner.served import show_service
from core.ui.state import the_desk, the_person
from core.ui.views import choose_view, read_view

Show = Callable[[Person, Partner], None]
# The first is shown where the address names none.
VIEWS: dict[str, tuple[str, Show]] = {
    "health": ("Health", show_health),
    "service": ("Service", show_service),
    "cases": ("Cases and contacts", show_contacts),
    "record": ("Record", show_record),
    "brief": ("Brief", show_brief),
    "formula": ("How it is worked out", show_formula),
    "details": ("Details", show_details),
}


@st.fragment
def page() -> None:
    """Whom it is about, then the chosen view, all in one sequence."""
    go_to_opened()
    with the_desk().snapshot.page():
        show_partner(the_person())


def show_partner(person: Person) -> None:
    """The partner that the address names."""
    try:
        partner = open_partner(the_desk(), person, st.query_params.get(REF, ""))
    except NotFound:
        states.not_found()
        return
    chosen, unusable = read_view(VIEWS)
    show_head(person, partner)
    choose_view("partner-view", chosen, VIEWS)
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    _, show = VIEWS[chosen]
    show(person, partner)


page()
