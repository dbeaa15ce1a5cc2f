"""The heatmap: where more comes in than was to be expected, and the cases behind each cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.charts.heat import heat_chart
from core.desk.queue import queue_view
from core.desk.risk import HeatmapView, heatmap_view
from core.risk.heatmap import WEEK
from core.ui import states, words
from core.ui.case_link import go_to_queue, open_case
from core.ui.charts import show, table_behind
from core.ui.format import count, escape
from core.ui.heads import copy_link, page_head
from core.ui.risk.heat_choices import choices, chosen_cell, pick_cell, read_ask
from core.ui.state import the_desk, the_person, the_zone
from core.ui.tables import case_table


def show_heatmap(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """Read once, then arrange."""
    view = heatmap_view(the_desk(), person, case_filter, read_ask(), the_zone(person))
    with page_head("Risk", view.at, view.zone, view.version, is_refreshing=view.is_refreshing):
        copy_link()
    for notice in (*view.notices, *ignored):
        st.warning(notice, icon=":material/info:")
    choices(view)
    picture, beside = st.columns([3, 2], gap="small")
    with picture, st.container(border=True, gap="xsmall"):
        heat(view)
    with beside, st.container(border=True, gap="xsmall"):
        cases(view)


def heat(view: HeatmapView) -> None:
    """The picture with its title in words, and the figures behind it."""
    if not view.judged["observed"] and not view.judged["judged_count"]:
        states.empty("No case came in during these weeks.", "Choose other weeks or dimensions.")
        return
    drawing = heat_chart(
        view.heat,
        lambda value: label(view, view.ask.rows, value),
        lambda value: label(view, view.ask.columns, value),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title(view)}**", width="stretch")
        table_behind(drawing, "heat-table")
    st.caption(legend(view))
    show(drawing, "heat", picked)


def cases(view: HeatmapView) -> None:
    """The cases of the chosen cell, and the way to all of them in the queue."""
    cell = chosen_cell(view)
    if cell is None:
        states.empty("Choose a cell.", "Its cases are listed here, one click from the queue.")
        return
    row, column = cell
    case_filter = view.cell_filter(row, column)
    found = queue_view(the_desk(), the_person(), case_filter, facets=())
    name = f"{label(view, view.ask.rows, row)} · {label(view, view.ask.columns, column)}"
    st.markdown(f"**{escape(name)}**")
    st.caption(sentence(view, row, column))
    if found.rows.empty:
        states.empty("No case in this cell.", "What was expected did not come.")
        return
    st.button(
        f"Open {count(found.total)} in the queue",
        icon=":material/inbox:",
        on_click=go_to_queue,
        args=(case_filter,),
        key="heat-to-queue",
    )
    case_table(found.rows, found.at, key="heat-cases", on_open=open_case)


def title(view: HeatmapView) -> str:
    """What the picture shows."""
    columns = "week" if view.ask.columns == WEEK else words.DIMENSION_LABELS[view.ask.columns]
    weeks = f"{len(view.mondays)} weeks" if len(view.mondays) > 1 else "the week"
    return (
        f"{words.DIMENSION_LABELS[view.ask.rows]} by {columns.lower()}, {weeks} "
        f"up to {view.last_day:%d %b %Y}"
    )


def legend(view: HeatmapView) -> str:
    """How to read the picture, and what is not in it."""
    total = view.judged
    told = [
        f"{total['observed']:,.0f} cases against {total['expected']:,.0f} expected.",
        f"● more than chance: {total['marked_count']:,.0f} of {total['judged_count']:,.0f} cells.",
        "Grey: too little expected to show anything.",
    ]
    if view.left_out:
        told.append(
            f"{view.left_out:,} values without a mark, with {view.left_out_cases:,} cases, "
            "are not shown."
        )
    return " ".join(told)


def sentence(view: HeatmapView, row: str, column: str) -> str:
    """One cell in words."""
    cells = view.heat.cells
    (cell,) = cells[(cells["row"] == row) & (cells["column"] == column)].to_dict("records")
    told = f"{cell['observed']:,} against {cell['expected']:,.1f} expected"
    if not cell["has_power"]:
        return f"{told}: too little to judge."
    verdict = "more than chance" if cell["significant"] else "within chance"
    return (
        f"{told}: {cell['ratio']:.1f}× when shrunk ({cell['ratio_low']:.1f} to "
        f"{cell['ratio_high']:.1f}), {verdict}."
    )


def label(view: HeatmapView, dimension: str, value: str) -> str:
    """A value of a row or column in words."""
    if dimension == WEEK:
        return f"{date.fromisoformat(value):%d %b}"
    return words.value_label(dimension, value, {"partner": view.partner_names})


def picked(mark: Mapping[str, Any]) -> None:
    """A click on a cell."""
    pick_cell(str(mark.get("row_key", "")), str(mark.get("column_key", "")))
