"""Open gaps beside each other: what each is foreseen to cost, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification

ROW, AXIS = 24, 36  # pixels
POINT = "#2f72dc"
ALT = "Open gaps by the cases foreseen to go wrong, with intervals; the table has the figures"


@dataclass(frozen=True, slots=True)
class GapMark:
    """One gap: its name for the axis, what is foreseen and between which ends."""

    ref: str
    expected: float
    low: float
    high: float


@cache
def _spec(rows: int, days: int) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["ref"], toggle=False)
    across = alt.X(
        "expected:Q",
        title=f"Cases foreseen to be overturned or breached in the next {days} days",
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickMinStep=1, tickCount=8),
    )
    down = alt.Y(
        "ref:N",
        title=None,
        sort=None,
        scale=alt.Scale(padding=0.6),
        axis=alt.Axis(ticks=False, domain=False, labelBound=False),
    )
    told = [
        alt.Tooltip("ref:N", title="Gap"),
        alt.Tooltip("expected:Q", title="Foreseen", format=",.1f"),
        alt.Tooltip("low:Q", title="8 of 10 times from", format=",.0f"),
        alt.Tooltip("high:Q", title="to", format=",.0f"),
    ]
    base = alt.Chart().encode(y=down, tooltip=told)
    line = base.mark_rule(color=POINT, opacity=0.45, strokeWidth=5).encode(x="low:Q", x2="high:Q")
    dots = (
        base.mark_point(filled=True, size=90, color=POINT, opacity=1, cursor="pointer")
        .encode(x=across)
        .add_params(picked)
    )
    return specification(alt.LayerChart(layer=[line, dots]), rows * ROW + AXIS)


def places_chart(marks: Sequence[GapMark], days: int) -> Drawing:
    """The gaps in their order, the first on top. A click picks ``ref``."""
    drawn = pd.DataFrame(
        {
            "ref": [mark.ref for mark in marks],
            "expected": [mark.expected for mark in marks],
            "low": [mark.low for mark in marks],
            "high": [mark.high for mark in marks],
        }
    )
    summary = f"{len(marks)} gaps by what the next {days} days are foreseen to cost"
    return Drawing(_spec(len(marks), days), drawn, ALT, summary, partial(_table, drawn))


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Gap": drawn["ref"],
            "Foreseen": drawn["expected"].round(1),
            "8 of 10 times from": drawn["low"],
            "to": drawn["high"],
        }
    )
