"""The public report beside our own cases: two panels that share a time line and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.cases.measures import OVERTURN_SHARE
from core.charts.model import Drawing
from core.charts.reference_lines import CountMark, ShareMark, count_bars, share_lines
from core.desk.public_figures import AreaChoice, OwnQuarter, PublicView, public_view
from core.risk.cell_rules import cell_rules
from core.risk.public_report import public_report
from core.risk.public_series import Restatement, Told
from core.risk.public_words import NOT_PUBLISHED, figure_words
from core.taxonomy import taxonomy
from core.ui import states, words
from core.ui.address import seed
from core.ui.case_link import go_to_queue
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import DASH, escape, exact, plural, share
from core.ui.heads import copy_link, page_head
from core.ui.state import the_desk, the_zone
from core.ui.views import switch

OWN_SHARE = "public-own-share"
AREA, PLATFORM = "area", "platform"  # in the address
DIFFERENT = (
    "The two measure different things. The public report counts pieces of content on the whole "
    "platform; our cases are the few problems that were raised to this team. They are shown side by "
    "side for context, on scales of their own, and neither is part of the other."
)
NOT_THE_SAME_PIECES = (
    "Restored ÷ appealed sets the two of one quarter beside each other. They are not the same "
    "pieces, so it is no share of decided appeals and can pass 100 %."
)
RESTORED = "Restored ÷ appealed"
HOW_TO_IMPORT = (
    "Download the report as CSV from where it is published, then upload it on the Data page under "
    "Public report, or run: python -m core reference import FILE"
)


def show_public_figures(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """Read once, then arrange."""
    asked = st.query_params.get(AREA, "")
    view = public_view(the_desk(), person, case_filter, asked, the_zone(person))
    with page_head("Risk", view.at, view.zone, view.version, is_refreshing=view.is_refreshing):
        copy_link()
    for notice in (*view.notices, *ignored):
        st.warning(escape(notice), icon=":material/info:")
    area = view.area
    if area is None:
        states.empty("No public report has been imported.", HOW_TO_IMPORT)
        return
    choices(view, area)
    st.caption(DIFFERENT)
    ours, theirs = st.columns(2, gap="small")
    with ours, st.container(border=True, gap="xsmall"):
        own_panel(view, area)
    with theirs, st.container(border=True, gap="xsmall"):
        public_panel(view, area)
    with st.container(border=True, gap="xsmall"):
        releases(view)


def choices(view: PublicView, area: AreaChoice) -> None:
    """Area and platform in one line."""
    labels = {choice.key: choice.label for choice in view.choices}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        seed("public-area", area.key)
        st.selectbox(
            "Policy area",
            list(labels),
            format_func=lambda key: labels[key],
            key="public-area",
            width=340,
            on_change=lambda: _take(AREA, st.session_state["public-area"]),
        )
        switch(
            "public-platform",
            "Platform",
            view.platform,
            {each: taxonomy().label("platforms", each) for each in area.platforms},
            lambda platform: _take(PLATFORM, platform),
            is_labelled=True,
        )


def own_panel(view: PublicView, area: AreaChoice) -> None:
    """Our rates of the abuse type that the area stands beside."""
    st.markdown("#### Our cases")
    if not area.abuse_type:
        states.empty(
            "This area has no abuse type of ours.",
            "Nothing is compared. data/reference/public_policy_areas.yaml says which has.",
        )
        return
    st.caption(escape(own_caption(view, area)))
    if not any(one.received for one in view.own):
        states.empty(
            "No case of this kind was received in these quarters.",
            f"{view.own[0].quarter} to {view.own[-1].quarter}, as far as you may see.",
        )
        return
    own_rates(view)
    chart(
        count_bars(own_counts(view), view.quarters, "own"),
        "Received per quarter",
        "Cases received, and those of them that are appeals of users. Click for the cases.",
        "public-own-count",
        lambda mark: _open(view, mark, str(mark.get("kind", ""))),
    )


def own_rates(view: PublicView) -> None:
    """The overturn share of each quarter that has enough cases for one, and of all together."""
    marks = [own_share(one) for one in view.own if one.quarter in view.quarters]
    title, note = "Overturn share", OVERTURN_SHARE
    if any(mark.share is not None for mark in marks):
        note += f" Bar: {share(cell_rules().judging.interval)} interval."
        drawing = share_lines(marks, view.quarters, "own")
        chart(drawing, title, note, OWN_SHARE, lambda mark: _open(view, mark, "reviewed"))
    else:
        with chart_head(title, note):
            table_behind(share_lines(marks, view.quarters, "own"), f"{OWN_SHARE}-table")
        least = cell_rules().measures.least_cases
        st.caption(f"No quarter has {least} re-reviewed cases: too few to draw a share.")
    together = own_share(view.own_together)
    st.caption(f"All {len(view.own)} quarters: {together.told}.")


def public_panel(view: PublicView, area: AreaChoice) -> None:
    """What the report says of the area on this platform."""
    st.markdown("#### Public report")
    platform = taxonomy().label("platforms", view.platform)
    newest = view.releases[0]
    st.caption(escape(f"{area.label} on {platform}. {newest.name} ({newest.ref})."))
    rates = public_shares(view)
    if rates:
        names = ", ".join(dict.fromkeys(mark.what for mark in rates))
        note = (
            NOT_THE_SAME_PIECES if RESTORED in names else public_report().series["proactive"].says
        )
        chart(share_lines(rates, view.quarters, "public"), names, note, "public-report-share")
    series = public_report().series["actioned"]
    chart(
        count_bars(public_counts(view, "actioned"), view.quarters, "public"),
        f"{series.label} per quarter",
        f"{series.says} {area.note}".strip(),
        "public-report-count",
    )


def chart(drawing: Drawing, title: str, note: str, key: str, on_pick: Any = None) -> None:
    """One chart with its title, how to read it, and its table."""
    with chart_head(title, note):
        table_behind(drawing, f"{key}-table")
    show(drawing, key, on_pick)


def own_caption(view: PublicView, area: AreaChoice) -> str:
    """Which cases of ours these are."""
    label = taxonomy().label("abuse_types", area.abuse_type)
    told = f"{label} on {taxonomy().label('platforms', view.platform)}, by the quarter received."
    others = ", ".join(choice.label for choice in view.siblings)
    if others:
        told += f" The same cases stand beside: {others}."
    parts = [p for p in words.chip_parts(view.filter) if p not in {"abuse_type", "platform"}]
    if parts:
        told += " Only " + "; ".join(words.chip_label(view.filter, part) for part in parts) + "."
    return told


def own_share(one: OwnQuarter) -> ShareMark:
    """The overturn share of a quarter with its n, or why there is none."""
    name = "Overturned ÷ re-reviewed"
    counted = f"{one.overturned:,} of {one.reviewed:,} re-reviewed"
    if one.overturn_share is None:
        told = f"{counted}: too few to tell" if one.reviewed else "none re-reviewed"
        return ShareMark(one.quarter, name, None, told)
    low, high = one.interval
    told = f"{share(one.overturn_share)} ({share(low)} to {share(high)}), {counted}"
    return ShareMark(one.quarter, name, one.overturn_share, told, low, high)


def own_counts(view: PublicView) -> list[CountMark]:
    """Cases received in each quarter, and the appeals among them."""
    kinds = {"received": "Received", "appeals": "User appeals"}
    return [
        CountMark(one.quarter, name, count, plural(count, "case"), kind)
        for one in view.own
        if one.quarter in view.quarters
        for kind, name in kinds.items()
        for count in (int(getattr(one, kind)),)
    ]


def public_shares(view: PublicView) -> list[ShareMark]:
    """Restored ÷ appealed and the proactive rate, each where any quarter has it."""
    restored = [_restored(view, quarter) for quarter in view.quarters]
    proactive = [_proactive(view, quarter) for quarter in view.quarters]
    several = (restored, proactive)
    return [m for marks in several if any(m.share is not None for m in marks) for m in marks]


def _restored(view: PublicView, quarter: str) -> ShareMark:
    found, told = view.restored_share(quarter), DASH
    if found is not None:
        restored = words_of(view, "restored_with_appeal", quarter)
        appealed = words_of(view, "appealed", quarter)
        told = f"{share(found, digits=1)} = {restored} ÷ {appealed}"
    return ShareMark(quarter, RESTORED, found, told)


def _proactive(view: PublicView, quarter: str) -> ShareMark:
    found = view.public.get(("proactive", quarter))
    name, rate = public_report().series["proactive"].label, found.figure.as_share if found else None
    return ShareMark(quarter, name, rate, words_of(view, "proactive", quarter))


def public_counts(view: PublicView, series: str) -> list[CountMark]:
    """A series of pieces; a range or bound has no bar and stands in the table."""
    label = public_report().series[series].label
    marks = []
    for quarter in view.quarters:
        found = view.public.get((series, quarter))
        value = found.figure.value if found else None
        marks.append(CountMark(quarter, label, value, words_of(view, series, quarter)))
    return marks


def words_of(view: PublicView, series: str, quarter: str) -> str:
    """A figure with what it was before it was restated, and its release where that is not the newest."""
    found = view.public.get((series, quarter))
    if found is None:
        return DASH
    unit = public_report().series[series].unit
    told = figure_words(found.figure, unit)
    if found.restatements:
        told += f" (restated, was {figure_words(found.restatements[-1].before, unit)})"
    return told + (f" [{found.ref}]" if _is_older(view, found) else "")


def releases(view: PublicView) -> None:
    """Where the figures come from, and what was restated by how much."""
    newest, restated = view.releases[0], view.restatements
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Releases and restatements**", width="stretch")
        if restated:
            inside = st.popover("Table", type="tertiary", key="public-restated", on_change="rerun")
            if inside.open:
                with inside:
                    st.dataframe(restated_table(restated), hide_index=True, width=640)
    published = f", published {newest.published_on}" if newest.published_on else ""
    told = [
        f"{plural(len(view.releases), 'release')} in force; shown is the newest that has a figure: "
        f"{newest.ref}{published}, imported by {newest.by} on {exact(newest.imported_at, view.zone)}."
    ]
    told.append(
        f"{plural(len(restated), 'figure')} of this area and platform restated by a later release."
        if restated
        else "No figure of this area and platform was restated."
    )
    if view.older:
        told.append(f"{plural(view.older, 'figure')} stand in older releases only.")
    st.caption(escape(" ".join(told)))


def restated_table(restated: tuple[Restatement, ...]) -> pd.DataFrame:
    """Each restatement with the figure before and after it."""
    series = public_report().series
    return pd.DataFrame(
        {
            "Quarter": [r.after.quarter for r in restated],
            "Series": [series[r.after.series].label for r in restated],
            "Before": [_figure(r, is_after=False) for r in restated],
            "After": [_figure(r, is_after=True) for r in restated],
            "Change": [_change(r) for r in restated],
        }
    )


def _figure(change: Restatement, *, is_after: bool) -> str:
    figure, ref = (
        (change.after, change.after_ref) if is_after else (change.before, change.before_ref)
    )
    return f"{figure_words(figure, public_report().series[figure.series].unit)} ({ref})"


def _change(change: Restatement) -> str:
    if change.change_share is None:
        return DASH if change.after.is_published else NOT_PUBLISHED
    return f"{100 * change.change_share:+.1f} %"


def _is_older(view: PublicView, found: Told) -> bool:
    return found.ref != view.releases[0].ref


def _open(view: PublicView, mark: Mapping[str, Any], kind: str) -> None:
    quarter = str(mark.get("quarter", ""))
    if quarter in {one.quarter for one in view.own}:
        go_to_queue(view.cases_of(quarter, kind))


def _take(name: str, value: str) -> None:
    st.query_params[name] = value
