"""The heatmap: where more comes in than was to be expected, and the cases behind each cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.queue import queue_view
from core.desk.risk import HeatmapView, heatmap_view
from core.ui import states
from core.ui.case_link import go_to_queue, open_case
from core.ui.charts import show, table_behind
from core.ui.format import count, escape
from core.ui.gaps.linking import link_popover
from core.ui.heads import copy_link, page_head
from core.ui.risk.heat_choices import choices, chosen_cell, pick_cell, read_ask
from core.ui.risk.heat_downloads import downloads
from core.ui.risk.heat_drawing import drawn
from core.ui.risk.heat_words import cell_name, legend, sentence, title
from core.ui.state import the_desk, the_person, the_zone
from core.ui.tables import case_table
from core.ui.undoable import tell_undoable


def show_heatmap(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """Read once, then arrange."""
    view = heatmap_view(the_desk(), person, case_filter, read_ask(), the_zone(person))
    with page_head("Risk", view.at, view.zone, view.version, is_refreshing=view.is_refreshing):
        copy_link()
    for notice in (*view.notices, *ignored):
        st.warning(notice, icon=":material/info:")
    choices(view)
    picture, beside = st.columns([5, 3], gap="small")
    with picture, st.container(border=True, gap="xsmall"):
        heat(person, case_filter, view)
    with beside, st.container(border=True, gap="xsmall"):
        cases(view)


def heat(person: Person, case_filter: CaseFilter, view: HeatmapView) -> None:
    """The picture with its title in words, and the figures behind it."""
    if not view.cases and not view.judged["judged_count"]:
        states.empty("No case came in during these weeks.", "Choose other weeks or dimensions.")
        return
    drawing = drawn(view)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title(view)}**", width="stretch")
        table_behind(drawing, "heat-table")
        downloads(person, case_filter, view)
    st.caption(legend(view))
    show(drawing, "heat", picked)


def cases(view: HeatmapView) -> None:
    """The cases of the chosen cell, and the way to all of them in the queue."""
    cell = chosen_cell(view)
    if cell is None:
        states.empty(
            "Choose a cell.",
            "Or the figure of a whole row or column. Its cases are listed here, one click from "
            "the queue.",
        )
        return
    case_filter = view.cell_filter(*cell)
    found = queue_view(the_desk(), the_person(), case_filter, facets=())
    st.markdown(f"**{escape(cell_name(view, *cell))}**")
    st.caption(sentence(view, *cell))
    if found.rows.empty:
        states.empty("No case in this cell.", "What was expected did not come.")
        return
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Open {count(found.total)} in the queue",
            icon=":material/inbox:",
            on_click=go_to_queue,
            args=(case_filter,),
            key="heat-to-queue",
        )
        link_popover(the_person(), "heat", case_filter)
    tell_undoable()
    case_table(found.rows, found.at, key="heat-cases", on_open=open_case)


def picked(mark: Mapping[str, Any]) -> None:
    """A click on a cell."""
    pick_cell(str(mark.get("row_key", "")), str(mark.get("column_key", "")))
