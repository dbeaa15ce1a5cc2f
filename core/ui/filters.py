"""The widgets of the one filter: segments, search, a line of choices, the rest, removable chips.

Each widget is set from the address and writes back into it; the inside of a popover is built only
while it is open, because most of them are closed most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.cases.filter import DATES, DIMENSIONS, CaseFilter, Flag, Segment, Sort
from core.cases.model import Facets, FacetValue
from core.taxonomy import taxonomy
from core.ui import words
from core.ui.address import change, go, read_filter, seed
from core.ui.format import duration

FIRST_LINE = ("priority", "status", "owner", "abuse_type", "channel", "market", "partner")
REST: Mapping[str, tuple[str, ...]] = {
    "Who": ("assignee", "team", "requester_kind", "tier", "partner_category"),
    "What": ("abuse_family", "clause", "platform", "surface", "source_type"),
    "Where": ("region", "language", "calendar", "restriction"),
    "Clocks": ("next_clock", "sla_frt", "sla_nrt", "sla_upd", "sla_ttr"),
    "Decision": ("outcome", "overturn_reason", "enforcement_action"),
}
MOST_PILLS = 18  # more values than these are looked up by typing
# Offered lengths in minutes; any other length can stand in the address.
DUE_CHOICES = (30, 60, 120, 240, 480, 1440)
AGE_CHOICES = (240, 1440, 4320, 10080, 20160, 43200)
ALWAYS_SET = ("segment", "sort", "text")


def dimensions_shown(case_filter: CaseFilter) -> tuple[str, ...]:
    """Dimensions whose counts this run shows: those of open popovers, and partners for their names."""
    is_open = [d for d in FIRST_LINE if st.session_state.get(f"pop-{d}")]
    if st.session_state.get("pop-rest"):
        is_open += [d for dimensions in REST.values() for d in dimensions]
    if case_filter.partner and "partner" not in is_open:
        is_open.append("partner")
    return tuple(is_open)


def segments(case_filter: CaseFilter, facets: Facets) -> None:
    """The first cut, with the number of cases that each would show."""
    seed("filter-segment", case_filter.segment)

    def label(segment: Segment) -> str:
        number = f"  {facets.segments[segment]:,}" if segment in facets.segments else ""
        return f"{words.SEGMENT_LABELS[segment]}{number}"

    st.segmented_control(
        "Which cases",
        list(Segment),
        format_func=label,
        key="filter-segment",
        required=True,
        label_visibility="collapsed",
        on_change=_take,
        args=("segment", "filter-segment"),
    )


def line(case_filter: CaseFilter, facets: Facets, zone: str) -> None:
    """Search, the most used dimensions, and a popover with everything else."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        _search(case_filter)
        for dimension in FIRST_LINE:
            label = words.DIMENSION_LABELS[dimension]
            body = partial(_choice, dimension, case_filter, facets)
            _popover(label, f"pop-{dimension}", body)
        _popover("More", "pop-rest", partial(_rest, case_filter, facets, zone))


def chips(case_filter: CaseFilter, facets: Facets) -> None:
    """One chip for each active part; clicking a chip takes that part out of the filter.

    Their row has its place with or without chips: else the browser would build everything below
    it anew whenever the first chip comes or the last one goes.
    """
    row = st.container(horizontal=True, gap="xsmall", vertical_alignment="center")
    parts = words.chip_parts(case_filter)
    if not parts:
        return
    names = words.names_of(facets)
    with row:
        seed("filter-chips", parts)
        st.pills(
            "Active filters, click one to remove it",
            parts,
            selection_mode="multi",
            format_func=lambda part: words.chip_label(case_filter, part, names) + "  ✕",
            key="filter-chips",
            label_visibility="collapsed",
            on_change=_keep_chips,
        )
        st.button("Clear all", type="tertiary", key="filter-clear", on_click=_clear)


def sorting(case_filter: CaseFilter) -> None:
    """The order of the list; the page tells its rule beside it."""
    seed("filter-sort", case_filter.sort)
    st.selectbox(
        "Order",
        list(Sort),
        format_func=lambda sort: f"Sort: {words.SORT_LABELS[sort]}",
        key="filter-sort",
        label_visibility="collapsed",
        width=180,
        on_change=_take,
        args=("sort", "filter-sort"),
    )


def _popover(label: str, key: str, body: Callable[[], None]) -> None:
    # The label never changes: with another one it would be another popover, and closed.
    inside = st.popover(label, key=key, on_change="rerun")
    if inside.open:
        with inside:
            body()


def _search(case_filter: CaseFilter) -> None:
    seed("filter-text", case_filter.text)
    st.text_input(
        "Search titles, messages and references",
        key="filter-text",
        type="search",
        icon=":material/search:",
        placeholder="Search text or reference",
        label_visibility="collapsed",
        width=230,
        on_change=_take,
        args=("text", "filter-text"),
    )


def _choice(dimension: str, case_filter: CaseFilter, facets: Facets) -> None:
    """Several values of one dimension, each with the cases it would show."""
    found = {f.value: f for f in facets.dimensions.get(dimension, ())}
    chosen = case_filter.values(dimension)
    options = _options(dimension, found, chosen)
    title, key = words.DIMENSION_LABELS[dimension], f"filter-{dimension}"
    if not options:
        st.caption(f"{title}: no case has a value here.")
        return
    seed(key, [v for v in options if v in chosen])

    def label(value: str) -> str:
        facet = found.get(value)
        name = facet.label if facet and facet.label else words.value_label(dimension, value)
        return f"{name} · {facet.count if facet else 0:,}"

    after: dict[str, Any] = {
        "format_func": label,
        "key": key,
        "on_change": _take,
        "args": (dimension, key),
    }
    if len(options) <= MOST_PILLS:
        st.pills(title, options, selection_mode="multi", **after)
    else:
        st.multiselect(title, options, **after)


def _options(dimension: str, found: Mapping[str, FacetValue], chosen: tuple[str, ...]) -> list[str]:
    """Values with cases and chosen ones: in the order of the list, or by number of cases."""
    present = {v for v, facet in found.items() if facet.count} | set(chosen)
    source = DIMENSIONS[dimension]
    if source and len(present) <= MOST_PILLS:
        order = [*taxonomy().terms(source), ""]
        return [v for v in order if v in present]
    return sorted(present, key=lambda v: (-found[v].count if v in found else 0, v))


def _rest(case_filter: CaseFilter, facets: Facets, zone: str) -> None:
    """Everything that has no place on the line: flags, lengths, dates, the other dimensions."""
    _flags(case_filter, facets)
    _lengths(case_filter)
    _dates(case_filter, zone)
    for title, dimensions in REST.items():
        st.markdown(f"**{title}**")
        for dimension in dimensions:
            _choice(dimension, case_filter, facets)


def _flags(case_filter: CaseFilter, facets: Facets) -> None:
    seed("filter-flags", list(case_filter.flags))
    st.pills(
        "Only cases that are",
        list(Flag),
        selection_mode="multi",
        format_func=lambda f: f"{words.FLAG_LABELS[f]} · {facets.flags.get(f, 0):,}",
        key="filter-flags",
        on_change=_take,
        args=("flags", "filter-flags"),
    )


def _lengths(case_filter: CaseFilter) -> None:
    columns = st.columns(len(words.MINUTE_LABELS))
    for column, (part, label) in zip(columns, words.MINUTE_LABELS.items(), strict=True):
        chosen = getattr(case_filter, part)
        offered = DUE_CHOICES if part == "due_within" else AGE_CHOICES
        seed(f"filter-{part}", chosen)
        column.selectbox(
            label,
            sorted({*offered, *([] if chosen is None else [chosen])}),
            index=None,
            format_func=lambda minutes: duration(minutes * words.MINUTE),
            key=f"filter-{part}",
            placeholder="any",
            on_change=_take,
            args=(part, f"filter-{part}"),
        )


def _dates(case_filter: CaseFilter, zone: str) -> None:
    zone = case_filter.zone if case_filter.has_dates else zone
    columns = st.columns(2)
    for position, part in enumerate(DATES):
        seed(f"filter-{part}", getattr(case_filter, part))
        columns[position % 2].date_input(
            words.DATE_LABELS[part],
            value=None,
            key=f"filter-{part}",
            format="YYYY-MM-DD",
            on_change=_take_date,
            args=(part, f"filter-{part}", zone),
        )
    st.caption(f"Both days belong to the range; days of {zone}.")


def _take(part: str, key: str) -> None:
    """Bring what a widget says into the address."""
    value = st.session_state[key]
    if value is None and part in ALWAYS_SET:
        # The browser named its choice by a label whose count has changed since: the address stands.
        return
    change(**{part: tuple(value) if isinstance(value, list) else value})


def _take_date(part: str, key: str, zone: str) -> None:
    """Bring a day into the address, and the zone that it is a day of."""
    change(**{part: st.session_state[key], "zone": zone})


def _keep_chips() -> None:
    case_filter, _ = read_filter()
    kept = set(st.session_state["filter-chips"])
    go(case_filter.without(*(p for p in words.chip_parts(case_filter) if p not in kept)))


def _clear() -> None:
    case_filter, _ = read_filter()
    go(CaseFilter(segment=case_filter.segment, sort=case_filter.sort, zone=case_filter.zone))
