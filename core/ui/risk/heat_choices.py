"""What a heatmap shows, chosen by widgets and kept in the address: dimensions, weeks, and the cell."""

from __future__ import annotations

import streamlit as st

from core.desk.risk import DEFAULT, DIMENSIONS, HeatmapView
from core.risk.cell_rules import cell_rules
from core.risk.heatmap import WEEK, HeatmapAsk
from core.ui.address import seed
from core.ui.words import DIMENSION_LABELS

ROWS, COLUMNS, WEEKS, CELL_ROW, CELL_COLUMN = "rows", "columns", "weeks", "row", "column"
UNKNOWN_VALUE = "-"


def read_ask() -> HeatmapAsk:
    """What the address asks for; what it does not say or says wrongly is the default."""
    weeks = st.query_params.get(WEEKS, "")
    return HeatmapAsk(
        st.query_params.get(ROWS, DEFAULT.rows),
        st.query_params.get(COLUMNS, DEFAULT.columns),
        int(weeks) if weeks.isdecimal() else DEFAULT.weeks,
    )


def choices(view: HeatmapView) -> None:
    """Rows, columns and weeks in one line."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        _dimension("Rows", ROWS, view.ask.rows, list(DIMENSIONS))
        _dimension("Columns", COLUMNS, view.ask.columns, [WEEK, *DIMENSIONS])
        seed("heat-weeks", view.ask.weeks)
        st.segmented_control(
            "Complete weeks",
            list(cell_rules().shown_weeks),
            format_func=lambda weeks: "Last week" if weeks == 1 else f"{weeks} weeks",
            key="heat-weeks",
            required=True,
            on_change=_take,
            args=(WEEKS, "heat-weeks"),
        )


def pick_cell(row: str, column: str) -> None:
    """Choose a cell, or let go of it when it is chosen already."""
    cell = {CELL_ROW: row or UNKNOWN_VALUE, CELL_COLUMN: column or UNKNOWN_VALUE}
    if all(st.query_params.get(name) == value for name, value in cell.items()):
        _forget_cell()
    else:
        st.query_params.update(cell)


def chosen_cell(view: HeatmapView) -> tuple[str, str] | None:
    """The chosen cell, when this heatmap has it."""
    if CELL_ROW not in st.query_params or CELL_COLUMN not in st.query_params:
        return None
    row, column = (_value(st.query_params[name]) for name in (CELL_ROW, CELL_COLUMN))
    cells = view.heat.cells
    is_there = ((cells["row"] == row) & (cells["column"] == column)).any()
    return (row, column) if is_there else None


def _dimension(title: str, name: str, chosen: str, options: list[str]) -> None:
    key = f"heat-{name}"
    seed(key, chosen)
    st.selectbox(
        title,
        options,
        format_func=lambda one: "Week" if one == WEEK else DIMENSION_LABELS[one],
        key=key,
        width=190,
        on_change=_take,
        args=(name, key),
    )


def _take(name: str, key: str) -> None:
    st.query_params[name] = str(st.session_state[key])
    _forget_cell()


def _forget_cell() -> None:
    for name in (CELL_ROW, CELL_COLUMN):
        if name in st.query_params:
            del st.query_params[name]


def _value(text: str) -> str:
    return "" if text == UNKNOWN_VALUE else text
