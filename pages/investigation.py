"""Investigations: what is asked about a pattern of cases, what was found, and what came of it."""

from __future__ import annotations

import streamlit as st

from core.ui.case_link import go_to_opened
from core.ui.investigation.dossier import show_dossier
from core.ui.investigation.listing import REF, show_list
from core.ui.investigation.new import QUESTION, show_new
from core.ui.state import the_person


def page() -> None:
    """One investigation, the form for a new one, or all of them, as the address says."""
    go_to_opened()
    person = the_person()
    ref = st.query_params.get(REF, "")
    if ref:
        show_dossier(person, ref)
    elif QUESTION in st.query_params:
        show_new(person)
    else:
        show_list(person)


page()
