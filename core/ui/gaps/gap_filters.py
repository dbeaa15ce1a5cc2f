"""The line of filters above the list and the board of gaps, with a chip for each that is set."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.desk.gap_views import GapAsk, GapList
from core.ui.address import seed
from core.ui.format import escape
from core.ui.gaps.gap_address import (
    FLAGS,
    PARTS,
    change,
    change_value,
    clear,
    is_narrowed,
    label_of,
    offered,
    on_change_flag,
)

LABELS: Mapping[str, str] = {
    "response": "Response",
    "implementation": "Implementation",
    "severity": "Severity",
    "gap_type": "Type",
    "kind": "Kind",
    "area": "Area",
    "clause": "Clause",
    "owner": "Owner",
}
FLAG_LABELS: Mapping[str, str] = {
    "is_overdue": "Overdue",
    "is_mine": "Mine",
    "with_closed": "Closed too",
}
MOST_BOXES = 12


def line(view: GapList, ask: GapAsk) -> None:
    """Every part in a popover, the three switches at the right."""
    with st.container(
        horizontal=True, gap="xsmall", vertical_alignment="center", key="gap-filters"
    ):
        for part, label in LABELS.items():
            # The label never changes: with another one it would be another popover, and closed.
            inside = st.popover(label, key=f"pop-gap-{part}", on_change="rerun")
            if inside.open:
                with inside:
                    _choice(part, _values(view, part), getattr(ask, part))
        st.space("stretch")
        for flag, label in FLAG_LABELS.items():
            key = f"gap-{FLAGS[flag]}"
            seed(key, getattr(ask, flag))
            st.toggle(label, key=key, on_change=on_change_flag, args=(flag, key))


def chips(ask: GapAsk) -> None:
    """One chip for each part that is set; clicking it takes the part out."""
    parts = [part for part in PARTS if getattr(ask, part)]
    if not is_narrowed(ask):
        return
    with st.container(key="chips", horizontal=True, gap="xsmall", vertical_alignment="center"):
        for part in parts:
            told = ", ".join(label_of(part, value) for value in getattr(ask, part))
            words = escape(f"{LABELS[part]}: {told}")
            st.button(f"{words}  ✕", key=f"chip-gap-{part}", on_click=_remove, args=(part,))
        st.button("Clear all", type="tertiary", key="gaps-clear", on_click=clear)


def _values(view: GapList, part: str) -> tuple[str, ...]:
    found = {"owner": view.owners, "clause": view.clauses}
    return found.get(part, offered(part))


def _choice(part: str, values: tuple[str, ...], chosen: tuple[str, ...]) -> None:
    options = [*values, *(value for value in chosen if value not in values)]
    if not options:
        st.caption(f"No gap has a value of {LABELS[part].lower()}.")
        return
    if len(options) > MOST_BOXES:
        key = f"gap-choose-{part}"
        seed(key, list(chosen))
        st.multiselect(
            LABELS[part],
            options,
            key=key,
            format_func=lambda value: label_of(part, value),
            on_change=lambda: change(**{part: tuple(st.session_state[key])}),
        )
        return
    st.markdown(f"**{LABELS[part]}**")
    for value in options:
        key = f"gap-box-{part}-{value}"
        seed(key, value in chosen)
        words = escape(label_of(part, value))
        st.checkbox(words, key=key, on_change=_tick, args=(part, value, key))


def _tick(part: str, value: str, key: str) -> None:
    change_value(part, value, is_chosen=bool(st.session_state[key]))


def _remove(part: str) -> None:
    change(**{part: ()})
