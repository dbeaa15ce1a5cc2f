"""The weeks of a policy gap: a bar per week, and the band that its own past promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification

HEIGHT = 190
BAR, ABOVE, BAND, LINE = "#8fb4dd", "#c07a24", "#14938d", "#14938d"
ALT = "Cases behind the gap per week with what was to be expected; the table has the figures"


@dataclass(frozen=True, slots=True)
class GapWeek:
    """One week; NaN where nothing could be expected."""

    first_day: date
    count: int
    expected: float
    low: float
    high: float
    is_above: bool


@cache
def _spec() -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["week"], toggle=False)
    weeks = alt.X("week:O", title=None, axis=_axis(), scale=alt.Scale(paddingInner=0.25))
    up = alt.Y(
        "cases:Q", title="Cases a week", axis=alt.Axis(tickCount=4, tickMinStep=1, grid=True)
    )
    told = [
        alt.Tooltip("week:O", title="Week of"),
        alt.Tooltip("cases:Q", title="Cases", format=","),
        alt.Tooltip("expected:Q", title="Expected", format=",.1f"),
        alt.Tooltip("low:Q", title="Most weeks from", format=",.0f"),
        alt.Tooltip("high:Q", title="to", format=",.0f"),
    ]
    bars = (
        alt.Chart()
        .mark_bar(cursor="pointer")
        .encode(
            x=weeks,
            y=up,
            color=alt.condition("datum.is_above", alt.value(ABOVE), alt.value(BAR)),
            tooltip=told,
        )
        .add_params(picked)
    )
    known = "isValid(datum.expected)"
    base = alt.Chart().transform_filter(known).encode(x=weeks)
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


def weeks_chart(weeks: Sequence[GapWeek]) -> Drawing:
    """The weeks, oldest first. A click picks ``week``."""
    drawn = pd.DataFrame(
        {
            "week": [w.first_day.isoformat() for w in weeks],
            "cases": pd.Series([w.count for w in weeks], dtype="int64"),
            "expected": [w.expected for w in weeks],
            "low": [w.low for w in weeks],
            "high": [w.high for w in weeks],
            "is_above": [w.is_above for w in weeks],
        }
    )
    above = sum(w.is_above for w in weeks)
    summary = f"{sum(w.count for w in weeks):,} cases in {len(weeks)} weeks, {above} above the band"
    return Drawing(_spec(), drawn, ALT, summary, partial(_table, drawn))


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    """Newest first."""
    turned = drawn.iloc[::-1]
    return pd.DataFrame(
        {
            "Week of": turned["week"],
            "Cases": turned["cases"],
            "Expected": turned["expected"].round(1),
            "Most weeks from": turned["low"],
            "to": turned["high"],
        }
    )
