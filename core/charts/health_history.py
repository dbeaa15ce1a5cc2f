"""A partner's score week by week before the bands, with what happened meanwhile marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from math import ceil, floor, isfinite
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification

HEIGHT, WORDS_WIDTH = 230, 56
TEN, WHOLE = 10, 100.0
LINE, EVENT = "#3a84ca", "#926abe"
ALT = "Score per week with its interval before the bands; the table has the figures"


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """The score of one day; NaN where there were too few cases."""

    day: date
    score: float
    low: float
    high: float
    band: str  # in words
    effective: float


@dataclass(frozen=True, slots=True)
class BandRange:
    """A band as a stretch of the scale."""

    label: str
    colour: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a day, in words."""

    day: date
    told: str


def history_chart(
    points: Sequence[ScorePoint], bands: Sequence[BandRange], happened: Sequence[Happening]
) -> Drawing:
    """The points, oldest first; a click picks ``day``."""
    low, high = _reach(points)
    drawn = pd.concat([_points(points), _stretches(bands, (low, high)), _events(happened)])
    known = [p for p in points if isfinite(p.score)]
    words = f"{len(points)} weeks, {len(known)} of them with a score"
    if known:
        words += f", from {known[0].score:.0f} to {known[-1].score:.0f}"
    edges = {low, high, *(b.low for b in bands if low < b.low < high)}
    spec = _spec(tuple(sorted(edges)))
    return Drawing(spec, drawn, ALT, words, partial(_table, drawn))


def _points(points: Sequence[ScorePoint]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "point",
            "day": [p.day.isoformat() for p in points],
            "score": [p.score for p in points],
            "low": [p.low for p in points],
            "high": [p.high for p in points],
            "told": [p.band for p in points],
            "effective": [p.effective for p in points],
        }
    )


def _reach(points: Sequence[ScorePoint]) -> tuple[float, float]:
    """The tens around all intervals with room on both sides; the whole scale without any."""
    ends = [end for p in points if isfinite(p.score) for end in (p.low, p.high)]
    if not ends:
        return 0.0, WHOLE
    low, high = floor(min(ends) / TEN - 0.5) * TEN, ceil(max(ends) / TEN + 0.5) * TEN
    return max(float(low), 0.0), min(float(high), WHOLE)


def _stretches(bands: Sequence[BandRange], reach: tuple[float, float]) -> pd.DataFrame:
    """The bands as far as they are in sight."""
    low, high = reach
    seen = [b for b in bands if b.low < high and b.high > low]
    ends = [(max(b.low, low), min(b.high, high)) for b in seen]
    return pd.DataFrame(
        {
            "kind": "band",
            "low": [end[0] for end in ends],
            "high": [end[1] for end in ends],
            "middle": [sum(end) / 2 for end in ends],
            "told": [b.label for b in seen],
            "colour": [b.colour for b in seen],
        }
    )


def _events(happened: Sequence[Happening]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "event",
            "day": [h.day.isoformat() for h in happened],
            "told": [h.told for h in happened],
        }
    )


@cache
def _spec(edges: tuple[float, ...]) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["day"], toggle=False)
    days = alt.X("day:T", title=None, scale=alt.Scale(type="utc"), axis=_axis())
    # Every layer has the same domain: one that lacked it would bring the zero back.
    scale = alt.Scale(domain=[edges[0], edges[-1]], zero=False, nice=False)
    axis = alt.Axis(values=list(edges), grid=False)
    up = alt.Y("score:Q", title="Score", scale=scale, axis=axis)
    base = alt.Chart().transform_filter("datum.kind == 'point'")
    told = [
        alt.Tooltip("day:T", title="End of (UTC)", format="%a %Y-%m-%d"),
        alt.Tooltip("score:Q", title="Score", format=".1f"),
        alt.Tooltip("low:Q", title="Interval from", format=".1f"),
        alt.Tooltip("high:Q", title="to", format=".1f"),
        alt.Tooltip("told:N", title="Band"),
        alt.Tooltip("effective:Q", title="Effective n", format=",.1f"),
    ]
    layers = [
        *_band_layers(scale),
        base.mark_area(color=LINE, opacity=0.22).encode(
            x=days, y=alt.Y("low:Q", scale=scale), y2="high:Q"
        ),
        base.mark_line(color=LINE, strokeWidth=2).encode(x=days, y=up),
        _event_layer(days),
        base.mark_point(color=LINE, filled=True, size=46, cursor="pointer", opacity=1)
        .encode(x=days, y=up, tooltip=told)
        .add_params(picked),
    ]
    spec = specification(alt.LayerChart(layer=layers), HEIGHT)
    return {**spec, "padding": {**spec["padding"], "right": WORDS_WIDTH}}


def _band_layers(scale: alt.Scale) -> list[alt.Chart]:
    """The bands behind everything, each with its word, so that colour is not all there is."""
    base = alt.Chart().transform_filter("datum.kind == 'band'")
    colour = alt.Color("colour:N", scale=None)
    rect = base.mark_rect(opacity=0.1).encode(
        y=alt.Y("low:Q", scale=scale), y2="high:Q", color=colour
    )
    word = base.mark_text(align="left", dx=6, fontSize=11).encode(
        x=alt.value("width"), y=alt.Y("middle:Q", scale=scale), text="told:N", color=colour
    )
    return [rect, word]


def _event_layer(days: alt.X) -> alt.Chart:
    told = [
        alt.Tooltip("day:T", title="Day (UTC)", format="%a %Y-%m-%d"),
        alt.Tooltip("told:N", title="What happened"),
    ]
    mark = alt.Chart().transform_filter("datum.kind == 'event'")
    rule = mark.mark_rule(color=EVENT, strokeDash=[4, 3], strokeWidth=2)
    drawn: alt.Chart = rule.encode(x=days, tooltip=told)
    return drawn


def _axis() -> alt.Axis:
    return alt.Axis(format="%d %b", labelOverlap="greedy", labelSeparation=14, grid=False)


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    """Newest first."""
    points = drawn[drawn["kind"] == "point"].iloc[::-1]
    return pd.DataFrame(
        {
            "Day": points["day"],
            "Score": points["score"].round(1),
            "Interval from": points["low"].round(1),
            "to": points["high"].round(1),
            "Band": points["told"],
            "Effective n": points["effective"].round(1),
        }
    )
