"""Open cases by how long they have been open and by who owns their time now."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification
from core.frames import FrameShape
from core.taxonomy import taxonomy

AGEING = FrameShape(
    name="ageing by owner of time",
    grain="open cases of one owner of time in one bucket of age",
    columns={"bucket": "str", "owner": "str", "cases": "int64"},
)
HEIGHT = 190


@cache
def _spec(buckets: tuple[str, ...]) -> dict[str, Any]:
    owners = taxonomy().owners_of_time
    colours = alt.Scale(
        domain=[t.label for t in owners.values()], range=[t.color for t in owners.values()]
    )
    picked = alt.selection_point(name=PICK, fields=["bucket", "owner"], toggle=False)
    chart = (
        alt.Chart()
        .mark_bar(cursor="pointer", cornerRadius=1)
        .encode(
            x=alt.X("bucket:N", sort=list(buckets), title="Age", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("sum(cases):Q", title="Open cases", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("who:N", scale=colours, title="Time owned by"),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("who:N", title="Time owned by"),
                alt.Tooltip("bucket:N", title="Age"),
                alt.Tooltip("cases:Q", title="Cases", format=","),
            ],
        )
        .add_params(picked)
    )
    return specification(chart, HEIGHT)


def ageing_chart(frame: pd.DataFrame, buckets: tuple[str, ...]) -> Drawing:
    """Stacked bars of an AGEING frame; a click picks ``bucket`` and ``owner``."""
    owners = list(taxonomy().owners_of_time)
    drawn = frame.assign(
        who=[taxonomy().label("owners_of_time", o) or "Nobody" for o in frame["owner"]],
        rank=[owners.index(o) if o in owners else len(owners) for o in frame["owner"]],
    )
    table = (
        drawn.pivot_table(index="bucket", columns="who", values="cases", aggfunc="sum")
        .reindex([b for b in buckets if b in set(drawn["bucket"])])
        .fillna(0)
        .astype("int64")
        .rename_axis(index="Age", columns=None)
    )
    total = int(frame["cases"].sum())
    words = f"{total:,} open cases by age and by who owns their time"
    return Drawing(_spec(buckets), drawn, words, table)
