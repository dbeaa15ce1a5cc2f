"""A funnel: partners by size and share, with the limits that ordinary differences stay within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, legend, specification

HEIGHT = 400
LABELS = 40
INSIDE, WORSE, BETTER = "Within the limits", "Worse", "Better"
COLOURS = {INSIDE: "#8a949e", WORSE: "#b36b00", BETTER: "#2c965d"}
SHAPES = {INSIDE: "circle", WORSE: "triangle-down", BETTER: "triangle-up"}
LIMIT = "#3a84ca"
ALT = "Partners by number of cases and share, with limits; the table has the figures"


@dataclass(frozen=True, slots=True)
class Mark:
    """One partner; ``beyond`` is positive outside of the limits on the good side."""

    ref: str
    name: str
    cases: float
    share: float
    beyond: int


@dataclass(frozen=True, slots=True)
class Edge:
    """The limits of one level at one size."""

    level: float
    cases: float
    low: float
    high: float


SIZE = alt.X(
    "cases:Q",
    title="Cases of the partner, on a logarithmic scale",
    scale=alt.Scale(type="log", base=2, nice=False),
    axis=alt.Axis(format=",.0f", grid=False),
)
SHARES, PERCENT = alt.Scale(zero=False, nice=True), alt.Axis(format="%", tickCount=6)


@cache
def _spec(title: str) -> dict[str, Any]:
    # The points lie on top: they are what is clicked.
    chart = alt.LayerChart(layer=[_limit("low"), _limit("high"), _middle(), _points(title)])
    spec = specification(chart, HEIGHT)
    # Of layers with data of their own the labels at the left are not reckoned with.
    spec["padding"] = {**spec["padding"], "left": LABELS, "bottom": 6}
    return spec


def _of(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind == '{kind}'")


def _limit(end: str) -> alt.Chart:
    names = legend(3) if end == "low" else None
    chart: alt.Chart = (
        _of("limit")
        .mark_line(color=LIMIT, strokeWidth=1.3)
        .encode(
            x=SIZE,
            y=alt.Y(f"{end}:Q", title=None, axis=PERCENT, scale=SHARES),
            detail="level:N",
            strokeDash=alt.StrokeDash("level:N", title="Limits", legend=names),
        )
    )
    return chart


def _middle() -> alt.Chart:
    chart: alt.Chart = (
        _of("middle")
        .mark_rule(color=LIMIT, opacity=0.7)
        .encode(y=alt.Y("share:Q", title=None, axis=PERCENT, scale=SHARES))
    )
    return chart


def _points(title: str) -> alt.Chart:
    picked = alt.selection_point(name=PICK, fields=["ref"], toggle=False)
    kinds, colours, shapes = list(COLOURS), list(COLOURS.values()), list(SHAPES.values())
    names = legend(3)
    chart: alt.Chart = (
        _of("partner")
        .mark_point(filled=True, size=64, opacity=0.85, cursor="pointer")
        .encode(
            x=SIZE,
            y=alt.Y("share:Q", title=None, axis=PERCENT, scale=SHARES),
            color=alt.Color(
                "side:N", scale=alt.Scale(domain=kinds, range=colours), title=None, legend=names
            ),
            shape=alt.Shape(
                "side:N", scale=alt.Scale(domain=kinds, range=shapes), title=None, legend=names
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Partner"),
                alt.Tooltip("cases:Q", title="Cases", format=",.0f"),
                alt.Tooltip("share:Q", title=title, format=".1%"),
                alt.Tooltip("side:N", title="Against the rest"),
            ],
        )
        .add_params(picked)
    )
    return chart


def funnel_chart(
    marks: Sequence[Mark], edges: Sequence[Edge], middle: float | None, title: str
) -> Drawing:
    """Partners over the limits; a click picks ``ref``."""
    rows: list[dict[str, Any]] = [
        {
            "kind": "partner",
            "ref": mark.ref,
            "name": mark.name,
            "cases": mark.cases,
            "share": mark.share,
            "side": _side(mark.beyond),
        }
        for mark in marks
    ]
    rows += [
        {
            "kind": "limit",
            "cases": edge.cases,
            "low": edge.low,
            "high": edge.high,
            "level": f"{100 * edge.level:g} %",
        }
        for edge in edges
    ]
    if middle is not None:
        rows.append({"kind": "middle", "share": middle})
    names = ("kind", "ref", "name", "cases", "share", "side", "low", "high", "level")
    frame = pd.DataFrame(rows, columns=list(names)) if marks else pd.DataFrame()
    outside = sum(bool(mark.beyond) for mark in marks)
    summary = f"{title} of {len(marks):,} partners, {outside:,} outside of the limits"
    return Drawing(_spec(title), frame, ALT, summary, partial(_table, list(marks), title))


def _side(beyond: int) -> str:
    return INSIDE if beyond == 0 else BETTER if beyond > 0 else WORSE


def _table(marks: list[Mark], title: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Partner": [mark.name for mark in marks],
            "Cases": [round(mark.cases) for mark in marks],
            title: [f"{100 * mark.share:.1f} %" for mark in marks],
            "Against the rest": [_side(mark.beyond) for mark in marks],
        }
    )
