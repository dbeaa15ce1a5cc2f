"""One case: its clocks, what happened, whom it is for, and what resembles it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.clock import to_micros
from core.desk.case import CaseView, case_view, reveal
from core.desk.investigation_views import investigations_of_case
from core.errors import NotFound
from core.ui import case_panels, revealed
from core.ui.case_link import way_back
from core.ui.clock_strip import Zones, clock_strip
from core.ui.csat_form import csat_panel
from core.ui.format import exact
from core.ui.gaps.case_gaps import case_gaps
from core.ui.state import the_desk, the_person, the_zone
from core.ui.timeline import content, timeline
from core.ui.undoable import tell_undoable

PARTS = {
    "title": "title",
    "summary": "summary",
    "requester": "requester",
    "attributes": "further fields",
}


def page() -> None:
    """Read once, then arrange."""
    way_back()
    person = the_person()
    ref = st.query_params.get("case", "")
    if not ref:
        raise NotFound("Case", "")
    view = case_view(the_desk(), person, ref)
    partner_zone = view.partner.zone if view.partner else ""
    zones = Zones(the_zone(person, partner_zone), partner_zone)
    case_panels.head(view.case, exact(view.at, zones.own), can_reveal=view.can_reveal)
    tell_undoable()
    csat_panel(view.case, person, view.at, zones.own)
    case_panels.investigations(investigations_of_case(the_desk(), person, ref))
    case_gaps(person, view.case)
    clock_strip(view.clocks, zones, the_desk().book)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        contents(view, person)
        happened(view, person, zones)
    with right, st.container(key="case-around"):
        around(view, zones)


def contents(view: CaseView, person: Person) -> None:
    """Personal text, closed until it is asked for."""
    if not view.can_reveal:
        return
    shown = revealed.of(view.case.ref)
    with st.container(horizontal=True, gap="xsmall", key="case-contents"):
        for part, words in PARTS.items():
            if part not in shown and not (part == "title" and view.case.title):
                st.button(
                    f"Show {words}",
                    key=f"show-{part}",
                    icon=":material/visibility:",
                    on_click=partial(ask, view.case.ref, person),
                    args=(part,),
                )
    if view.case.is_restricted:
        st.caption("Restricted: each part that you open is recorded in the audit.")
    for part, words in PARTS.items():
        if part in shown:
            st.caption(words.capitalize())
            content(shown[part])


def happened(view: CaseView, person: Person, zones: Zones) -> None:
    """The typed timeline."""
    st.markdown("### Timeline")
    timeline(
        view.timeline,
        revealed.of(view.case.ref),
        zones.own,
        to_micros(view.at),
        partial(ask, view.case.ref, person) if view.can_reveal else None,
    )


def around(view: CaseView, zones: Zones) -> None:
    """Partner, facts, decisions, and other cases with the reason for each."""
    if view.partner:
        case_panels.partner(view.partner, zones)
    if view.decisions:
        st.markdown("### Decisions")
        case_panels.decisions(view.decisions, zones.own)
    st.markdown("### Facts")
    case_panels.facts(view.case, zones)
    st.markdown("### Related cases")
    case_panels.related(view.related)


def ask(ref: str, person: Person, part: str) -> None:
    """Open one part of the content; of a restricted case it is recorded first."""
    revealed.keep(ref, reveal(the_desk(), person, ref, part))


page()
