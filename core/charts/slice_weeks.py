"""The weeks of a slice: a bar per week, and the band that quiet weeks lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification

HEIGHT = 96
BAR, FOUND, BAND, LINE = "#8fb4dd", "#bd2a2a", "#14938d", "#14938d"
ALT = "Cases of the slice per week with what was to be expected; the table has the figures"


@dataclass(frozen=True, slots=True)
class SliceWeek:
    """One week; NaN where nothing could be expected."""

    first_day: date
    count: int
    expected: float
    low: float
    high: float


@cache
def _spec() -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["week"], toggle=False)
    weeks = alt.X("week:O", title=None, axis=_axis(), scale=alt.Scale(paddingInner=0.25))
    up = alt.Y("cases:Q", title=None, axis=alt.Axis(tickCount=3, tickMinStep=1, grid=False))
    told = [
        alt.Tooltip("week:O", title="Week of"),
        alt.Tooltip("cases:Q", title="Cases", format=","),
        alt.Tooltip("expected:Q", title="Expected", format=",.1f"),
        alt.Tooltip("low:Q", title="Quiet weeks from", format=",.1f"),
        alt.Tooltip("high:Q", title="to", format=",.1f"),
    ]
    bars = (
        alt.Chart()
        .mark_bar(cursor="pointer")
        .encode(
            x=weeks,
            y=up,
            color=alt.condition("datum.is_found", alt.value(FOUND), alt.value(BAR)),
            tooltip=told,
        )
        .add_params(picked)
    )
    quiet = "isValid(datum.expected)"
    base = alt.Chart().transform_filter(quiet).encode(x=weeks)
    band = base.mark_area(color=BAND, opacity=0.25, interpolate="monotone").encode(
        y=alt.Y("low:Q"), y2="high:Q"
    )
    line = base.mark_line(color=LINE, strokeWidth=1.6, interpolate="monotone").encode(
        y=alt.Y("expected:Q")
    )
    # The bars lie on top: they are what is clicked and asked for its figures.
    return specification(alt.LayerChart(layer=[band, bars, line]), HEIGHT)


def _axis() -> alt.Axis:
    return alt.Axis(
        labelAngle=0,
        labelOverlap="greedy",
        labelSeparation=14,
        labelExpr="timeFormat(toDate(datum.value), '%d %b')",
        ticks=False,
        domain=False,
    )


def slice_chart(weeks: Sequence[SliceWeek]) -> Drawing:
    """The weeks, oldest first; the last is the one that stands out. A click picks ``week``."""
    last = len(weeks) - 1
    drawn = pd.DataFrame(
        {
            "week": [w.first_day.isoformat() for w in weeks],
            "cases": pd.Series([w.count for w in weeks], dtype="int64"),
            "expected": [w.expected for w in weeks],
            "low": [w.low for w in weeks],
            "high": [w.high for w in weeks],
            "is_found": [at == last for at in range(len(weeks))],
        }
    )
    now = weeks[last]
    summary = f"{now.count:,} cases against {now.expected:,.1f} expected, after {last} weeks"
    return Drawing(_spec(), drawn, ALT, summary, partial(_table, drawn))


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    """Newest first."""
    turned = drawn.iloc[::-1]
    return pd.DataFrame(
        {
            "Week of": turned["week"],
            "Cases": turned["cases"],
            "Expected": turned["expected"].round(1),
            "Quiet weeks from": turned["low"].round(1),
            "to": turned["high"].round(1),
        }
    )
