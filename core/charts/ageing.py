"""Open cases by how long they have been open and by who owns their time now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.cases.model import AgeingMark
from core.cases.windows import queue_windows
from core.charts.model import PICK, Drawing, legend, specification
from core.taxonomy import taxonomy

HEIGHT = 215
ALT = "Open cases by age and by who owns their time; the table below it has the figures"
# The last bucket has no upper edge; its name is shortened where there is little room.
LABEL = "replace(datum.label, ' and more', '+')"


@cache
def _spec() -> dict[str, Any]:
    # Every bucket has its place, with or without a case: the eye finds it where it was, and the
    # browser only moves the bars.
    buckets = [label for label, _, _ in queue_windows().ageing_buckets()]
    # Working hours do not matter for whose turn it is now, so that owner never appears here.
    owners = [t for v, t in taxonomy().owners_of_time.items() if v != "out_of_hours"]
    colours = alt.Scale(domain=[t.label for t in owners], range=[t.color for t in owners])
    picked = alt.selection_point(name=PICK, fields=["bucket", "owner"], toggle=False)
    chart = (
        alt.Chart()
        .mark_bar(cursor="pointer", cornerRadius=1)
        .encode(
            x=alt.X(
                "bucket:N",
                sort=None,
                scale=alt.Scale(domain=buckets),
                title=None,
                axis=alt.Axis(labelAngle=0, labelOverlap=False, labelExpr=LABEL),
            ),
            y=alt.Y("cases:Q", title="Open cases", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("who:N", scale=colours, title=None, legend=legend(3)),
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


def ageing_chart(marks: Sequence[AgeingMark]) -> Drawing:
    """Stacked bars, one piece per mark; a click picks ``bucket`` and ``owner``."""
    owners = list(taxonomy().owners_of_time)
    drawn = pd.DataFrame(
        {
            "bucket": [m.bucket for m in marks],
            "owner": [m.owner for m in marks],
            "who": [taxonomy().label("owners_of_time", m.owner) for m in marks],
            "rank": [owners.index(m.owner) if m.owner in owners else -1 for m in marks],
            "cases": pd.Series([m.count for m in marks], dtype="int64"),
        }
    )
    buckets = tuple(b for _, b in sorted({(m.position, m.bucket) for m in marks}))
    words = f"{sum(m.count for m in marks):,} open cases by age and by who owns their time"
    return Drawing(_spec(), drawn, ALT, words, partial(_table, drawn, buckets))


def _table(drawn: pd.DataFrame, buckets: tuple[str, ...]) -> pd.DataFrame:
    table = drawn.pivot_table(index="bucket", columns="who", values="cases", aggfunc="sum")
    owners = drawn.sort_values("rank")["who"].unique()
    table = table.reindex(list(buckets))[list(owners)].fillna(0).astype("int64")
    return table.rename_axis(index="Age", columns=None).reset_index()


def ageing_mark(marks: Sequence[AgeingMark], picked: Mapping[str, object]) -> AgeingMark | None:
    """The mark that a click picked, when it is still there."""
    wanted = (picked.get("bucket"), picked.get("owner"))
    return next((m for m in marks if (m.bucket, m.owner) == wanted), None)
