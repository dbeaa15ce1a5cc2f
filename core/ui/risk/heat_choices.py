"""What a heatmap shows, chosen by widgets and kept in the address: dimensions, measure, weeks, cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import streamlit as st

from core.desk.risk import DIMENSIONS, HeatmapView
from core.risk.cell_rules import cell_rules
from core.risk.heat_ask import ALL, BEFORE, DEFAULT, RUNNING, TIMES, HeatmapAsk, Measure
from core.risk.heat_measures import MEASURES
from core.ui.address import seed
from core.ui.risk.heat_words import dimension_label

ROWS, COLUMNS, WEEKS, CELL_ROW, CELL_COLUMN = "rows", "columns", "weeks", "row", "column"
MEASURE, END, AGAINST = "measure", "end", "against"
UNKNOWN_VALUE = "-"
NOTHING = ""


def read_ask() -> HeatmapAsk:
    """What the address asks for; what it does not say or says wrongly is the default."""
    said = st.query_params
    weeks = said.get(WEEKS, "")
    return HeatmapAsk(
        said.get(ROWS, DEFAULT.rows),
        said.get(COLUMNS, DEFAULT.columns),
        int(weeks) if weeks.isdecimal() else DEFAULT.weeks,
        said.get(MEASURE, DEFAULT.measure),
        said.get(END, NOTHING),
        said.get(AGAINST, NOTHING),
    )


def choices(view: HeatmapView) -> None:
    """Rows, columns, measure and weeks in one line."""
    ask = view.ask
    offered = [*DIMENSIONS, *TIMES]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        _choose("Rows", ROWS, ask.rows, offered, dimension_label, 150)
        _choose("Columns", COLUMNS, ask.columns, offered, dimension_label, 150)
        _choose("Measure", MEASURE, ask.measure, list(Measure), _measure_label, 195)
        seed("heat-weeks", ask.weeks)
        st.segmented_control(
            "Length",
            list(cell_rules().shown_weeks),
            format_func=lambda weeks: "1 week" if weeks == 1 else f"{weeks} weeks",
            key="heat-weeks",
            required=True,
            disabled=ask.is_running,
            on_change=_take,
            args=(WEEKS, "heat-weeks"),
        )
        ends = [NOTHING, RUNNING, *_earlier(view)]
        _choose("Up to", END, ask.end, ends, lambda end: _end_label(view, end), 150)
        others = [NOTHING, BEFORE, *_earlier(view)]
        _choose("Compared with", AGAINST, ask.against, others, _against_label, 150)


def pick_cell(row: str, column: str) -> None:
    """Choose a cell, or let go of it when it is chosen already."""
    cell = {CELL_ROW: row or UNKNOWN_VALUE, CELL_COLUMN: column or UNKNOWN_VALUE}
    if all(st.query_params.get(name) == value for name, value in cell.items()):
        _forget_cell()
    else:
        st.query_params.update(cell)


def chosen_cell(view: HeatmapView) -> tuple[str, str] | None:
    """The chosen cell, or whole row or column, when this heatmap has it."""
    if CELL_ROW not in st.query_params or CELL_COLUMN not in st.query_params:
        return None
    row, column = (_value(st.query_params[name]) for name in (CELL_ROW, CELL_COLUMN))
    known_row = row == ALL or (view.heat.rows["value"] == row).any()
    known_column = column == ALL or (view.heat.columns["value"] == column).any()
    return (row, column) if known_row and known_column else None


def _choose(
    title: str,
    name: str,
    chosen: str,
    options: Sequence[str],
    label: Callable[[str], str],
    width: int,
) -> None:
    key = f"heat-{name}"
    seed(key, chosen)
    st.selectbox(
        title,
        options,
        format_func=label,
        key=key,
        width=width,
        on_change=_take,
        args=(name, key),
    )


def _earlier(view: HeatmapView) -> list[str]:
    """Complete weeks before the last, latest first, by their Mondays."""
    count = cell_rules().earlier_weeks
    return [
        (view.last_complete - timedelta(weeks=back)).isoformat() for back in range(1, count + 1)
    ]


def _measure_label(measure: str) -> str:
    return MEASURES[Measure(measure)].label


def _end_label(view: HeatmapView, end: str) -> str:
    if end == RUNNING:
        return "This week so far"
    if end == NOTHING:
        return f"{_sunday(view.last_complete.isoformat())} (last)"
    return _sunday(end)


def _against_label(against: str) -> str:
    if against == NOTHING:
        return "Expected only"
    return "The weeks before" if against == BEFORE else f"Up to {_sunday(against)}"


def _sunday(monday: str) -> str:
    return f"{date.fromisoformat(monday) + timedelta(days=6):%d %b %Y}"


def _take(name: str, key: str) -> None:
    chosen = st.session_state[key]
    if chosen is None:  # even a control that requires a choice has lost its value at times
        return
    if chosen == NOTHING:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(chosen)
    _forget_cell()


def _forget_cell() -> None:
    for name in (CELL_ROW, CELL_COLUMN):
        if name in st.query_params:
            del st.query_params[name]


def _value(text: str) -> str:
    return "" if text == UNKNOWN_VALUE else text
