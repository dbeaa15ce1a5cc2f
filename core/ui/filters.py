"""The widgets of the one filter: segments, search, a line of choices, removable chips, the order.

Each widget is set from the address and writes back into it. The address is also its default, which
a browser that builds the widget late would fall back on. The inside of a popover is built only
while it is open, because most of them are closed most of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.model import Facets
from core.ui import words
from core.ui.address import change, clicked_filter, go, seed
from core.ui.choices import FIRST_LINE, REST, TAB, choice, rest
from core.ui.format import escape

CHIPS_ONLY = frozenset(
    {"whose", "cases", "gap", "decided_under"}
)  # come from links and tiles; no popover offers them


def dimensions_shown(case_filter: CaseFilter) -> tuple[str, ...]:
    """Dimensions whose counts this run shows: those of open popovers, and partners for their names."""
    is_open = [d for d in FIRST_LINE if st.session_state.get(f"pop-{d}")]
    if st.session_state.get("pop-rest"):
        is_open += REST.get(st.session_state.get(TAB, ""), ())
    if case_filter.partner and "partner" not in is_open:
        is_open.append("partner")
    return tuple(is_open)


def segments(case_filter: CaseFilter, facets: Facets) -> None:
    """The first cut, with the number of cases that each would show.

    The numbers stand beside the labels and not in them: Streamlit tells a choice by its label, and
    a click on a label whose number has just changed would be lost.
    """
    seed("filter-segment", case_filter.segment)
    offered = list(Segment)
    numbers = [f"{facets.segments[s]:,}" if s in facets.segments else "" for s in offered]
    st.radio(
        "Which cases",
        offered,
        index=offered.index(case_filter.segment),
        format_func=lambda segment: words.SEGMENT_LABELS[segment],
        captions=numbers,
        horizontal=True,
        key="filter-segment",
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
            body = partial(choice, dimension, case_filter, facets)
            _popover(label, f"pop-{dimension}", body)
        _popover("More", "pop-rest", partial(rest, case_filter, facets, zone))


def chips(case_filter: CaseFilter, facets: Facets) -> None:
    """One chip for each active part; clicking a chip takes that part out of the filter.

    Their row has its place with or without chips: else the browser would build everything below
    it anew whenever the first chip comes or the last one goes. A rule of the style sheet marks the
    popover of every part that has a chip, because a popover with another label would be closed.
    """
    row = st.container(key="chips", horizontal=True, gap="xsmall", vertical_alignment="center")
    parts = words.chip_parts(case_filter)
    if not parts:
        return
    names = words.names_of(facets)
    with row:
        for part in parts:
            label = escape(words.chip_label(case_filter, part, names))
            st.button(f"{label}  ✕", key=chip_key(part), on_click=_remove, args=(part,))
        st.button("Clear all", type="tertiary", key="filter-clear", on_click=_clear)


def chip_key(part: str) -> str:
    """The key of a chip; it says whether its popover stands on the line or is the last one."""
    if part in FIRST_LINE or part in CHIPS_ONLY:
        return f"chip-{part}"
    return f"chip-rest-{part}"


def sorting(case_filter: CaseFilter) -> None:
    """The order of the list; the page tells its rule beside it."""
    seed("filter-sort", case_filter.sort)
    offered = list(Sort)
    st.selectbox(
        "Order",
        offered,
        index=offered.index(case_filter.sort),
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
        value=case_filter.text,
        key="filter-text",
        type="search",
        icon=":material/search:",
        placeholder="Search text or reference",
        label_visibility="collapsed",
        width=230,
        on_change=_take,
        args=("text", "filter-text"),
    )


def _take(part: str, key: str) -> None:
    """Bring what a widget says into the address; nothing where it says nothing."""
    value = st.session_state[key]
    if value is not None:
        change(**{part: value})


def _remove(part: str) -> None:
    go(clicked_filter().without(part))


def _clear() -> None:
    case_filter = clicked_filter()
    go(CaseFilter(segment=case_filter.segment, sort=case_filter.sort, zone=case_filter.zone))
