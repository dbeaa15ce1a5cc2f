"""Which slices of an input's cases moved it: by channel, abuse type, market and the like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.partner_health_view import HealthView, ScoreChange
from core.desk.partner_segments import (
    DIMENSIONS,
    Cut,
    Segment,
    SegmentsAsk,
    SegmentsView,
    segments_view,
)
from core.ui.address import seed
from core.ui.case_link import go_to_queue
from core.ui.format import DASH, escape, share
from core.ui.partner.change_days import BY, INPUT
from core.ui.partner.health_words import COUNTED, input_label, signed
from core.ui.state import the_desk
from core.ui.tables import Act, click_list
from core.ui.words import DIMENSION_LABELS, value_label

HIGHEST = 246  # seven rows and the head


def show_segments(person: Person, view: HealthView, change: ScoreChange) -> None:
    """The slices of the chosen input, each with its cases."""
    ask = SegmentsAsk(
        change.before.day,
        change.after.day,
        tuple(part.name for part in change.parts),
        st.query_params.get(INPUT, ""),
        st.query_params.get(BY, ""),
    )
    found = segments_view(the_desk(), person, view.partner, ask)
    if not found.name:
        st.caption("No input of these two days can be cut into segments.")
        return
    st.markdown(f"**In which cases**  \n:small[{escape(told(found, ask.names))}]")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        _choose(INPUT, "Input", found.name, found.inputs, input_label)
        _choose(BY, "by", found.dimension, DIMENSIONS, DIMENSION_LABELS.__getitem__)
    _table(found, change)


def told(found: SegmentsView, names: Sequence[str]) -> str:
    """The sum of the parts, and the one that stands out."""
    label, first = input_label(found.name), _outstanding(found)
    summed = f"{label}: its own cases moved the score by {signed(found.own, 2)}, in these segments."
    uncut = [name for name in names[: names.index(found.name)] if name not in found.inputs]
    if uncut:
        labels = ", ".join(input_label(name) for name in uncut)
        summed = f"{labels} cannot be cut: one slow tail has no exact parts. {summed}"
    if first is None:
        return summed
    value = value_label(found.dimension, first.value)
    return f"{summed} {value} stands out: {_rate(first.before)} → {_rate(first.after)}."


def _outstanding(found: SegmentsView) -> Segment | None:
    """The segment that pulled furthest beyond its share, the way that the input went."""
    way = -1.0 if found.own < 0 else 1.0
    best = max(found.segments, key=lambda one: way * one.telling, default=None)
    return best if best is not None and way * best.telling > 0 else None


def _rate(cut: Cut) -> str:
    return f"{cut.hits:,} of {cut.of:,}" if cut.of else "none"


def _choose(
    key: str, label: str, chosen: str, offered: Sequence[str], name: Callable[[str], str]
) -> None:
    seed(f"health-{key}", chosen)
    st.selectbox(
        label,
        list(offered),
        format_func=name,
        key=f"health-{key}",
        width=200,
        on_change=_take,
        args=(key,),
    )


def _take(key: str) -> None:
    st.query_params[key] = str(st.session_state[f"health-{key}"])


def _table(found: SegmentsView, change: ScoreChange) -> None:
    segments = found.segments
    rows = pd.DataFrame(
        {
            "value": [value_label(found.dimension, one.value) for one in segments],
            "points": [signed(one.points, 2) for one in segments],
            "telling": [signed(one.telling, 2) for one in segments],
            "hits_before": [f"{one.before.hits:,}" for one in segments],
            "of_before": [f"{one.before.of:,}" for one in segments],
            "hits_after": [f"{one.after.hits:,}" for one in segments],
            "of_after": [f"{one.after.of:,}" for one in segments],
            "rate_before": [_share(one.before) for one in segments],
            "rate_after": [_share(one.after) for one in segments],
        }
    )
    hit = COUNTED[found.name][0]
    first, last = (f"{one.day:%d %b}" for one in (change.before, change.after))

    def opener(filter_of: Callable[[Segment], CaseFilter], words: str) -> Act:
        def opened(row: int) -> None:
            go_to_queue(filter_of(segments[row]))

        return Act(words, opened, 96, "Click to open these cases", "right")

    acts = {
        "hits_before": opener(lambda one: one.before.hits_filter, f"{hit} {first}"),
        "of_before": opener(lambda one: one.before.of_filter, f"cases {first}"),
        "hits_after": opener(lambda one: one.after.hits_filter, f"{hit} {last}"),
        "of_after": opener(lambda one: one.after.of_filter, f"cases {last}"),
    }
    alt = f"{len(segments)} segments with their part of the change"
    columns = _columns(found.dimension, first, last)
    click_list(rows, "change-segments", alt, acts, columns, highest=HIGHEST)


def _share(cut: Cut) -> str:
    return share(cut.hits / cut.of) if cut.of else DASH


def _columns(dimension: str, first: str, last: str) -> dict[str, Any]:
    column = st.column_config
    return {
        "value": column.TextColumn(DIMENSION_LABELS[dimension], width=172, pinned=True),
        "points": column.TextColumn("Change", width=74, alignment="right"),
        "telling": column.TextColumn(
            "beyond size",
            width=88,
            alignment="right",
            help="Beyond its share of the cases: the largest segment moves most by its size alone",
        ),
        "rate_before": column.TextColumn(f"Share {first}", width=92, alignment="right"),
        "rate_after": column.TextColumn(f"Share {last}", width=92, alignment="right"),
    }
