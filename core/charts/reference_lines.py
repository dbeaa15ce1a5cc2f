"""Quarterly figures as lines of shares and bars of counts, on one time line and with scales of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, legend, specification

SHARE_HEIGHT, COUNT_HEIGHT = 190, 150
MOST_POINTS = 40
Side = Literal["own", "public"]
# Ours is drawn as everywhere on the desk; what is not ours has colours that are not.
COLOURS: dict[Side, tuple[str, str]] = {
    "own": ("#3a84ca", "#14938d"),
    "public": ("#926abe", "#b76b1c"),
}
WHOSE: dict[Side, str] = {"own": "Our cases", "public": "Public report"}


@dataclass(frozen=True, slots=True)
class ShareMark:
    """One share of a quarter; without a value the line has a gap. The interval may be missing."""

    quarter: str
    what: str
    share: float | None
    told: str  # numbers behind it, for the tooltip and the table
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class CountMark:
    """One count of a quarter; ``cases`` is a gap where nothing is published."""

    quarter: str
    what: str
    count: int | None
    told: str
    kind: str = ""  # what a click picks beside the quarter


def share_lines(marks: Sequence[ShareMark], axis: Sequence[str], side: Side) -> Drawing:
    """Lines with points, and the interval of a share that was counted in few cases."""
    names = tuple(dict.fromkeys(m.what for m in marks))
    drawn = pd.DataFrame(
        {
            "quarter": [m.quarter for m in marks],
            "what": [m.what for m in marks],
            "share": pd.Series([m.share for m in marks], dtype="float64"),
            "low": pd.Series([m.low for m in marks], dtype="float64"),
            "high": pd.Series([m.high for m in marks], dtype="float64"),
            "told": [m.told for m in marks],
        }
    )
    # A missing value stays in, so that the line has a gap there and does not bridge it.
    words = f"{WHOSE[side]}: {_listed(names)} by quarter, {drawn['share'].count()} values"
    alt_text = f"{WHOSE[side]}: shares by quarter; the table behind it has the figures"
    table = partial(_table, [(m.quarter, m.what, m.told) for m in marks])
    spec = _shares(names, tuple(axis), side)
    return Drawing(spec, drawn, alt_text, words, table, can_be_clicked=side == "own")


def count_bars(marks: Sequence[CountMark], axis: Sequence[str], side: Side) -> Drawing:
    """Bars side by side; a click picks ``quarter`` and ``kind``."""
    names = tuple(dict.fromkeys(m.what for m in marks))
    drawn = pd.DataFrame(
        {
            "quarter": [m.quarter for m in marks],
            "what": [m.what for m in marks],
            "kind": [m.kind for m in marks],
            "number": pd.Series([m.count for m in marks], dtype="float64"),
            "told": [m.told for m in marks],
        }
    )
    drawn = drawn[drawn["number"].notna()].reset_index(drop=True)
    words = f"{WHOSE[side]}: {_listed(names)} by quarter, {len(drawn)} values"
    alt_text = f"{WHOSE[side]}: counts by quarter; the table behind it has the figures"
    table = partial(_table, [(m.quarter, m.what, m.told) for m in marks])
    spec = _counts(names, tuple(axis), side)
    return Drawing(spec, drawn, alt_text, words, table, can_be_clicked=side == "own")


@cache
def _shares(names: tuple[str, ...], axis: tuple[str, ...], side: Side) -> dict[str, Any]:
    base = alt.Chart().encode(x=_quarters(axis), color=_colour(names, side))
    share = alt.Y("share:Q", title=None, axis=alt.Axis(format="%", tickCount=5))
    lines = base.mark_line(strokeWidth=1.5).encode(y=share, detail="what:N")
    spread = base.mark_rule(opacity=0.35, strokeWidth=5).encode(
        y=alt.Y("low:Q", title=None), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=42, cursor=_cursor(side)).encode(
        y=share, tooltip=_tooltip(side)
    )
    if side == "own":
        points = points.add_params(alt.selection_point(name=PICK, fields=["quarter"], toggle=False))
    layers = [spread, lines, points] if side == "own" else [lines, points]
    return specification(alt.LayerChart(layer=layers), SHARE_HEIGHT)


@cache
def _counts(names: tuple[str, ...], axis: tuple[str, ...], side: Side) -> dict[str, Any]:
    chart = (
        alt.Chart()
        .mark_bar(cursor=_cursor(side))
        .encode(
            x=_quarters(axis),
            y=alt.Y("number:Q", title=None, stack=None, axis=_thousands()),
            color=_colour(names, side),
            tooltip=_tooltip(side),
        )
    )
    if len(names) > 1:
        chart = chart.encode(xOffset=alt.XOffset("what:N", sort=list(names)))
    if side == "own":
        picked = alt.selection_point(name=PICK, fields=["quarter", "kind"], toggle=False)
        chart = chart.add_params(picked)
    return specification(chart, COUNT_HEIGHT)


def _thousands() -> alt.Axis:
    # Billions are B to a reader, not G.
    short = "replace(format(datum.value, '~s'), 'G', 'B')"
    return alt.Axis(labelExpr=short, tickCount=4, tickMinStep=1)


def _cursor(side: Side) -> Literal["pointer", "default"]:
    return "pointer" if side == "own" else "default"


def _quarters(axis: tuple[str, ...]) -> alt.X:
    # Only first quarters are named where there are many: the year is what a reader looks for.
    many = len(axis) > MOST_POINTS // 2
    shown = [q for q in axis if not many or q.endswith("Q1")]
    marks = alt.Axis(
        labelAngle=0,
        values=shown,
        labelExpr="slice(datum.value, 0, 4)" if many else "datum.value",
        labelOverlap="greedy",
        grid=many,
    )
    return alt.X("quarter:O", scale=alt.Scale(domain=list(axis)), title=None, axis=marks)


def _colour(names: tuple[str, ...], side: Side) -> alt.Color:
    scale = alt.Scale(domain=list(names), range=list(COLOURS[side][: len(names)]))
    above = legend(len(names)) if len(names) > 1 else None  # one name stands in the title
    return alt.Color("what:N", scale=scale, title=None, legend=above)


def _tooltip(side: Side) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("quarter:O", title="Quarter"),
        alt.Tooltip("what:N", title=WHOSE[side]),
        alt.Tooltip("told:N", title="Figure"),
    ]


def _table(rows: Sequence[tuple[str, str, str]]) -> pd.DataFrame:
    """A row per quarter, newest first, and a column per series."""
    names = list(dict.fromkeys(what for _, what, _ in rows))
    cells = {(quarter, what): told for quarter, what, told in rows}
    quarters = sorted({quarter for quarter, _, _ in rows}, reverse=True)
    table = {"Quarter": quarters}
    table |= {name: [cells.get((q, name), "–") for q in quarters] for name in names}
    return pd.DataFrame(table)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names).lower()
