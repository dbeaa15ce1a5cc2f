"""Data: bring the cases of a file in, or a release of the public report, and take either back."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.ui.address import choose_one, read_one
from core.ui.case_imports import show_imports
from core.ui.flash import tell
from core.ui.releases import show_releases
from core.ui.state import the_person
from core.ui.views import switch

WHAT, CASES, PUBLIC = "what", "cases", "public"  # in the address
WHATS = {CASES: "Cases", PUBLIC: "Public report"}


def page() -> None:
    """Cases, or the public report beside them."""
    person = the_person()
    st.markdown("# Data")
    tell()
    chosen = choose_what(person)
    if chosen == PUBLIC:
        show_releases(person)
    else:
        show_imports(person)


def choose_what(person: Person) -> str:
    """What is brought in; the public report is for those who read risk views."""
    if not may(person, "risk.read"):
        return CASES
    chosen, unusable = read_one(WHAT, tuple(WHATS))
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    switch("data-what", "What", chosen, WHATS, lambda what: choose_one(WHAT, what, tuple(WHATS)))
    return chosen


page()
