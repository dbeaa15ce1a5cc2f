"""The effect of a gap's change: the series with what it would be without, and effects side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, legend, specification

HEIGHT, ROW_HEIGHT = 260, 19
SEEN, FITTED, WITHOUT, OTHER = "#3a84ca", "#3a84ca", "#b36b00", "#8a94a0"
LINES = {"with the change": FITTED, "without the change": WITHOUT}
ALT = "The measure per period before and after the change with what it would be without it"
EFFECTS_ALT = "Effects with their intervals; the table has the figures"
LOWEST, HIGHEST = 0.1, 10.0  # a longer interval is cut at the edge of the drawing


@dataclass(frozen=True, slots=True)
class EffectPoint:
    """One period: counts, and the shares (or counts) that are drawn; NaN where nothing is known."""

    place: int
    day: date
    is_after: bool
    counted: int
    of: int
    value: float
    fitted: float
    without: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EffectMark:
    """One effect beside others; ``is_own``: that of the gap's change."""

    name: str
    ratio: float
    low: float
    high: float
    is_own: bool


def effect_chart(
    points: Sequence[EffectPoint], shipped_on: date, title: str, *, is_share: bool
) -> Drawing:
    """The periods, oldest first; a click picks ``place``."""
    series = pd.DataFrame(
        {
            "kind": "point",
            "place": [p.place for p in points],
            "day": [p.day.isoformat() for p in points],
            "value": [p.value for p in points],
            "counted": [p.counted for p in points],
            "of": [p.of for p in points],
            "fitted": [p.fitted for p in points],
            "without": [p.without for p in points],
            "low": [p.low for p in points],
            "high": [p.high for p in points],
            "is_after": [p.is_after for p in points],
        }
    )
    mark = pd.DataFrame({"kind": ["change"], "day": [shipped_on.isoformat()], "told": ["shipped"]})
    drawn = pd.concat([series, mark], ignore_index=True)
    told = f"{len(points)} periods, {sum(p.is_after for p in points)} of them after the change"
    spec = _series_spec(title, "%" if is_share else ",.0f")
    return Drawing(spec, drawn, ALT, told, partial(_series_table, series))


def effects_chart(marks: Sequence[EffectMark], what: str) -> Drawing:
    """One row for each effect in the given order; a click picks ``name``."""
    drawn = pd.DataFrame(
        {
            "name": [m.name for m in marks],
            "ratio": [m.ratio for m in marks],
            "low": [max(m.low, LOWEST) for m in marks],
            "high": [min(m.high, HIGHEST) for m in marks],
            "whose": ["own" if m.is_own else "other" for m in marks],
        }
    )
    ends = [*drawn["low"], *drawn["high"], 0.8, 1.25]
    domain = (round(float(min(ends)), 2), round(float(max(ends)), 2))
    table = pd.DataFrame(
        {
            what: [m.name for m in marks],
            "Change": [f"{(m.ratio - 1) * 100:+.0f} %" for m in marks],
            "Interval from": [f"{(m.low - 1) * 100:+.0f} %" for m in marks],
            "to": [f"{(m.high - 1) * 100:+.0f} %" for m in marks],
        }
    )
    spec = _effects_spec(tuple(m.name for m in marks), domain)
    return Drawing(spec, drawn, EFFECTS_ALT, f"{len(marks)} effects", lambda: table)


@cache
def _series_spec(title: str, format_: str) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["place"], toggle=False)
    days = alt.X("day:T", title=None, scale=alt.Scale(type="utc"), axis=_days())
    up = alt.Axis(format=format_, tickCount=5, gridOpacity=0.4)
    scale = alt.Scale(zero=True)
    points = alt.Chart().transform_filter("datum.kind == 'point' && isValid(datum.value)")
    after = alt.Chart().transform_filter("datum.is_after && isValid(datum.low)")
    band = after.mark_area(color=WITHOUT, opacity=0.16).encode(
        x=days, y=alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    told = [
        alt.Tooltip("day:T", title="From", format="%a %Y-%m-%d"),
        alt.Tooltip("value:Q", title=title, format=format_),
        alt.Tooltip("counted:Q", title="Counted", format=","),
        alt.Tooltip("of:Q", title="of", format=","),
        alt.Tooltip("without:Q", title="Without the change", format=format_),
    ]
    dots = (
        points.mark_point(color=SEEN, filled=True, size=42, opacity=0.75, cursor="pointer")
        .encode(x=days, y=alt.Y("value:Q", title=title, axis=up, scale=scale), tooltip=told)
        .add_params(picked)
    )
    layers = [band, *_lines(days, scale), *_change(days), dots]
    return specification(alt.LayerChart(layer=layers), HEIGHT)


def _lines(days: alt.X, scale: alt.Scale) -> list[alt.Chart]:
    """What is fitted on either side, and what would be without the change after it."""
    colour = alt.Color(
        "line:N",
        scale=alt.Scale(domain=list(LINES), range=list(LINES.values())),
        legend=legend(2),
        title=None,
    )
    sides = [("!datum.is_after", "fitted", "with the change")]
    sides += [("datum.is_after", "fitted", "with the change")]
    sides += [("datum.is_after", "without", "without the change")]
    drawn = []
    for side, field, name in sides:
        # Across periods without anything to count the line goes on.
        known = f"datum.kind == 'point' && {side} && isValid(datum.{field})"
        base = alt.Chart().transform_filter(known)
        dash = [5, 4] if field == "without" else [1, 0]
        drawn.append(
            base.transform_calculate(line=f"'{name}'")
            .mark_line(strokeWidth=2.2, strokeDash=dash)
            .encode(x=days, y=alt.Y(f"{field}:Q", scale=scale), color=colour)
        )
    return drawn


def _change(days: alt.X) -> list[alt.Chart]:
    base = alt.Chart().transform_filter("datum.kind == 'change'")
    rule = base.mark_rule(color=OTHER, strokeDash=[3, 3], strokeWidth=1.5).encode(x=days)
    word = base.mark_text(align="left", dx=5, dy=7, color=OTHER, fontSize=11, baseline="top")
    return [rule, word.encode(x=days, y=alt.value(0), text="told:N")]


@cache
def _effects_spec(names: tuple[str, ...], domain: tuple[float, float]) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["name"], toggle=False)
    rows = alt.Y(
        "name:N",
        title=None,
        sort=list(names),
        scale=alt.Scale(padding=0.6),
        axis=alt.Axis(labelLimit=190, ticks=False, domain=False, grid=False),
    )
    # Halving and doubling are equally far from no change.
    across = alt.Scale(type="log", domain=list(domain), nice=False)
    ticks = (0.1, 0.2, 0.33, 0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 2.0, 3.0, 5.0, 10.0)
    axis = alt.Axis(
        values=[v for v in ticks if domain[0] <= v <= domain[1]],
        labelExpr="datum.value == 1 ? 'no change' : format(datum.value - 1, '+.0%')",
        gridOpacity=0.4,
        labelOverlap=True,
    )
    colour = alt.condition("datum.whose == 'own'", alt.value(WITHOUT), alt.value(SEEN))
    told = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("ratio:Q", title="times what it was", format=".2f"),
        alt.Tooltip("low:Q", title="from", format=".2f"),
        alt.Tooltip("high:Q", title="to", format=".2f"),
    ]
    line = (
        alt.Chart()
        .mark_rule(strokeWidth=2, opacity=0.6)
        .encode(
            y=rows, x=alt.X("low:Q", scale=across, axis=axis, title=None), x2="high:Q", color=colour
        )
    )
    dot = (
        alt.Chart()
        .mark_point(filled=True, size=52, opacity=1, cursor="pointer")
        .encode(y=rows, x=alt.X("ratio:Q", scale=across), color=colour, tooltip=told)
        .add_params(picked)
    )
    zero = alt.Chart().mark_rule(color=OTHER, strokeDash=[3, 3]).encode(x=alt.datum(1.0))
    return specification(alt.LayerChart(layer=[zero, line, dot]), ROW_HEIGHT * len(names) + 26)


def _days() -> alt.Axis:
    return alt.Axis(format="%b %Y", labelOverlap="greedy", labelSeparation=14, grid=False)


def _series_table(series: pd.DataFrame) -> pd.DataFrame:
    """Newest first."""
    turned = series.iloc[::-1]
    return pd.DataFrame(
        {
            "From": turned["day"],
            "Counted": turned["counted"],
            "of": turned["of"],
            "Seen": turned["value"].round(3),
            "Fitted": turned["fitted"].round(3),
            "Without the change": turned["without"].round(3),
        }
    )
