"""What moved a partner's score between two days: by input, by its own cases or the usual, by segment."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.charts.health_parts import StepMark, steps_chart
from core.desk.partner_health_view import (
    Behind,
    HealthView,
    InputChange,
    ScoreChange,
    Standing,
    change_view,
)
from core.partners.change import Figures
from core.ui.case_link import go_to_queue
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import DASH, escape, share
from core.ui.partner.change_days import INPUT, choose_days, read_days
from core.ui.partner.health_words import (
    input_label,
    not_enough_words,
    signed,
    value_words,
)
from core.ui.partner.segments import show_segments
from core.ui.state import the_desk
from core.ui.tables import Act, click_list

USUAL = "usual"  # the step that came from the usual moving
NEAR_SURE = 0.99  # nothing that is estimated is told as certain


def show_change(person: Person, view: HealthView) -> None:
    """The days, the sentence, the steps, and the figures with their cases."""
    days, unusable = read_days(view.standing.rules)
    trend = view.trend
    is_trend = days == (trend.before.day, trend.after.day)
    change = trend if is_trend else change_view(the_desk(), person, view.partner, *days)
    with st.container(border=True, gap="xsmall", key="health-change"):
        with st.container(horizontal=True, gap="small", vertical_alignment="top", wrap=False):
            st.markdown(f"**What changed**  \n{sentence(change)}", width="stretch")
            choose_days(days)
        for notice in unusable:
            st.caption(escape(notice))
        if change.parts:
            _steps(change)
            _figures(change)
            show_segments(person, view, change)


def sentence(change: ScoreChange) -> str:
    """What happened to the score, how sure that is, and by what."""
    before, after = change.before, change.after
    for standing in (before, after):
        if not standing.has_score:
            return escape(
                f"No change can be told: on {standing.day} there are {not_enough_words(standing)}."
            )
    way = "fell" if change.total < 0 else "rose"
    told = (
        f"The score {way} from {before.score:.1f} to {after.score:.1f}: {signed(change.total)} "
        f"points ({share(after.rules.interval)}: {signed(change.low)} to {signed(change.high)}). "
    )
    return f"{escape(told)}{escape(_how_sure(change))} {escape(_by_what(change))}"


def _how_sure(change: ScoreChange) -> str:
    if not isfinite(change.chance_worse):
        return ""
    way = "worse" if change.total < 0 else "better"
    chance = change.chance_worse if change.total < 0 else 1 - change.chance_worse
    probability = f"over {share(NEAR_SURE)}" if chance > NEAR_SURE else share(chance)
    told = f"It got {way} with a probability of {probability}"
    return f"{told}." if change.is_sure else f"{told}: this may be chance."


def _by_what(change: ScoreChange) -> str:
    first = change.parts[0]
    if first.part * change.total <= 0:
        return "No single input stands out."
    before, after = (_value(first.name, figure, change) for figure in (first.before, first.after))
    return (
        f"Most by {input_label(first.name)} ({before} → {after}): {signed(first.own)} from its own "
        f"cases. The usual moving gave {signed(change.usual)} over all inputs."
    )


def _value(name: str, figures: Figures | None, change: ScoreChange) -> str:
    if figures is None:
        return "not recorded"
    return value_words(change.after.rules.inputs[name].kind, figures.value)


def steps_of(change: ScoreChange) -> list[StepMark]:
    """From the one score to the other: own cases input by input, then the usual; sums exactly."""
    level = change.before.score
    marks = [_level("before", change.before)]
    for part in change.parts:
        told = signed(part.own)
        marks.append(
            StepMark(part.name, input_label(part.name), level, level + part.own, "own", told)
        )
        level += part.own
    moved = signed(change.usual)
    marks.append(StepMark(USUAL, "The usual moved", level, level + change.usual, "usual", moved))
    return [*marks, _level("after", change.after)]


def _level(name: str, standing: Standing) -> StepMark:
    label = f"Score of {standing.day:%d %b %Y}"
    return StepMark(name, label, standing.score, standing.score, "level", f"{standing.score:.1f}")


def _steps(change: ScoreChange) -> None:
    drawing = steps_chart(steps_of(change))
    note = "each bar begins where the one above ends; a click on an input shows its segments"
    with chart_head("Step by step", note):
        table_behind(drawing, "change-table")

    def picked(mark: Mapping[str, Any]) -> None:
        name = str(mark.get("name", ""))
        if name in {part.name for part in change.parts}:
            st.query_params[INPUT] = name

    show(drawing, "change-steps", picked)


def _figures(change: ScoreChange) -> None:
    parts = change.parts

    def opener(which: str) -> Act:
        def opened(row: int) -> None:
            behind: Behind | None = getattr(parts[row], which)
            if behind is not None:
                go_to_queue(behind.of)

        day = change.before.day if which == "cases_before" else change.after.day
        words = f"Cases {day:%d %b}"
        return Act(words, opened, 104, "Click to open the cases that the input counts", "right")

    rows = pd.DataFrame(
        {
            "input": [input_label(part.name) for part in parts],
            "part": [signed(part.part, 2) for part in parts],
            "own": [signed(part.own, 2) for part in parts],
            "usual": [signed(part.usual, 2) for part in parts],
            "cases_before": [_count(part, "cases_before") for part in parts],
            "cases_after": [_count(part, "cases_after") for part in parts],
            "before": [_value(part.name, part.before, change) for part in parts],
            "after": [_value(part.name, part.after, change) for part in parts],
            "raw_before": [_raw(part.before) for part in parts],
            "raw_after": [_raw(part.after) for part in parts],
        }
    )
    acts = {which: opener(which) for which in ("cases_before", "cases_after")}
    alt = f"{len(parts)} inputs with their part of the change"
    click_list(rows, "change-inputs", alt, acts, _columns(change))


def _raw(figures: Figures | None) -> str:
    if figures is None or figures.hits is None or figures.of is None:
        return DASH
    return f"{figures.hits:,.1f} of {figures.of:,.1f}".replace(".0", "")


def _count(part: InputChange, which: str) -> str | None:
    behind: Behind | None = getattr(part, which)
    return None if behind is None else f"{behind.count:,}"


def _columns(change: ScoreChange) -> dict[str, Any]:
    column = st.column_config
    first, last = (f"{one.day:%d %b}" for one in (change.before, change.after))
    return {
        "input": column.TextColumn("Input", width=172, pinned=True),
        "part": column.TextColumn("Change", width=74, alignment="right"),
        "own": column.TextColumn(
            "own cases", width=78, alignment="right", help="What this partner's own cases moved"
        ),
        "usual": column.TextColumn(
            "the usual",
            width=72,
            alignment="right",
            help="What came from the usual moving: its level, and how firmly it holds",
        ),
        "before": column.TextColumn(f"Estimate {first}", width=100, alignment="right"),
        "after": column.TextColumn(f"Estimate {last}", width=100, alignment="right"),
        "raw_before": column.TextColumn(f"Raw {first}", width=100, alignment="right"),
        "raw_after": column.TextColumn(f"Raw {last}", width=100, alignment="right"),
    }
