"""Actions that stand against a partner's content, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, legend, specification
from core.desk.partner_conduct import ActionMark
from core.partners.conduct import conduct_rules

HEIGHT = 170
ALT = "Violations that stand by month and action; the table below it has the figures"


@cache
def _spec(months: tuple[str, ...], present: tuple[str, ...]) -> dict[str, Any]:
    groups = [conduct_rules().groups[name] for name in present]
    colours = alt.Scale(domain=[g.label for g in groups], range=[g.color for g in groups])
    picked = alt.selection_point(name=PICK, fields=["month", "group"], toggle=False)
    chart = (
        alt.Chart()
        .mark_bar(cursor="pointer", cornerRadius=1)
        .encode(
            x=alt.X(
                "month:O",
                title=None,
                scale=alt.Scale(domain=list(months)),
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy"),
            ),
            y=alt.Y("cases:Q", title="Violations", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("what:N", scale=colours, title=None, legend=legend(6)),
            tooltip=[
                alt.Tooltip("month:O", title="Received in"),
                alt.Tooltip("what:N", title="Action that stands"),
                alt.Tooltip("cases:Q", title="Cases", format=","),
            ],
        )
        .add_params(picked)
    )
    return specification(chart, HEIGHT)


def conduct_chart(marks: Sequence[ActionMark], months: Sequence[str]) -> Drawing:
    """Stacked bars, one piece per mark; a click picks ``month`` and ``group``."""
    groups = conduct_rules().groups
    drawn = pd.DataFrame(
        {
            "month": [f"{m.month:%Y-%m}" for m in marks],
            "group": [m.group for m in marks],
            "what": [groups[m.group].label for m in marks],
            "cases": pd.Series([m.count for m in marks], dtype="int64"),
        }
    )
    present = tuple(name for name in groups if name in set(drawn["group"]))
    words = f"{sum(m.count for m in marks):,} violations that stand, by month and action"
    return Drawing(_spec(tuple(months), present), drawn, ALT, words, partial(_table, drawn))


def _table(drawn: pd.DataFrame) -> pd.DataFrame:
    return drawn.rename(columns={"month": "Month", "what": "Action", "cases": "Cases"})[
        ["Month", "Action", "Cases"]
    ]


def conduct_mark(marks: Sequence[ActionMark], picked: Mapping[str, object]) -> ActionMark | None:
    """The mark that a click picked, when it is still there."""
    wanted = (picked.get("month"), picked.get("group"))
    return next((m for m in marks if (f"{m.month:%Y-%m}", m.group) == wanted), None)
