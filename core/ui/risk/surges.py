"""Surges: what rose beyond chance in a week, each finding as a sentence with its cases."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.queue import queue_view
from core.desk.surges import SeenFinding, SurgesView, surges_view
from core.ui import states, words
from core.ui.case_link import go_to_queue, open_case
from core.ui.format import count, escape
from core.ui.heads import copy_link, page_head
from core.ui.importing import progress_bar
from core.ui.risk.surge_asides import asides
from core.ui.risk.surge_choices import choices, chosen_finding, read_week
from core.ui.risk.surge_days import days
from core.ui.risk.surge_findings import dismissed, finding
from core.ui.risk.surge_headline import headline
from core.ui.risk.surge_words import slice_words, total_sentence
from core.ui.state import the_desk, the_person, the_zone
from core.ui.tables import case_table
from core.ui.undoable import tell_undoable


def show_surges(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """Read once, then arrange."""
    view = _read(person, case_filter)
    with page_head("Risk", view.at, view.zone, view.version, is_refreshing=view.is_refreshing):
        copy_link()
    tell_undoable()
    for notice in (*view.notices, *ignored):
        st.warning(notice, icon=":material/info:")
    choices(view)
    _of_what(case_filter)
    seen = chosen_finding(view)
    if seen is None:
        _told(view)
        return
    told, beside = st.columns([3, 2], gap="small")
    with told:
        _told(view)
    with beside, st.container(border=True, gap="xsmall"):
        cases(view, seen)


def _told(view: SurgesView) -> None:
    findings(view)
    headline(view)
    days(view)
    asides(view)


def _read(person: Person, case_filter: CaseFilter) -> SurgesView:
    """The view; a bar shows how far a scan is that was not made before."""
    place = st.empty()
    with place.container():
        move, _ = progress_bar()
    view = surges_view(
        the_desk(), person, case_filter, read_week(), the_zone(person), progress=move
    )
    place.empty()
    return view


def _of_what(case_filter: CaseFilter) -> None:
    """The filter in words, where there is one."""
    parts = words.chip_parts(case_filter)
    if parts:
        told = " · ".join(words.chip_label(case_filter, part) for part in parts)
        st.caption(f"Of cases with {escape(told)}; dates and states of cases do not count here.")


def findings(view: SurgesView) -> None:
    """Every finding that nobody has dismissed, then those folded away."""
    st.markdown(f"**Findings** · {total_sentence(view)}")
    if view.judged.result.coverage.why_not:
        states.empty(
            "This week cannot be scanned.", f"There are {view.judged.result.coverage.why_not}."
        )
    elif not view.standing:
        states.empty(
            "Nothing rose beyond chance." if not view.findings else "Nothing else is left.",
            "What the scan could not see stands below.",
        )
    for seen in view.standing:
        finding(view, seen)
    dismissed(view)


def cases(view: SurgesView, seen: SeenFinding) -> None:
    """The cases of the chosen finding, and the way to all of them in the queue."""
    mark = seen.sighting.mark
    case_filter = mark.of(view.filter, view.zone)
    found = queue_view(the_desk(), the_person(), case_filter, facets=())
    st.markdown(f"**{escape(slice_words(view, seen.sighting.finding.slice))}**")
    st.caption(f"{mark.first_day:%d %b} to {mark.last_day:%d %b %Y}")
    st.button(
        f"Open {count(found.total)} in the queue",
        icon=":material/inbox:",
        on_click=go_to_queue,
        args=(case_filter,),
        key="surge-to-queue",
    )
    case_table(found.rows, found.at, key="surge-cases", on_open=open_case)
