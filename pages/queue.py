"""The queue: which cases need somebody now, in what order, and what stands behind the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import CaseFilter
from core.cases.model import Cursor
from core.cases.windows import queue_windows
from core.charts.ageing import ageing_chart, ageing_mark
from core.charts.flow import flow_chart, flow_mark
from core.desk.export import export_cases
from core.desk.queue import QueueView, queue_view
from core.ui import filters, states
from core.ui.address import choose_number, go, read_filter, read_number, read_place
from core.ui.case_link import go_to_opened, open_case
from core.ui.charts import chart_head, show, table_behind
from core.ui.gaps.queue_link import link_button, link_panel
from core.ui.heads import copy_link, export_button, page_head, pager
from core.ui.live import is_by_a_person
from core.ui.state import asked_later, the_desk, the_person, the_zone
from core.ui.tables import case_table
from core.ui.tiles import tiles
from core.ui.views import switch

REFRESH = "30s"
FLOW = "flow_days"  # in the address


@st.fragment(run_every=REFRESH)
def page() -> None:
    """Read once, then arrange; runs again by itself and keeps filters and place."""
    go_to_opened()
    person = the_person(is_visit=is_by_a_person())
    zone = the_zone(person)
    case_filter, ignored = read_filter()
    days, unusable = read_number(FLOW, queue_windows().flow_days)
    view = read(person, case_filter, days)
    with st.container(key="desk-body"):
        head(view, person, zone, [*ignored, *unusable])
        tiles(view.tiles, case_filter)
        filters.segments(case_filter, view.facets)
        with st.container(key="filters", gap="small"):
            filters.line(case_filter, view.facets, zone)
            filters.chips(case_filter, view.facets)
        cases(view, person, (case_filter, read_place()))
        charts(view)


def read(person: Person, case_filter: CaseFilter, flow_days: int) -> QueueView:
    """One view of the filter at the place of the address; everything in it counts alike."""
    return queue_view(
        the_desk(),
        person,
        case_filter,
        read_place(),
        flow_days=flow_days,
        zone=the_zone(person),
        facets=filters.dimensions_shown(case_filter),
    )


def head(view: QueueView, person: Person, zone: str, ignored: list[str]) -> None:
    """What this is, as of when, the way out of it, and what of the address could not be used."""
    with page_head("Queue", view.at, zone, view.version, is_refreshing=view.is_refreshing):
        if may(person, "case.export") and view.total:
            export_button(partial(export, asked_later(), read_filter()[0]), view.total)
        copy_link()
    for notice in (*view.notices, *ignored):
        st.warning(notice, icon=":material/info:")


@st.fragment
def cases(view: QueueView, person: Person, drawn: tuple[CaseFilter, Cursor | None]) -> None:
    """Order, place and page of cases; only this part runs again when one of them changes."""
    go_to_opened()
    case_filter, _ = read_filter()
    if (case_filter, read_place()) != drawn:
        view = read(the_person(), case_filter, view.flow_days)
    with pager(view.first, len(view.rows), view.total, view.previous, view.next):
        filters.sorting(case_filter)
        st.caption(view.sort_rule, width="stretch")
        link_button(person)
    ticks = link_panel(person, view, case_filter)
    if view.rows.empty:
        states.empty("No case fits these filters.", "Take a filter away or clear them all.")
        return
    with st.container(key="cases"):
        case_table(view.rows, view.at, "queue-table", open_case, ticks)


def charts(view: QueueView) -> None:
    """Two pictures of the same cases; a click on a mark opens exactly what it counts."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, gap="xsmall"):
        drawing = ageing_chart(view.ageing)
        with chart_head("Open cases by age", "coloured by who owns their time now"):
            table_behind(drawing, "ageing-table")
        show(drawing, "ageing", partial(pick_age, view))
    with right, st.container(border=True, gap="xsmall"):
        drawing = flow_chart(view.flow)
        with chart_head("Received and resolved per day", f"days of {view.zone}"):
            choose_days(view.flow_days)
            table_behind(drawing, "flow-table")
        show(drawing, "flow", partial(pick_day, view))


def choose_days(days: int) -> None:
    """How many days the chart goes back; in the address like everything else."""
    offered = queue_windows().flow_days
    words = {number: f"{number} d" for number in offered}
    switch(
        "flow-days",
        "Days shown",
        days,
        words,
        lambda number: choose_number(FLOW, number, offered),
    )


def export(asks: Callable[[], Person], case_filter: CaseFilter) -> str:
    """The cases of the view as CSV; the right to it is asked for again and it is recorded."""
    return "".join(export_cases(the_desk(), asks(), case_filter, "csv").portions)


def pick_age(view: QueueView, picked: Mapping[str, Any]) -> None:
    """Go to the cases of a piece of the ageing chart."""
    mark = ageing_mark(view.ageing, picked)
    if mark:
        go(mark.filter)


def pick_day(view: QueueView, picked: Mapping[str, Any]) -> None:
    """Go to the cases of a bar of the flow chart."""
    mark = flow_mark(view.flow, picked)
    if mark:
        go(mark.filter)


page()
