"""Who owned the time of one case, as a band from received until now or its end."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import Drawing, specification
from core.frames import FrameShape
from core.taxonomy import taxonomy

OWNER_BAND = FrameShape(
    name="owner band",
    grain="one stretch of a case with one owner of its time",
    columns={"from_ms": "int64", "to_ms": "int64", "owner": "str", "supported": "bool"},
)
HEIGHT = 88
LEGEND = alt.Legend(orient="top", title=None, direction="horizontal", offset=2, symbolSize=60)


def _spec(present: frozenset[str]) -> dict[str, Any]:
    """The one shape, with the colours of the owners that there are."""
    owners = [t for v, t in taxonomy().owners_of_time.items() if v in present]
    shape = _shape()
    scale = {"domain": [t.label for t in owners], "range": [t.color for t in owners]}
    colour = {**shape["encoding"]["color"], "scale": scale}
    return {**shape, "encoding": {**shape["encoding"], "color": colour}}


@cache
def _shape() -> dict[str, Any]:
    chart = (
        alt.Chart()
        .mark_bar(height=20)
        .encode(
            x=alt.X(
                "from_ms:T",
                scale=alt.Scale(type="utc", nice=False),
                title=None,
                axis=alt.Axis(labelOverlap=True, tickCount=8, grid=False, format="%d %b %H:%M"),
            ),
            x2="to_ms:T",
            color=alt.Color("who:N", legend=LEGEND),
            opacity=alt.condition("datum.supported", alt.value(1.0), alt.value(0.45)),
            tooltip=[
                alt.Tooltip("who:N", title="Time owned by"),
                alt.Tooltip("length:N", title="For"),
                alt.Tooltip("evidence:N", title="Evidence"),
                alt.Tooltip("from_ms:T", title="From (UTC)", format="%Y-%m-%d %H:%M"),
                alt.Tooltip("to_ms:T", title="Until (UTC)", format="%Y-%m-%d %H:%M"),
            ],
        )
    )
    return specification(chart, HEIGHT)


def owner_band(frame: pd.DataFrame, lengths: list[str]) -> Drawing:
    """The band of an OWNER_BAND frame; ``lengths`` has each stretch in words."""
    labels = [taxonomy().label("owners_of_time", o) for o in frame["owner"]]
    drawn = frame.assign(
        who=labels,
        length=lengths,
        evidence=["" if s else "no question was asked" for s in frame["supported"]],
    )
    table = pd.DataFrame({"Time owned by": labels, "For": lengths})
    words = "Who owned the time: " + ", ".join(
        f"{who} {length}" for who, length in zip(labels, lengths, strict=True)
    )
    return Drawing(
        _spec(frozenset(frame["owner"])), drawn, words, words, lambda: table, can_be_clicked=False
    )
