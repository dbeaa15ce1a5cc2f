"""What came in and what was resolved, day by day."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification
from core.frames import FrameShape

FLOW = FrameShape(
    name="flow per day",
    grain="cases received and cases resolved on one day of the zone that the page shows",
    columns={"day": "str", "arrivals": "int64", "resolutions": "int64"},
)
HEIGHT = 190
KINDS = {"arrivals": "Received", "resolutions": "Resolved"}
COLOURS = ("#3a84ca", "#14938d")


@cache
def _spec() -> dict[str, Any]:
    labels = list(KINDS.values())
    picked = alt.selection_point(name=PICK, fields=["day", "kind"], toggle=False)
    chart = (
        alt.Chart()
        .mark_bar(cursor="pointer", cornerRadius=1)
        .encode(
            x=alt.X(
                "day:O",
                title=None,
                axis=alt.Axis(
                    labelAngle=0,
                    labelOverlap="greedy",
                    labelExpr="slice(datum.value, 5)",
                ),
            ),
            xOffset=alt.XOffset("what:N", sort=labels),
            y=alt.Y("cases:Q", title="Cases per day", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "what:N", scale=alt.Scale(domain=labels, range=list(COLOURS)), title=None
            ),
            tooltip=[
                alt.Tooltip("day:O", title="Day"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("cases:Q", title="Cases", format=","),
            ],
        )
        .add_params(picked)
    )
    return specification(chart, HEIGHT)


def flow_chart(frame: pd.DataFrame) -> Drawing:
    """Two bars a day of a FLOW frame; a click picks ``day`` and ``kind``."""
    long = frame.melt("day", list(KINDS), var_name="kind", value_name="cases")
    drawn = long.assign(what=[KINDS[k] for k in long["kind"]])
    table = frame.rename(columns={"day": "Day", **KINDS}).set_index("Day")
    words = (
        f"Per day: {int(frame['arrivals'].sum()):,} cases received and "
        f"{int(frame['resolutions'].sum()):,} resolved over {len(frame)} days"
    )
    return Drawing(_spec(), drawn, words, table)
