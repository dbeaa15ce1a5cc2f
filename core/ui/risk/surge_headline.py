"""The weekly headline: every abuse type and all cases by one detector each, and their drifts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from core.desk.surges import SurgesView
from core.risk.headline import Headline
from core.ui.case_link import go_to_queue
from core.ui.format import DASH
from core.ui.risk.surge_words import (
    DETECTORS,
    drift_words,
    has_both_detectors,
    headline_name,
    headline_note,
    verdict,
)

ROW_HEIGHT, MOST_ROWS, EDGE = 30, 9, 6


def headline(view: SurgesView) -> None:
    """The series above their bound first; a click on a count opens its cases."""
    rows = view.judged.headlines
    if not rows:
        return
    loud = sum(row.alarm for row in rows)
    drifts = sum(bool(drift_words(view, row)) for row in rows)
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f"**Weekly headline** · {loud} of {len(rows)} series above their bound, "
            f"{drifts} drifting"
        )
        st.caption(headline_note(view))
        _table(view, rows)


def _table(view: SurgesView, rows: tuple[Headline, ...]) -> None:
    def open_row() -> None:
        go_to_queue(view.headline_filter(rows[st.session_state["headline-open"]["row"]]))

    def open_drift() -> None:
        row = rows[st.session_state["headline-drift"]["row"]]
        if drift_words(view, row):
            go_to_queue(view.headline_filter(row, drift=True))

    shown = pd.DataFrame(
        {
            "name": [headline_name(row) for row in rows],
            "count": [f"{row.count:,}" for row in rows],
            "verdict": [verdict(row) for row in rows],
            "expected": [_number(row.expected) for row in rows],
            "upper": [_number(row.upper) for row in rows],
            "drift": [drift_words(view, row) or None for row in rows],
        }
    )
    if has_both_detectors(rows):
        shown["by"] = [DETECTORS[row.detector] for row in rows]
    st.dataframe(
        shown,
        key="headline-table",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(rows), MOST_ROWS) + 1) + EDGE,
        row_height=ROW_HEIGHT,
        alt=f"{len(rows)} series with their count, expectation and verdict",
        column_config=_columns(open_row, open_drift),
    )


def _columns(open_row: Callable[[], None], open_drift: Callable[[], None]) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn("Abuse type", width=165),
        "count": column.ButtonColumn(
            "Cases",
            type="tertiary",
            alignment="right",
            width=64,
            key="headline-open",
            on_click=open_row,
            help="Click to open these cases in the queue",
        ),
        "expected": column.TextColumn("Expected", width=74, alignment="right"),
        "upper": column.TextColumn("Bound", width=66, alignment="right"),
        "verdict": column.TextColumn("Verdict", width=124),
        "drift": column.ButtonColumn(
            "Drift",
            type="tertiary",
            alignment="left",
            width=170,
            key="headline-drift",
            on_click=open_drift,
            help="A small rise that lasts; click to open its cases",
        ),
        "by": column.TextColumn("Detector", width=130),
    }


def _number(value: float) -> str:
    return DASH if math.isnan(value) else f"{value:,.1f}"
