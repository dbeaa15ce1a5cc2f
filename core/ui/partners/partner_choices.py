"""The filters of the partners page: a line of popovers with live counts, search, order, chips."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.desk.partner_ask import FILTERS, Order
from core.desk.partners import PartnersView
from core.taxonomy import taxonomy
from core.ui.address import seed
from core.ui.choices import BETWEEN, MOST_BOXES, value_of
from core.ui.format import UNKNOWN, escape
from core.ui.partners.partner_address import change, change_values, clear, read_ask
from core.ui.partners.partner_words import ORDERS, TRENDS

LABELS: Mapping[str, str] = {
    "tier": "Tier",
    "category": "Category",
    "market": "Market",
    "manager": "Manager",
    "band": "Band",
    "trend": "Trend",
}
LINE = ("tier", "category", "market", "manager")
BREACHED = "breached"


def filters_open() -> tuple[str, ...]:
    """Filters whose counts this run shows: those of open popovers, and managers for their names."""
    is_open = [name for name in LINE if st.session_state.get(f"pop-partner-{name}")]
    if read_ask()[0].manager and "manager" not in is_open:
        is_open.append("manager")
    return tuple(is_open)


def line(view: PartnersView, *, with_order: bool = True) -> None:
    """Search and filters at the left, the order of a list at the right."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        _search(view)
        for name in LINE:
            # The label never changes: with another one it would be another popover, and closed.
            inside = st.popover(LABELS[name], key=f"pop-partner-{name}", on_change="rerun")
            if inside.open:
                with inside:
                    _choice(view, name)
        if with_order:
            st.space("stretch")
            _order(view)


def chips(view: PartnersView) -> None:
    """One chip for each active part; clicking it takes that part out."""
    ask = view.ask
    parts: dict[str, str] = {
        name: f"{LABELS[name]}: {', '.join(value_label(view, name, v) for v in ask.values(name))}"
        for name in FILTERS
        if ask.values(name)
    }
    if ask.breached:
        parts[BREACHED] = "With breached cases"
    if ask.text.strip():
        parts["text"] = f"Search: {ask.text.strip()}"
    with st.container(key="chips", horizontal=True, gap="xsmall", vertical_alignment="center"):
        for part, label in parts.items():
            st.button(f"{escape(label)}  ✕", key=f"chip-{part}", on_click=_remove, args=(part,))
        if parts:
            st.button("Clear all", type="tertiary", key="partners-clear", on_click=clear)


def value_label(view: PartnersView, name: str, value: str) -> str:
    """What a value of a filter is called."""
    if name == "trend":
        return TRENDS[value][0]
    if name == "manager":
        return view.manager_names.get(value, value) or "Nobody"
    return taxonomy().label(FILTERS[name], value) or UNKNOWN


def _choice(view: PartnersView, name: str) -> None:
    counts, chosen = view.counts[name], view.ask.values(name)
    present = [*counts, *(v for v in chosen if v not in counts)]
    if FILTERS[name]:
        known = list(taxonomy().terms(FILTERS[name]))
        present.sort(key=lambda v: known.index(v) if v in known else len(known))
    if name != "tier":
        present.sort(key=lambda v: -counts.get(v, 0))
    labels = {v: f"{value_label(view, name, v)}{BETWEEN}{counts.get(v, 0):,}" for v in present}
    if len(labels) <= MOST_BOXES:
        _boxes(view, name, labels)
        return
    key = f"partner-{name}"
    seed(key, [v for v in labels if v in chosen])
    st.multiselect(
        LABELS[name],
        list(labels),
        format_func=lambda value: labels.get(value, value),
        key=key,
        placeholder=f"Choose among {len(labels)}",
        on_change=_take,
        args=(name, key, labels),
    )


def _boxes(view: PartnersView, name: str, labels: Mapping[str, str]) -> None:
    st.markdown(f"**{LABELS[name]}**")
    chosen = view.ask.values(name)
    with st.container(key=f"partner-boxes-{name}", gap="xsmall"):
        for value, label in labels.items():
            key = f"partner-{name}-{value}"
            seed(key, value in chosen)
            st.checkbox(escape(label), key=key, on_change=_tick, args=(name, value, key))


def _tick(name: str, value: str, key: str) -> None:
    change_values(name, value, is_chosen=bool(st.session_state[key]))


def _take(name: str, key: str, labels: Mapping[str, str]) -> None:
    found = (value_of(text, labels) or text for text in st.session_state[key])
    change(**{name: tuple(v for v in found if v in labels)})


def _search(view: PartnersView) -> None:
    seed("partner-text", view.ask.text)
    st.text_input(
        "Search names and references of partners",
        key="partner-text",
        type="search",
        icon=":material/search:",
        placeholder="Name, spelling or reference",
        label_visibility="collapsed",
        width=240,
        on_change=lambda: change(text=st.session_state["partner-text"]),
    )


def _order(view: PartnersView) -> None:
    seed("partner-order", view.ask.order)
    st.selectbox(
        "Order",
        list(Order),
        format_func=lambda order: f"Sort: {ORDERS[order]}",
        key="partner-order",
        label_visibility="collapsed",
        width=200,
        on_change=lambda: change(order=st.session_state["partner-order"]),
    )


def _remove(part: str) -> None:
    change(**{part: "" if part == "text" else False if part == BREACHED else ()})
