"""What a policy gap costs: cases, breaches, overturns, time, reach; week by week, and if it stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.charts.gap_weeks import GapWeek, weeks_chart
from core.desk.gap_impact import ImpactView, impact_view
from core.gaps.impact import FIGURES, HITS, REACH, Outlook
from core.gaps.impact_rules import impact_rules
from core.gaps.model import Gap
from core.risk.weeks import DAYS_PER_WEEK
from core.storage.gap_figures import ValueCount
from core.ui import states, tiles
from core.ui.address import choose_one, read_one
from core.ui.case_link import go_to_queue
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import DASH, exact, plural, share
from core.ui.gap.impact_words import (
    NAMES,
    TILES,
    WHY_NOT,
    between,
    counted,
    hours,
    label,
    outlook_words,
    reach_words,
    spent_tile,
    told,
    value_words,
)
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list
from core.ui.views import switch

BY = "by"  # in the address
DIMENSIONS = (*REACH, "partner")
KEY = "impact-tiles"
OPENS = "Click to open exactly these cases in the queue"
TEXT = st.column_config.TextColumn


def show_impact(person: Person, gap: Gap) -> None:
    """Read once, then arrange."""
    by, unusable = read_one(BY, DIMENSIONS)
    view = impact_view(the_desk(), person, gap.ref, the_zone(person), by)
    _head(view)
    for notice in (*unusable, *view.notices):
        st.warning(notice, icon=":material/info:")
    if not view.figures["cases"].count:
        _nothing(view)
        return
    _tiles(view)
    _outlook(view)
    _trend(view)
    _reach(view)


def _head(view: ImpactView) -> None:
    state = "new data on the way · " if view.is_refreshing else ""
    whose = "your partners' cases only" if view.is_own_only else "cases that you may see"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.caption(
            f"{state}As of {exact(view.at, view.zone)} · data {view.version:,} · {whose}; "
            "every number opens its cases.",
            width="stretch",
        )
        for name in ("linked", "matching"):
            figure = view.figures[name]
            st.button(
                f"{figure.count:,} {label(figure).lower()}",
                key=f"impact-{name}",
                type="tertiary",
                help=figure.definition.definition,
                on_click=go_to_queue,
                args=(figure.filter,),
            )


def _nothing(view: ImpactView) -> None:
    hint = "Link cases from the queue, or say with a filter which cases the gap is about."
    whose = "of your partners " if view.is_own_only else "that you may see "
    states.empty(f"No case {whose}is linked to this gap or matches it.", hint)


def _tiles(view: ImpactView) -> None:
    filters = {name: view.figures[name].filter for name in TILES}
    filters["spent"] = view.figures["cases"].filter

    def take() -> None:
        name = st.session_state[KEY].get("open")
        if name in filters:
            go_to_queue(filters[name])

    with st.container(key="gap-impact"):
        parts = [*(told(view.figures[name]) for name in TILES), spent_tile(view.spent)]
        tiles.draw(parts, KEY, take)


def _trend(view: ImpactView) -> None:
    weeks = [
        GapWeek(one.first_day, one.count, one.expected, one.low, one.high, one.is_above)
        for one, _ in view.trend
    ]
    drawing = weeks_chart(weeks)
    with chart_head("Week by week", _trend_note(view)):
        table_behind(drawing, "impact-weeks-table")
    filters = {one.first_day.isoformat(): filter_ for one, filter_ in view.trend}

    def pick(picked: Mapping[str, Any]) -> None:
        week = str(picked.get("week") or "")
        if week in filters:
            go_to_queue(filters[week])

    show(drawing, "impact-weeks", pick)


def _trend_note(view: ImpactView) -> str:
    """What the band is, or why there is none."""
    first: date = view.trend[0][0].first_day
    base = f"Cases received in complete weeks, days of {view.zone}."
    if view.trend[0][0].expected != view.trend[0][0].expected:
        return f"{base} Too little history before {first:%d %b %Y} to expect anything."
    return (
        f"{base} Band: where 8 of 10 weeks would lie after what came before {first:%d %b %Y}; "
        "orange is above it."
    )


def _outlook(view: ImpactView) -> None:
    st.markdown("**What another month of delay costs**")
    if view.outlook is None:
        states.empty("Nothing can be foreseen.", WHY_NOT[view.why_no_outlook])
        return
    behind, recent = view.behind, view.figures["recent"]
    past = [recent.filter, *(behind.hit_filters[name] for name in HITS), None]
    of = [recent.filter, *(behind.filter for _ in HITS), behind.filter]
    days = impact_rules().outlook.weeks * DAYS_PER_WEEK
    click_list(
        _costs(view, view.outlook),
        "impact-costs",
        "What the next weeks are foreseen to bring, and the cases that this rests on",
        {"past": _cases("So far", past, 80), "of": _cases("Of cases", of, 110)},
        {
            "what": TEXT("If nothing changes", width=190),
            "expected": TEXT(f"Next {days} days", alignment="right", width=110),
            "between": TEXT("8 of 10 times", alignment="right", width=140),
        },
    )
    st.caption(outlook_words(view))


def _costs(view: ImpactView, found: Outlook) -> pd.DataFrame:
    """Cases, what goes wrong with them, and time: foreseen, and what that rests on."""
    behind, recent, spent = view.behind, view.figures["recent"], found.spent
    counts = [found.cases, *(found.hits[name] for name in HITS)]
    time = (hours(spent.mean), f"{hours(spent.low)} to {hours(spent.high)}") if spent else None
    return pd.DataFrame(
        {
            "what": ["Cases", *(FIGURES[name].label for name in HITS), "Working time with us"],
            "expected": [*map(counted, counts), time[0] if time else DASH],
            "between": [*map(between, counts), time[1] if time else DASH],
            "past": [f"{recent.count:,}", *(f"{behind.hits[name]:,}" for name in HITS), ""],
            "of": [
                f"the {label(recent).lower()}",
                *(f"of {behind.cases:,}" for _ in HITS),
                f"from {behind.cases:,}",
            ],
        }
    )


def _cases(words: str, filters: Sequence[CaseFilter | None], width: int) -> Act:
    def run(row: int) -> None:
        filter_ = filters[row]
        if filter_ is not None:
            go_to_queue(filter_)

    return Act(words, run, width, OPENS, "right")


def _reach(view: ImpactView) -> None:
    names = {name: NAMES.get(name, name).capitalize() for name in DIMENSIONS}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**Reach** :gray[· {reach_words(view)}; how many people saw what is not recorded]",
            width="stretch",
        )
        switch(
            "impact-by", "Reach by", view.by, names, lambda name: choose_one(BY, name, DIMENSIONS)
        )
    shown = view.values[: impact_rules().most_listed]
    click_list(
        _values(view, [one for one, _ in shown]),
        "impact-reach",
        f"Cases by {NAMES.get(view.by, view.by)}",
        {"cases": _cases("Cases", [filter_ for _, filter_ in shown], 70)},
        {
            "value": TEXT(names[view.by], width=260),
            "share": TEXT("Share", alignment="right", width=60),
            "recent": TEXT(label(view.figures["recent"]), alignment="right", width=96),
            "partners": TEXT("Partners", alignment="right", width=76),
        },
    )
    if rest := view.values[len(shown) :]:
        cases = plural(sum(one.cases for one, _ in rest), "case")
        st.caption(f"{plural(len(rest), 'more value')} with {cases} not listed.")


def _values(view: ImpactView, shown: Sequence[ValueCount]) -> pd.DataFrame:
    total = view.figures["cases"].count
    return pd.DataFrame(
        {
            "value": [value_words(view.by, one.value, view.partner_names) for one in shown],
            "cases": [f"{one.cases:,}" for one in shown],
            "share": [share(one.cases / total) for one in shown],
            "recent": [f"{one.recent:,}" for one in shown],
            "partners": [f"{one.partners:,}" for one in shown],
        }
    )
