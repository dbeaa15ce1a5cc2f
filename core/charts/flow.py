"""What came in and what was resolved, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.cases.model import FlowMark
from core.charts.model import PICK, Drawing, legend, specification

HEIGHT = 215
MOST_PAIRS = 45  # days whose two bars have room side by side
ALT = "Cases received and resolved per day; the table below it has the figures"
KINDS = {"arrivals": "Received", "resolutions": "Resolved"}
COLOURS = ("#3a84ca", "#14938d")


@cache
def _spec(*, is_long: bool) -> dict[str, Any]:
    labels = list(KINDS.values())
    picked = alt.selection_point(name=PICK, fields=["day", "kind"], toggle=False)
    chart = (
        alt.Chart()
        .mark_bar(cursor="pointer", cornerRadius=0 if is_long else 1)
        .encode(
            x=alt.X("day:O", title=None, axis=_days()),
            y=alt.Y(
                f"{'height' if is_long else 'cases'}:Q",
                title="Cases per day",
                axis=alt.Axis(tickMinStep=1, labelExpr="format(abs(datum.value), ',')"),
            ),
            color=alt.Color(
                "what:N",
                scale=alt.Scale(domain=labels, range=list(COLOURS)),
                title=None,
                legend=legend(len(labels)),
            ),
            tooltip=[
                alt.Tooltip("day:O", title="Day"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("cases:Q", title="Cases", format=","),
            ],
        )
        .add_params(picked)
    )
    if is_long:
        below = f"datum.what == '{labels[1]}' ? -datum.cases : datum.cases"
        return specification(chart.transform_calculate(height=below), HEIGHT)
    return specification(chart.encode(xOffset=alt.XOffset("what:N", sort=labels)), HEIGHT)


def _days() -> alt.Axis:
    return alt.Axis(
        labelAngle=0,
        labelOverlap="greedy",
        labelExpr="slice(datum.value, 5)",
        labelFlush=False,
        labelBound=10,
    )


def flow_chart(marks: Sequence[FlowMark]) -> Drawing:
    """Two bars a day, one per mark; a click picks ``day`` and ``kind``.

    Side by side they compare best; over many days what was resolved hangs down instead, because
    two bars in the place of one would be too thin to be told apart or clicked.
    """
    drawn = pd.DataFrame(
        {
            "day": [m.day.isoformat() for m in marks],
            "kind": [m.kind for m in marks],
            "what": [KINDS[m.kind] for m in marks],
            "cases": pd.Series([m.count for m in marks], dtype="int64"),
        }
    )
    sums = {kind: sum(m.count for m in marks if m.kind == kind) for kind in KINDS}
    days = len({m.day for m in marks})
    words = (
        f"Per day: {sums['arrivals']:,} cases received and {sums['resolutions']:,} resolved "
        f"over {days} days"
    )
    return Drawing(_spec(is_long=days > MOST_PAIRS), drawn, ALT, words, partial(_table, drawn))


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    table = drawn.pivot_table(index="day", columns="what", values="cases", aggfunc="sum")
    return table.fillna(0).astype("int64").rename_axis(index="Day", columns=None).reset_index()


def flow_mark(marks: Sequence[FlowMark], picked: Mapping[str, object]) -> FlowMark | None:
    """The mark that a click picked, when it is still there."""
    wanted = (picked.get("day"), picked.get("kind"))
    return next((m for m in marks if (m.day.isoformat(), m.kind) == wanted), None)
