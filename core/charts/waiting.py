"""Who held the time of a partner's finished cases: one bar, a piece for each owner."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import Drawing, legend, specification
from core.desk.partner_served import OwnedTime
from core.taxonomy import taxonomy

HEIGHT = 120
ALT = "Shares of the time of finished cases by owner; the table beside it has the figures"


@cache
def _spec(present: tuple[str, ...]) -> dict[str, Any]:
    owners = [taxonomy().owners_of_time[one] for one in present]
    colours = alt.Scale(domain=[t.label for t in owners], range=[t.color for t in owners])
    chart = (
        alt.Chart()
        .mark_bar(height=22)
        .encode(
            x=alt.X(
                "share:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", grid=False, tickCount=5),
            ),
            color=alt.Color("who:N", scale=colours, title=None, legend=legend(4)),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("who:N", title="Time owned by"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
                alt.Tooltip("length:N", title="In all"),
            ],
        )
    )
    return specification(chart, HEIGHT)


def waiting_chart(owned: Sequence[OwnedTime], lengths: Sequence[str]) -> Drawing:
    """The bar; ``lengths`` has each owner's sum in words."""
    labels = [taxonomy().label("owners_of_time", one.time.owner) for one in owned]
    drawn = pd.DataFrame(
        {
            "who": labels,
            "share": [one.share for one in owned],
            "length": list(lengths),
            "rank": range(len(owned)),
        }
    )
    told = ", ".join(
        f"{who} {100 * one.share:.0f} %" for who, one in zip(labels, owned, strict=True)
    )
    order = tuple(o for o in taxonomy().owners_of_time if o in {one.time.owner for one in owned})
    return Drawing(
        _spec(order),
        drawn,
        ALT,
        f"Who held the time: {told}",
        lambda: drawn[["who", "length"]],
        can_be_clicked=False,
    )
