"""The health of a partner today: what it is made of, what moved it, and the cases behind each part."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.access.model import Person
from core.charts.health_parts import PartMark, parts_chart
from core.desk.partner import Partner
from core.desk.partner_health_view import HealthView, InputLine, health_view
from core.partners.explained import ExplainedInput
from core.stats.rounding import round_to_sum
from core.taxonomy import taxonomy
from core.ui.case_link import go_to_queue
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import escape, exact
from core.ui.partner.change import show_change
from core.ui.partner.health_words import (
    COUNTED,
    ends_words,
    input_label,
    interval_words,
    level_words,
    not_enough_words,
    number,
    own_words,
    signed,
    usual_words,
)
from core.ui.partner.history import show_history
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

WHOLE = 100.0  # points of a score, and of each input


def show_health(person: Person, partner: Partner) -> None:
    """Score and parts, then the change between two days, then the weeks before."""
    view = health_view(the_desk(), person, partner)
    zone = the_zone(person, partner.zone)
    if view.standing.has_score:
        left, right = st.columns([2, 3], gap="medium")
        with left:
            _today(view, zone)
        with right:
            _parts(view)
    else:
        _today(view, zone)
    _inputs(view)
    show_change(person, view)
    show_history(person, view)


def _today(view: HealthView, zone: str) -> None:
    standing = view.standing
    with st.container(border=True, gap="xsmall", key="health-today"):
        st.markdown("**Health today**")
        if standing.has_score:
            st.markdown(f"# {standing.score:.0f} :small[of 100]")
            told = f"{level_words(standing.rules)} interval {ends_words(standing)}"
            st.markdown(f"{told} · effective n {number(standing.effective)}")
        else:
            st.markdown("# Not enough data")
            st.markdown(_why_no_score(view))
        for words in _notes(view):
            st.markdown(f":small[{words}]")
        st.caption(
            f"as of {exact(view.at, zone)}, whole days in UTC · rules "
            f"{escape(standing.rules.version)} · data {view.version:,}",
            help="Restricted and sealed cases are no part of health, whoever looks",
        )


def _why_no_score(view: HealthView) -> str:
    counting = [n for n, own in view.standing.rules.inputs.items() if own.counts_for_n]
    names = ", ".join(input_label(name) for name in counting)
    return f"There are {not_enough_words(view.standing)}. What counts: {escape(names)}."


def _notes(view: HealthView) -> list[str]:
    """What a reader has to know beside the number."""
    standing, told = view.standing, []
    trend, days = view.trend, standing.rules.trend_days
    if isfinite(trend.total):
        sure = "beyond chance" if trend.is_sure else "may be chance"
        told.append(f"{signed(trend.total)} points against {days} days before ({sure})")
    elif standing.has_score:
        told.append(f"{days} days before there were too few cases for a score")
    if (
        standing.band.override is None
        and standing.has_score
        and standing.plain != (standing.band.computed)
    ):
        told.append(
            f"The score alone would be {_label(standing.plain)}; one case must not move a band, "
            f"so it stays {_label(standing.band.computed)}"
        )
    if view.not_recorded:
        names = ", ".join(input_label(name) for name in view.not_recorded)
        told.append(f"Not recorded by this desk: {names}; the weight goes to the other inputs")
    return [escape(words) for words in told]


def _label(band: str) -> str:
    return taxonomy().label("health_bands", band)


def _parts(view: HealthView) -> None:
    lines = view.lines
    drawing = parts_chart([_mark(view, line) for line in lines])
    with chart_head(
        "What it is made of", "orange: what the usual would add; a bar opens its cases"
    ):
        table_behind(drawing, "health-parts-table")

    def opened(picked: Mapping[str, Any]) -> None:
        for line in lines:
            if line.explained.name == picked.get("name") and line.behind:
                go_to_queue(line.behind.of)

    show(drawing, "health-parts", opened)


def _mark(view: HealthView, line: InputLine) -> PartMark:
    one, rules = line.explained, view.standing.rules
    return PartMark(
        name=one.name,
        label=input_label(one.name),
        part=one.part,
        low=one.weight * one.points_low,
        high=one.weight * one.points_high,
        most=one.weight * WHOLE,
        usual=_usual_part(one),
        told=interval_words(one, rules),
    )


def _usual_part(one: ExplainedInput) -> float:
    if one.usual is None or not one.usual.is_shown:
        return nan
    return one.weight * one.usual.points


def _inputs(view: HealthView) -> None:
    """Every input with its figures; the counts open exactly their cases."""
    lines = view.lines
    if not lines:
        return
    rules = view.standing.rules

    def open_of(row: int) -> None:
        behind = lines[row].behind
        if behind is not None:
            go_to_queue(behind.of)

    def open_hits(row: int) -> None:
        behind = lines[row].behind
        if behind is not None and behind.hits is not None:
            go_to_queue(behind.hits)

    ones = [line.explained for line in lines]
    adds = round_to_sum(np.array([one.part for one in ones]), 1)
    rows = pd.DataFrame(
        {
            "input": [input_label(one.name) for one in ones],
            "points": [one.points for one in ones],
            "adds": [f"{add:.1f}" for add in adds],
            "of": [f"{line.behind.count:,}" if line.behind else None for line in lines],
            "hits": [_hits(line) for line in lines],
            "estimate": [interval_words(one, rules) for one in ones],
            "raw": [own_words(one) for one in ones],
            "usual": [usual_words(one.usual, one.kind, view) for one in ones],
            "weight": [f"{100 * one.weight:.1f} %" for one in ones],
            "days": [_days(line, rules.inputs[line.explained.name].window_days) for line in lines],
        }
    )
    if not view.standing.has_score:
        rows = rows.drop(columns="adds")  # there is no sum for it to be a part of
    acts = {
        "hits": Act("Of them", open_hits, 104, "Click to open just these cases", "right"),
        "of": Act("Cases", open_of, 60, "Click to open all cases that the input counts", "right"),
    }
    alt = f"{len(lines)} inputs with points, weight, best estimate and cases"
    click_list(rows, "health-inputs", alt, acts, _columns())


def _hits(line: InputLine) -> str | None:
    count = line.behind.hit_count if line.behind else None
    return None if count is None else f"{count:,} {COUNTED[line.explained.name][0]}"


def _days(line: InputLine, window_days: int) -> str:
    if not window_days:
        return "as of today"
    return f"{line.first_on:%d %b} – {line.last_on:%d %b}"


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "input": column.TextColumn("Input", width=176, pinned=True),
        "points": column.ProgressColumn(
            "Points", min_value=0, max_value=WHOLE, format="%.0f", width=104
        ),
        "weight": column.TextColumn("Weight", width=62, alignment="right"),
        "adds": column.TextColumn(
            "Adds", width=52, alignment="right", help="Weight × points; these sum to the score"
        ),
        "estimate": column.TextColumn(
            "Best estimate", width=176, help="Own cases weighed against what is usual"
        ),
        "raw": column.TextColumn("Own cases, raw", width=132),
        "usual": column.TextColumn(
            "Usual", width=112, alignment="right", help="Of partners of its tier, or of all tiers"
        ),
        "days": column.TextColumn("Days (UTC)", width=116),
    }
