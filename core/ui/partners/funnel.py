"""The funnel of a measure: partners against their size, and those outside of the limits by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.charts.funnel import BETTER, COLOURS, WORSE, Edge, Mark, funnel_chart
from core.desk.partner_funnel import MEASURES, FunnelView, funnel_view
from core.ui import states
from core.ui.address import choose_one, read_one
from core.ui.case_link import go_to_queue, open_partner
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import DASH, plural, share
from core.ui.heads import copy_link, page_head
from core.ui.input_words import COUNTED, input_label, number
from core.ui.partners.partner_address import read_ask
from core.ui.partners.partner_choices import chips, filters_open, line
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list
from core.ui.views import switch

MEASURE = "measure"  # in the address
HIGHEST = 520


def show_funnel(person: Person) -> None:
    """Read once, then arrange."""
    ask, ignored = read_ask()
    measure, unusable = read_one(MEASURE, MEASURES)
    view = funnel_view(the_desk(), person, ask, measure, the_zone(person), filters_open())
    around = view.around
    head = page_head(
        "Partners", around.at, around.zone, around.version, is_refreshing=around.is_refreshing
    )
    with head:
        copy_link("partners")
    for notice in (*ignored, *unusable):
        st.warning(notice, icon=":material/info:")
    if not around.in_scope:
        states.empty("No partner is in your scope.")
        return
    _measures(measure)
    line(around, with_order=False)
    chips(around)
    if not view.points:
        _nothing(view)
        return
    _chart(view)
    _outside(view)


def _measures(chosen: str) -> None:
    words = {measure: _short(measure) for measure in MEASURES}
    switch(
        "funnel-measure",
        "Measure",
        chosen,
        words,
        lambda measure: choose_one(MEASURE, measure, MEASURES),
    )


def _short(measure: str) -> str:
    return input_label(measure).partition(",")[0]


def _name(view: FunnelView) -> str:
    return _short(view.measure)


def _nothing(view: FunnelView) -> None:
    least = f"{view.around.rules.least_effective_n:.0f}"
    days = f"{view.first_on:%a %Y-%m-%d} to {view.last_on:%a %Y-%m-%d}"
    what = f"No partner here has {least} cases that count for {_name(view)}."
    states.empty(what, f"{plural(view.too_few, 'partner')} had fewer, {days}.")


def _chart(view: FunnelView) -> None:
    marks = [Mark(p.ref, p.name, p.of, p.share, p.beyond) for p in view.points]
    edges, middle = [], None
    if view.limits is not None:
        middle, levels = view.limits.funnel.target, view.limits.funnel.levels
        sizes = view.limits.sizes.tolist()
        for level, (low, high) in zip(levels, view.limits.edges, strict=True):
            ends = zip(sizes, low.tolist(), high.tolist(), strict=True)
            edges += [Edge(level, size, *both) for size, *both in ends]
    hit, among = COUNTED[view.measure]
    drawing = funnel_chart(marks, edges, middle, f"{_name(view)}: {hit} of {among}")
    with chart_head(f"{_name(view)} against size", _note(view)):
        table_behind(drawing, "funnel-table")
    show(drawing, "funnel", _open)


def _open(picked: Mapping[str, Any]) -> None:
    if ref := str(picked.get("ref") or ""):
        open_partner(ref)


def _note(view: FunnelView) -> str:
    """What is counted, for when, and where the limits come from."""
    days = f"{view.first_on:%a %Y-%m-%d} to {view.last_on:%a %Y-%m-%d}, days of UTC"
    told = f"{days}; own cases that are not restricted, not weighed; a point opens its partner."
    if view.too_few:
        least = f"{view.around.rules.least_effective_n:.0f}"
        told += f" {plural(view.too_few, 'partner')} with fewer than {least} cases not shown."
    if view.left_out:
        told += f" {plural(view.left_out, 'smaller partner')} within the limits not drawn."
    if view.limits is None:
        return f"{told} No limits: too few partners have cases."
    levels = " and ".join(f"{100 * level:g} %" for level in view.limits.funnel.levels)
    learnt = view.limits.funnel
    spread = "as chance alone lets them be"
    if learnt.between > 0:
        spread = f"{learnt.dispersion:.1f}× as wide in variance as chance alone: partners differ"
    desk = "the whole desk"
    if view.learnt_from is not None:
        desk = f"all {plural(view.learnt_from, 'partner')} of the desk"
    return f"{told} Limits of {levels} learnt from {desk}, {spread}."


def _outside(view: FunnelView) -> None:
    """Those outside of the limits, the bad side first."""
    points = view.outside
    if view.limits is None:
        return
    if not points:
        states.empty(
            "Nobody is outside of the limits.",
            "Nobody here differs by more than partners of the desk do.",
        )
        return
    st.markdown(f"**Outside of the limits** · {plural(len(points), 'partner')}")

    def open_cases(row: int) -> None:
        if cases := view.cases_of(points[row]):
            go_to_queue(cases)

    acts = {
        "partner": Act(
            "Partner",
            lambda row: open_partner(points[row].ref),
            220,
            "Open the partner",
            pinned=True,
        ),
        "cases": Act("Cases", open_cases, 70, "Click to open the cases that it counts", "right"),
    }
    alt = f"{plural(len(points), 'partner')} outside of the limits"
    click_list(_rows(view), "funnel-outside", alt, acts, _columns(view), highest=HIGHEST)


def _rows(view: FunnelView) -> pd.DataFrame:
    points = view.outside
    levels = view.limits.funnel.levels if view.limits else ()
    return pd.DataFrame(
        {
            "partner": [p.name for p in points],
            "tier": [p.tier or DASH for p in points],
            "side": [[BETTER if p.beyond > 0 else WORSE] for p in points],
            "share": [share(p.share) for p in points],
            "hits": [number(p.hits) for p in points],
            "cases": [f"{p.case_count:,}" for p in points],
            "limit": [f"{100 * levels[abs(p.beyond) - 1]:g} %" for p in points],
        }
    )


def _columns(view: FunnelView) -> dict[str, Any]:
    column, hit = st.column_config, COUNTED[view.measure][0]
    return {
        "tier": column.TextColumn("Tier", width=42),
        "side": column.MultiselectColumn(
            "Against the rest",
            options=[WORSE, BETTER],
            color=[COLOURS[WORSE], COLOURS[BETTER]],
            width=120,
        ),
        "share": column.TextColumn(_name(view), alignment="right", width=120),
        "hits": column.TextColumn(hit.capitalize(), alignment="right", width=100),
        "limit": column.TextColumn("Beyond the limit of", alignment="right", width=140),
    }
