"""The weekly headline: every abuse type and all cases by one detector each, and their drifts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.desk.surges import SurgesView
from core.risk.headline import Headline
from core.ui.case_link import go_to_queue
from core.ui.risk.surge_words import (
    DETECTORS,
    amount,
    drift_words,
    has_both_detectors,
    headline_name,
    headline_note,
    verdict,
)
from core.ui.tables import Act, click_list

HIGHEST = 306  # nine rows and the head


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
    def open_cases(row: int) -> None:
        go_to_queue(view.headline_filter(rows[row]))

    def open_drift(row: int) -> None:
        if drift_words(view, rows[row]):
            go_to_queue(view.headline_filter(rows[row], drift=True))

    shown = pd.DataFrame(
        {
            "name": [headline_name(row) for row in rows],
            "count": [f"{row.count:,}" for row in rows],
            "verdict": [verdict(row) for row in rows],
            "expected": [amount(row.expected) for row in rows],
            "upper": [amount(row.upper) for row in rows],
            "drift": [drift_words(view, row) or None for row in rows],
        }
    )
    if has_both_detectors(rows):
        shown["by"] = [DETECTORS[row.detector] for row in rows]
    lasting = "A small rise that lasts; click to open its cases"
    acts = {
        "count": Act("Cases", open_cases, 52, "Click to open these cases in the queue", "right"),
        "drift": Act("Drift", open_drift, 158, lasting),
    }
    alt = f"{len(rows)} series with their count, expectation and verdict"
    click_list(shown, "headline-table", alt, acts, _columns(), highest=HIGHEST)


def _columns() -> dict[str, Any]:
    text = st.column_config.TextColumn
    return {
        "name": text("Abuse type", width=146),
        "expected": text("Expected", width=66, alignment="right"),
        "upper": text("Bound", width=50, alignment="right"),
        "verdict": text("Verdict", width=86),
        "by": text("Detector", width=110),
    }
