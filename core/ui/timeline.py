"""What happened to a case, newest first, by kind; messages stay closed until they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import streamlit as st

from core.cases.case import Revealed, TimelineItem
from core.cases.filter import DIMENSIONS
from core.clock import from_micros
from core.sla.model import REPLIES_NOT_RECORDED, UPDATES_NOT_RECORDED
from core.taxonomy import taxonomy
from core.ui.address import read_params, seed
from core.ui.format import day, escape, exact, plural, relative

SHOWN_FIRST = 40
SHOW = "show"  # the parameter of the address that says which groups are shown
GROUPS: Mapping[str, str] = {"contact": "Contact", "work": "Work", "state": "State"}
ACTORS: Mapping[str, str] = {"requester": "the requester", "system": "the system", "us": "us"}
# Kinds whose value is of a list, so that it is shown by its label.
VALUE_LISTS: Mapping[str, str] = {
    "status": "statuses",
    "priority": "priorities",
    "tier": "tiers",
    "requester_kind": "requester_kinds",
    "decision": "outcomes",
}
LEFT_OUT: Mapping[str, str] = {
    REPLIES_NOT_RECORDED: "– the source keeps no record of replies",
    UPDATES_NOT_RECORDED: "– the source records the first reply only",
}


def timeline(
    items: Sequence[TimelineItem],
    revealed: Mapping[str, Revealed],
    zone: str,
    at_us: int,
    on_read: Callable[[str], None] | None,
) -> None:
    """Groups to choose from, then the events of those groups under their days."""
    chosen = _chosen(items)
    shown = [i for i in reversed(items) if group_of(i.kind) in chosen]
    whole = st.session_state.get("timeline-whole", False)
    cut = shown if whole else shown[:SHOWN_FIRST]
    for label, of_day in groupby(cut, key=lambda i: day(i.at, zone)):
        st.caption(label)
        for item in of_day:
            _event(item, revealed.get(item.part), zone, at_us, on_read)
    if not shown:
        st.caption("No event of the chosen kinds.")
    if len(cut) < len(shown):
        more = plural(len(shown) - len(cut), "older event")
        st.button(f"Show {more}", key="timeline-more", on_click=_show_whole)


def group_of(kind: str) -> str:
    """The group of a kind of event; one that the list lacks is told with the state."""
    term = taxonomy().event_kinds.get(kind)
    return term["group"] if term else "state"


def sentence(item: TimelineItem) -> str:
    """What happened, in words: ``Status: In progress``, ``Assigned: maria``."""
    label = taxonomy().label("event_kinds", item.kind)
    value = item.value
    source = VALUE_LISTS.get(item.kind) or DIMENSIONS.get(item.field, "")
    if source and value:
        value = taxonomy().label(source, value)
    value = LEFT_OUT.get(value, value)
    about = " ".join(part for part in (item.field.replace("_", " "), value) if part)
    if item.is_undated:
        about = f"{value}, the source does not tell when"
    return f"**{escape(label)}**{': ' + escape(about) if about else ''}"


def by_whom(item: TimelineItem) -> str:
    """Who did it: a name where there is one, else which side."""
    return escape(item.actor) or ACTORS.get(item.actor_kind, "")


def _chosen(items: Sequence[TimelineItem]) -> set[str]:
    counts = {g: sum(group_of(i.kind) == g for i in items) for g in GROUPS}
    asked = [g for g in st.query_params.get_all(SHOW) if g in GROUPS] or list(GROUPS)
    seed("timeline-groups", asked)
    st.pills(
        "Kinds of events",
        list(GROUPS),
        selection_mode="multi",
        format_func=lambda g: f"{GROUPS[g]} · {counts[g]:,}",
        key="timeline-groups",
        label_visibility="collapsed",
        on_change=_choose,
    )
    return set(asked)


def _choose() -> None:
    chosen = st.session_state["timeline-groups"]
    kept = {n: v for n, v in read_params().items() if n != SHOW}
    part = {SHOW: chosen} if chosen and len(chosen) < len(GROUPS) else {}
    st.query_params.from_dict({**kept, **part})


def _show_whole() -> None:
    st.session_state["timeline-whole"] = True


def _event(
    item: TimelineItem,
    revealed: Revealed | None,
    zone: str,
    at_us: int,
    on_read: Callable[[str], None] | None,
) -> None:
    term = taxonomy().event_kinds.get(item.kind)
    icon = f":material/{term['icon']}:" if term else ":material/radio_button_unchecked:"
    clock = exact(item.at, zone)[11:16]
    ago = relative(item.at, from_micros(at_us))
    who = by_whom(item)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(
            f":gray[{clock}] {icon} {sentence(item)}{' · by ' + who if who else ''} :gray[· {ago}]",
            width="content",
        )
        if item.part and revealed is None and on_read is not None:
            st.button(
                "Read",
                key=f"read-{item.seq}",
                type="tertiary",
                icon=":material/visibility:",
                on_click=on_read,
                args=(item.part,),
            )
    if revealed is not None:
        content(revealed)


def content(revealed: Revealed) -> None:
    """Revealed content exactly as it was written, never as markup."""
    with st.container(border=True):
        if revealed.is_erased:
            st.caption("Erased on request; that it happened stays on the record.")
        else:
            st.text(revealed.text or "– empty")
