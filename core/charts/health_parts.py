"""What a score is made of, and what moved it: a bar per input, and the steps between two days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import altair as alt
import pandas as pd

from core.charts.model import PICK, Drawing, specification

ROW, AROUND, WORDS_WIDTH = 28, 34, 40
TRACK, PART, REACH, INK = "#8a949e33", "#8fb4dd", "#2f72dc", "#7a858f"
BETTER, WORSE, ASIDE = "#2c965d", "#b76b1c", "#8a949e"
PARTS_ALT = "Points that each input adds to the score, out of those it can add, with intervals"
STEPS_ALT = "Points that each input took from or gave to the score between the two days"


@dataclass(frozen=True, slots=True)
class PartMark:
    """One input: what it adds of what it can add, both in points of the score."""

    name: str
    label: str
    part: float
    low: float
    high: float
    most: float
    usual: float  # what the usual value would add; NaN where it is not shown
    told: str


@dataclass(frozen=True, slots=True)
class StepMark:
    """One step of a change, from one level of the score to the next."""

    name: str
    label: str
    start: float
    end: float
    kind: str  # "level", "own" or "usual"
    told: str


@cache
def _parts_spec(rows: int) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["name"], toggle=False)
    across = alt.X(
        "most:Q", title="Points of the score", axis=alt.Axis(grid=False, tickCount=6, tickMinStep=1)
    )
    down = _rows()
    told = [
        alt.Tooltip("label:N", title="Input"),
        alt.Tooltip("part:Q", title="Adds", format=".1f"),
        alt.Tooltip("most:Q", title="of at most", format=".1f"),
        alt.Tooltip("low:Q", title="Interval from", format=".1f"),
        alt.Tooltip("high:Q", title="to", format=".1f"),
        alt.Tooltip("usual:Q", title="The usual adds", format=".1f"),
        alt.Tooltip("told:N", title="Best estimate"),
    ]
    base = alt.Chart().encode(y=down)
    track = base.mark_bar(color=TRACK, height=16, cursor="pointer").encode(x=across, tooltip=told)
    bar = (
        base.mark_bar(color=PART, height=16, cursor="pointer")
        .encode(x=alt.X("part:Q"), tooltip=told)
        .add_params(picked)
    )
    whisker = base.mark_rule(color=REACH, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    tick = (
        base.transform_filter("isValid(datum.usual)")
        .mark_tick(color=WORSE, thickness=2.4, height=20)
        .encode(x="usual:Q")
    )
    return specification(alt.LayerChart(layer=[track, bar, whisker, tick]), ROW * rows + AROUND)


def _rows() -> alt.Y:
    return alt.Y(
        "label:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=210, ticks=False, domain=False, labelPadding=8),
    )


def parts_chart(marks: Sequence[PartMark]) -> Drawing:
    """A bar per input in the order given; a click picks ``name``."""
    drawn = pd.DataFrame(
        {
            "name": [m.name for m in marks],
            "label": [m.label for m in marks],
            "part": [m.part for m in marks],
            "low": [m.low for m in marks],
            "high": [m.high for m in marks],
            "most": [m.most for m in marks],
            "usual": [m.usual for m in marks],
            "told": [m.told for m in marks],
        }
    )
    words = "; ".join(f"{m.label} {m.part:.1f} of {m.most:.1f}" for m in marks)
    return Drawing(_parts_spec(len(marks)), drawn, PARTS_ALT, words, partial(_parts_table, drawn))


def _parts_table(drawn: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Input": drawn["label"],
            "Adds": drawn["part"].round(1),
            "of at most": drawn["most"].round(1),
            "Interval from": drawn["low"].round(1),
            "to": drawn["high"].round(1),
            "The usual adds": drawn["usual"].round(1),
        }
    )


@cache
def _steps_spec(rows: int) -> dict[str, Any]:
    picked = alt.selection_point(name=PICK, fields=["name"], toggle=False)
    base = alt.Chart().encode(y=_rows())
    reach = alt.Scale(zero=False, nice=True)
    across = alt.X("start:Q", title="Score", scale=reach, axis=alt.Axis(grid=True, tickCount=8))
    told = [
        alt.Tooltip("label:N", title="What"),
        alt.Tooltip("told:N", title="Points"),
        alt.Tooltip("start:Q", title="Score from", format=".1f"),
        alt.Tooltip("end:Q", title="to", format=".1f"),
    ]
    colour = alt.Color(
        "way:N",
        scale=alt.Scale(domain=["better", "worse", "usual"], range=[BETTER, WORSE, ASIDE]),
        legend=None,
    )
    # A level is a bar without width: rows that a layer left out would lose their place.
    is_level = "datum.kind == 'level'"
    steps = (
        base.mark_bar(height=16, cursor="pointer")
        .encode(x=across, x2="end:Q", color=colour, tooltip=told)
        .add_params(picked)
    )
    levels = base.mark_tick(color=REACH, thickness=4, height=22).encode(
        x=alt.X("end:Q"),
        opacity=alt.condition(is_level, alt.value(1), alt.value(0)),
        tooltip=told,
    )
    words = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        x=alt.X("right:Q"), text="told:N"
    )
    spec = specification(alt.LayerChart(layer=[steps, levels, words]), ROW * rows + AROUND)
    return {**spec, "padding": {**spec["padding"], "right": WORDS_WIDTH}}


def steps_chart(marks: Sequence[StepMark]) -> Drawing:
    """The score of the first day, the steps, and the score of the last; a click picks ``name``."""
    drawn = pd.DataFrame(
        {
            "name": [m.name for m in marks],
            "label": [m.label for m in marks],
            "start": [m.start for m in marks],
            "end": [m.end for m in marks],
            "kind": [m.kind for m in marks],
            "way": [_way(m) for m in marks],
            "right": [max(m.start, m.end) for m in marks],
            "told": [m.told for m in marks],
        }
    )
    words = "; ".join(f"{m.label} {m.told}" for m in marks)
    return Drawing(_steps_spec(len(marks)), drawn, STEPS_ALT, words, partial(_steps_table, drawn))


def _way(mark: StepMark) -> str:
    if mark.kind == "usual":
        return "usual"
    return "better" if mark.end > mark.start else "worse"


def _steps_table(drawn: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "What": drawn["label"],
            "Points": drawn["told"],
            "Score from": drawn["start"].round(1),
            "to": drawn["end"].round(1),
        }
    )
