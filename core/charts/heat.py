"""The heatmap: colour is how far a count lies from what was expected, a dot is more than chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.model import PICK, Drawing, specification
from core.risk.cells import CellState, Heat

ROW_HEIGHT, MARGIN = 20, 150
FEWEST_ROWS = 4
COLOURS = ("#2f6fb5", "#dde1e5", "#bd2a2a")
GREY, MARK = "#8a939c", "#111111"
FAR = 4.0  # the ratio from which a cell has the full colour
STATES: Mapping[str, str] = {
    CellState.JUDGED: "judged",
    CellState.NO_POWER: "too little expected to show anything",
    CellState.SHORT_HISTORY: "history too short",
    CellState.NEW: "new: never seen before these weeks",
}
ALT = "Heatmap of cases against what was expected; the table below it has the figures"
Label = Callable[[str], str]


@cache
def _spec(rows: int) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["row_key", "column_key"], toggle=False)
    cells = (
        _placed()
        .mark_rect(cursor="pointer", stroke="#ffffff", strokeWidth=0.5)
        .encode(
            color=alt.condition("datum.has_power", _colour(), alt.value(GREY)),
            opacity=alt.condition("datum.has_power", alt.value(1.0), alt.value(0.18)),
            tooltip=[
                alt.Tooltip("row:N", title="Row"),
                alt.Tooltip("column:N", title="Column"),
                alt.Tooltip("observed:Q", title="Cases", format=","),
                alt.Tooltip("expected:Q", title="Expected", format=",.1f"),
                alt.Tooltip("told:N", title="Ratio, shrunk"),
                alt.Tooltip("verdict:N", title="Verdict"),
            ],
        )
        .add_params(picked)
    )
    marks = (
        _placed().mark_point(filled=True, size=34, color=MARK).transform_filter("datum.significant")
    )
    return specification(alt.LayerChart(layer=[cells, marks]), MARGIN + ROW_HEIGHT * rows)


def _placed() -> alt.Chart:
    """Rows and columns in the order of their excess, which the data bring along."""
    quiet: dict[str, Any] = {"ticks": False, "domain": False}
    across = alt.Axis(orient="top", labelAngle=-45, labelLimit=110, labelOverlap=False, **quiet)
    by_row = alt.EncodingSortField(field="row_rank", op="min")
    by_column = alt.EncodingSortField(field="column_rank", op="min")
    return alt.Chart().encode(
        x=alt.X("column:N", sort=by_column, title=None, axis=across),
        y=alt.Y("row:N", sort=by_row, title=None, axis=alt.Axis(labelLimit=190, **quiet)),
    )


def _colour() -> alt.Color:
    legend = alt.Legend(
        title="× expected",
        orient="bottom",
        direction="horizontal",
        gradientLength=180,
        values=[-2, -1, 0, 1, 2],
        labelExpr="pow(2, datum.value) + '×'",
    )
    scale = alt.Scale(domain=[-2, 0, 2], range=list(COLOURS), interpolate="rgb", clamp=True)
    return alt.Color("far:Q", scale=scale, legend=legend)


def heat_chart(heat: Heat, row_label: Label, column_label: Label) -> Drawing:
    """The cells in the order of their excess; a click picks ``row_key`` and ``column_key``."""
    cells = heat.cells
    rows = {value: row_label(value) for value in cells["row"].unique()}
    columns = {value: column_label(value) for value in cells["column"].unique()}
    ratio = cells["ratio"].clip(lower=1 / FAR, upper=FAR)
    drawn = pd.DataFrame(
        {
            "row_key": cells["row"],
            "column_key": cells["column"],
            "row": cells["row"].map(rows),
            "column": cells["column"].map(columns),
            "row_rank": cells["row_rank"],
            "column_rank": cells["column_rank"],
            "observed": cells["observed"],
            "expected": cells["expected"].round(2),
            "far": np.log2(ratio),
            "told": _told(cells),
            "verdict": _verdicts(cells),
            "significant": cells["significant"],
            "has_power": cells["has_power"],
        }
    )
    total = heat.total
    summary = (
        f"{total['observed']:,.0f} cases, {total['marked_count']:,.0f} of "
        f"{total['judged_count']:,.0f} judged cells are more than chance"
    )
    height = max(FEWEST_ROWS, len(rows))
    return Drawing(_spec(height), drawn, ALT, summary, partial(_table, drawn))


def _told(cells: pd.DataFrame) -> list[str]:
    columns = zip(cells["ratio"], cells["ratio_low"], cells["ratio_high"], strict=True)
    return [
        "–" if np.isnan(r) else f"{r:.1f}× ({low:.1f} to {high:.1f})" for r, low, high in columns
    ]


def _verdicts(cells: pd.DataFrame) -> list[str]:
    told = []
    for state, marked, q in zip(cells["state"], cells["significant"], cells["q"], strict=True):
        if marked:
            told.append(f"more than chance (q = {q:.3f})")
        else:
            told.append("within chance" if state == CellState.JUDGED else STATES[state])
    return told


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    """Every cell with cases or an expectation, in the order of the picture."""
    some = drawn[(drawn["observed"] > 0) | drawn["has_power"]]
    return pd.DataFrame(
        {
            "Row": some["row"],
            "Column": some["column"],
            "Cases": some["observed"],
            "Expected": some["expected"].round(1),
            "Ratio, shrunk": some["told"],
            "Verdict": some["verdict"],
        }
    )
