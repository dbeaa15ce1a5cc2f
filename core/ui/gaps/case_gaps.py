"""On the page of a case: the gaps that it is evidence of, and linking it to one."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.cases.case import Case
from core.cases.filter import CaseFilter, Segment
from core.desk.gap_views import gaps_with_case
from core.gaps.model import Gap
from core.taxonomy import taxonomy
from core.ui.case_link import GAP_PAGE
from core.ui.format import escape
from core.ui.gap.gap_words import title_of
from core.ui.gaps.linking import link_popover
from core.ui.state import the_desk


def case_gaps(person: Person, case: Case) -> None:
    """One line for each gap, and the form that links the case to another."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for gap in gaps_with_case(the_desk(), person, case.ref):
            st.page_link(
                GAP_PAGE,
                label=escape(_words(gap)),
                icon=":material/rule:",
                query_params={"gap": gap.ref},
            )
        link_popover(person, "case", CaseFilter(segment=Segment.ALL, cases=(case.ref,)))


def _words(gap: Gap) -> str:
    state = taxonomy().label("gap_responses", gap.response).lower()
    return f"Evidence of gap {gap.ref}, {state}: {title_of(gap)}"
