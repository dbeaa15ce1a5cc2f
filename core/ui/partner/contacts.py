"""A partner's open cases with their clocks, whom each waits for, and all that passed between us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.model import Cursor
from core.clock import to_micros
from core.desk.partner import Partner
from core.desk.partner_contacts import (
    ContactsView,
    OpenCases,
    OwnerWait,
    clocks_of,
    contacts_view,
)
from core.errors import NotFound
from core.storage.partner_timeline import KINDS, OUTSIDE, TimelineAsk, TimelinePage
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.address import PLACE, Params, read_place, rewrite, seed, turn
from core.ui.case_link import go_to_queue, open_case
from core.ui.clock_strip import Zones, clock_strip
from core.ui.format import DASH, duration, exact, plural, relative
from core.ui.heads import copy_link
from core.ui.partner.contacts_aside import aside
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, case_table, click_list

WAY, BY, STRIP = "way", "by", "clocks"  # in the address
WAYS: Mapping[str, str] = {
    "in": "From the partner",
    "out": "From us",
    "decision": "Decisions",
    OUTSIDE: "Calls, meetings, mails",
}
ARROWS: Mapping[str, str] = {
    "in": "← in",
    "out": "→ out",
    "decision": "decided",
    OUTSIDE: "outside",
}
HIGHEST = 620
FEW = 12  # a list of so few channels is shown whole


def show_contacts(person: Person, partner: Partner) -> None:
    """Read once, then arrange: what is open, then what was said."""
    ask, ignored = _asked()
    view = contacts_view(the_desk(), person, partner, ask)
    zone = the_zone(person, partner.zone)
    _head(view, zone)
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    _open_cases(view, person, partner, zone)
    _timeline(view, ask, zone)
    aside(person, partner)


def _head(view: ContactsView, zone: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        state = "new data on the way · " if view.is_refreshing else ""
        st.caption(
            f"{state}Live, as of {exact(view.at, zone)} · data {view.version:,}. "
            "Counted in what you may see; health counts cases that the whole desk may see.",
            width="stretch",
        )
        copy_link()


def _open_cases(view: ContactsView, person: Person, partner: Partner, zone: str) -> None:
    found = view.open
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Open cases**", width="content")
        st.button(
            f"Open {found.total:,} in the queue",
            icon=":material/inbox:",
            key="partner-open-cases",
            on_click=go_to_queue,
            args=(found.filter,),
            disabled=not found.total,
        )
        if found.breached:
            st.button(
                f"{found.breached:,} breached",
                icon=":material/error:",
                key="partner-breached-cases",
                on_click=go_to_queue,
                args=(found.breached_filter,),
            )
        if found.waits and found.waits[0].case_ref:
            longest = found.waits[0].case_ref
            st.button(
                f"Longest wait: {longest}",
                key="waits-longest",
                type="tertiary",
                icon=":material/hourglass_top:",
                on_click=open_case,
                args=(longest,),
            )
        if found.total > len(found.rows):
            st.caption(f"The {len(found.rows)} most urgent are listed.")
    if not found.total:
        states.empty("No case of this partner is open.")
        return
    _waits(found)
    case_table(found.rows, view.at, key="partner-open", on_open=open_case)
    _clocks(found, person, partner, zone)


def _waits(found: OpenCases) -> None:
    """Whom the open cases wait for, the longest wait first."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="partner-waits"
    ):
        for one in found.waits:
            st.button(
                wait_words(one),
                key=f"waits-{one.wait.owner}",
                help=f"Open the cases that wait for {_owner(one).lower()}; the longest wait is that "
                "since the turn came to them",
                on_click=go_to_queue,
                args=(one.filter,),
            )


def wait_words(one: OwnerWait) -> str:
    """``Policy 4 · longest 12 d``."""
    return f"{_owner(one)} {one.wait.count:,} · longest {duration(one.wait.longest_us)}"


def _owner(one: OwnerWait) -> str:
    return taxonomy().label("owners_of_time", one.wait.owner)


def _clocks(found: OpenCases, person: Person, partner: Partner, zone: str) -> None:
    """The clocks of one open case: the chosen one, else the most urgent."""
    refs = list(found.rows["ref"])
    asked = st.query_params.get(STRIP, "")
    chosen = asked or refs[0]
    options = refs if chosen in refs else [chosen, *refs]
    seed("partner-clocks", chosen)
    with st.container(border=True, gap="xsmall", key="partner-clock-strip"):
        st.selectbox(
            "Clocks of",
            options,
            key="partner-clocks",
            width=200,
            on_change=lambda: st.query_params.__setitem__(
                STRIP, st.session_state["partner-clocks"]
            ),
        )
        try:
            clocks = clocks_of(the_desk(), person, partner, chosen)
        except NotFound:
            states.empty("This case was not found among the partner's cases.")
            return
        clock_strip(clocks, Zones(zone, partner.zone), the_desk().book)


def _timeline(view: ContactsView, ask: TimelineAsk, zone: str) -> None:
    page = view.timeline
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**All contacts**, newest first", width="stretch")
        _turns(page)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _choices(view, ask)
    if page.rows.empty:
        hint = "Take a choice away." if ask.directions or ask.channels else ""
        states.empty("No contact is on record.", hint)
        return
    refs = list(page.rows["case"])

    def open_row(row: int) -> None:
        if refs[row]:
            open_case(refs[row])

    opened = Act("Case", open_row, 82, "Click a reference to open the case and read the message")
    text = st.column_config.TextColumn
    click_list(
        contact_rows(page.rows, view.at, zone),
        "partner-contacts",
        f"{plural(len(page.rows), 'contact')}, newest first",
        {"case": opened},
        {
            "when": text("When", width=170),
            "ago": text("", alignment="right", width=110),
            "way": text("Way", width=64),
            "what": text("What", width=230),
            "by": text("By", width=130),
            "type": text("Type", width=150),
            "channel": text("Channel", width=140),
            "title": text("Title", width=340),
        },
        highest=HIGHEST,
    )


def contact_rows(rows: pd.DataFrame, at: datetime, zone: str) -> pd.DataFrame:
    """Contacts as a person reads them; without titles where the reader may read none."""
    cells: dict[str, list[object]] = {name: rows[name].tolist() for name in rows.columns}
    now = to_micros(at)
    moments: list[int] = rows["at"].tolist()
    label = taxonomy().label
    shown: dict[str, Sequence[object]] = {
        "when": [exact(moment, zone) for moment in moments],
        "ago": [relative(moment, now) for moment in moments],
        "way": [ARROWS[str(way)] for way in cells["direction"]],
        "what": [_what(row) for row in rows.to_dict("records")],
        "by": [
            str(actor) or ("the requester" if kind == "requester" else DASH)
            for actor, kind in zip(cells["actor"], cells["actor_kind"], strict=True)
        ],
        "case": cells["case"],
        "type": [label("abuse_types", str(one)) or DASH for one in cells["abuse_type"]],
        "channel": [label("channels", str(one)) or DASH for one in cells["channel"]],
    }
    if any(cells["title"]):
        shown["title"] = [str(title) or DASH for title in cells["title"]]
    return pd.DataFrame(shown)


def _what(row: Mapping[Any, object]) -> str:
    """``Reply``, ``Decision: Upheld``, ``CSAT: 4``, ``Call``; and whether there is a text to read."""
    lists, kind, value = taxonomy(), str(row["kind"]), str(row["value"])
    if row["direction"] == OUTSIDE:
        return lists.label("contact_kinds", kind)
    told = lists.label("event_kinds", kind)
    if kind == "decision" and value:
        told = f"{told}: {lists.label('outcomes', value)}"
    elif kind == "csat" and value:
        told = f"{told}: {value}"
    return f"{told} · with text" if row["has_text"] else told


def _turns(page: TimelinePage) -> None:
    last = page.first + len(page.rows) - 1
    st.caption(f"{page.first:,}–{last:,}" if page.first else "0", width="content")
    for key, icon, words, to in (
        ("page-previous", ":material/chevron_left:", "Newer contacts", page.previous),
        ("page-next", ":material/chevron_right:", "Older contacts", page.next),
    ):
        _turn(key, icon, words, to)


def _turn(key: str, icon: str, words: str, to: Cursor | None) -> None:
    st.button(words, icon=icon, key=key, help=words, disabled=to is None, on_click=turn, args=(to,))


def _choices(view: ContactsView, ask: TimelineAsk) -> None:
    """Which way and by which channel; nothing chosen is all."""
    seed("contacts-way", list(ask.directions))
    st.pills(
        "Which way",
        list(WAYS),
        selection_mode="multi",
        format_func=lambda way: WAYS[way],
        key="contacts-way",
        label_visibility="collapsed",
        on_change=_choose,
        args=(WAY, "contacts-way"),
    )
    channels = [*view.channels, *(one for one in ask.channels if one not in view.channels)]
    seed("contacts-by", list(ask.channels))
    st.multiselect(
        "Channel of the case",
        channels,
        format_func=lambda one: f"{taxonomy().label('channels', one)}",
        key="contacts-by",
        placeholder="All channels",
        label_visibility="collapsed",
        width=320,
        on_change=_choose,
        args=(BY, "contacts-by"),
    )


def _choose(name: str, key: str) -> None:
    """Bring a choice into the address; the list starts from its top again."""
    chosen = [str(one) for one in st.session_state[key]]

    def changed(params: Params) -> Params:
        kept = {n: v for n, v in params.items() if n not in {name, PLACE}}
        return {**kept, **({name: chosen} if chosen else {})}

    rewrite(changed)


def _asked() -> tuple[TimelineAsk, list[str]]:
    """What the address asks of the timeline, and a sentence for each part that cannot be used."""
    offered = {WAY: set(KINDS), BY: set(taxonomy().channels)}
    given = {name: st.query_params.get_all(name) for name in offered}
    ignored = [
        f"{value[:40]!r} is no value of {name}; it was left out."
        for name, values in given.items()
        for value in values
        if value not in offered[name]
    ]
    ways, channels = (
        tuple(dict.fromkeys(v for v in given[name] if v in offered[name])) for name in (WAY, BY)
    )
    return TimelineAsk(ways, channels, read_place()), ignored
