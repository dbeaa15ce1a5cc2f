"""Who serves a partner: its managers, and covers with their days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from core.access.model import Person
from core.clock import from_micros, to_micros
from core.desk.directory import Details
from core.desk.partner_cover import (
    CoverAsk,
    change_managers,
    cover_partner,
    stop_cover,
    take_up_cover,
    who_may_serve,
)
from core.errors import BadInput
from core.storage.partner_assignments import Cover, ServedBy
from core.ui.drawer import FIELD, Form, chosen, open_form, typed
from core.ui.format import escape, exact
from core.ui.state import the_desk
from core.ui.undoable import Step, attempt_there_and_back

STATES = {
    "now": ":green-badge[:material/play_circle: Covers now]",
    "coming": ":blue-badge[:material/schedule: Coming]",
    "over": ":gray-badge[:material/check: Over]",
}
MOST_OVER = 5
WEEK = timedelta(days=7)


def show_people(person: Person, view: Details, zone: str) -> None:
    """Managers for good first, then covers."""
    may_manage = view.may_write and view.why_not_manage is None
    own = [each for each in view.managers if not each.is_cover]
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Served by**")
        if not own:
            st.caption("No partner manager serves this partner for good.")
        for served in own:
            _manager(person, view, served, may_manage=may_manage)
        _covers(person, view, zone, may_manage=may_manage)
        if may_manage:
            with st.container(horizontal=True, gap="small"):
                _assign(person, view, own)
                st.button(
                    "Let somebody cover",
                    icon=":material/event:",
                    key="cover-open",
                    on_click=_open_cover,
                    args=(person, view),
                )
        elif view.may_write and view.why_not_manage:
            st.caption(view.why_not_manage.message)


def cover_form(person: Person, view: Details) -> Form:
    """Who serves the partner in somebody's place, from one day to another, both in it."""
    names = dict(who_may_serve(the_desk(), person))
    own = [each.username for each in view.managers if not each.is_cover]
    others = [name for name in names if name not in own]

    def fields() -> None:
        st.selectbox(
            "Who covers",
            others,
            index=None,
            key=FIELD + "cover_by",
            format_func=lambda username: f"{names.get(username, username)} ({username})",
        )
        st.selectbox(
            "In whose place",
            ["", *own],
            key=FIELD + "cover_for",
            format_func=lambda username: names.get(username, username) or "Nobody in particular",
        )
        left, right = st.columns(2)
        with left:
            st.date_input("First day", key=FIELD + "cover_first", min_value="today")
        with right:
            st.date_input("Last day", key=FIELD + "cover_last", min_value="today")
        st.caption(
            f"Days in {person.zone}. While it lasts, they see and work on this partner and its "
            "cases; the day after, no longer."
        )

    def act() -> str:
        first, last = chosen("cover_first"), chosen("cover_last")
        if not typed("cover_by") or not isinstance(first, date) or not isinstance(last, date):
            raise BadInput("Somebody and both days are needed.", hint="fill in what is empty")
        ask = CoverAsk(typed("cover_by"), first, last, typed("cover_for"))
        cover_partner(the_desk(), person, view.entry.ref, ask)
        return f"{names.get(ask.username, ask.username)} covers from {first} to {last}."

    return Form("Let somebody cover", fields, act)


def _manager(person: Person, view: Details, served: ServedBy, *, may_manage: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/person: {escape(served.name)}", width="content")
        st.caption(escape(served.username), width="stretch")
        if may_manage and served.username != person.username:
            st.button(
                "Take off",
                icon=":material/close:",
                type="tertiary",
                key=f"manager-off-{served.username}",
                on_click=partial(
                    _change, person, view.entry.ref, served.username, served.name, is_on=False
                ),
            )


def _covers(person: Person, view: Details, zone: str, *, may_manage: bool) -> None:
    at = to_micros(view.at)
    standing = [cover for cover in view.covers if cover.state(at) != "over"]
    over = [cover for cover in view.covers if cover.state(at) == "over"]
    for cover in standing:
        _cover(person, view, cover, zone, may_manage=may_manage)
    if over:
        with st.expander(f"Past covers ({len(over)})"):
            for cover in over[:MOST_OVER]:
                _cover(person, view, cover, zone, may_manage=may_manage)


def _cover(person: Person, view: Details, cover: Cover, zone: str, *, may_manage: bool) -> None:
    state = cover.state(to_micros(view.at))
    instead = f" for {cover.instead_of}" if cover.instead_of else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{STATES[state]} {escape(cover.name or cover.username)}", width="stretch")
        if may_manage and state != "over":
            st.button(
                "End it" if state == "now" else "Call off",
                type="tertiary",
                icon=":material/event_busy:",
                key=f"cover-end-{cover.id}",
                on_click=partial(_stop, person, view.entry.ref, cover),
            )
    begun, ends = from_micros(cover.from_at), from_micros(cover.ended_at or cover.until_at)
    st.caption(
        f"{exact(begun, zone)} until {exact(ends, zone)}{escape(instead)} · set by "
        f"{escape(cover.set_by)}"
    )


def _assign(person: Person, view: Details, own: list[ServedBy]) -> None:
    inside = st.popover(
        "Assign", icon=":material/person_add:", key="manager-assign", on_change="rerun"
    )
    if not inside.open:
        return
    names = dict(who_may_serve(the_desk(), person))
    serving = {each.username for each in own}
    with inside:
        st.selectbox(
            "Partner manager",
            [name for name in names if name not in serving],
            index=None,
            key="manager-new",
            format_func=lambda username: f"{names[username]} ({username})",
        )
        st.caption("They see this partner and all its cases from now on.")
        st.button(
            "Assign",
            type="primary",
            key="manager-save",
            on_click=partial(_assign_chosen, person, view.entry.ref, names),
        )


def _assign_chosen(person: Person, ref: str, names: dict[str, str]) -> None:
    username = st.session_state["manager-new"]
    if username:
        _change(person, ref, username, names.get(username, username), is_on=True)
        st.session_state["manager-assign"] = False


def _change(person: Person, ref: str, username: str, name: str, *, is_on: bool) -> None:
    desk = the_desk()

    def put(is_put: bool) -> Step:
        add, remove = ([username], []) if is_put else ([], [username])
        words = f"{name} serves {ref} {'from now on' if is_put else 'no longer'}."
        return Step(partial(change_managers, desk, person, ref, add=add, remove=remove), words)

    attempt_there_and_back(put(is_on), put(not is_on))


def _stop(person: Person, ref: str, cover: Cover) -> None:
    desk = the_desk()
    attempt_there_and_back(
        Step(partial(stop_cover, desk, person, ref, cover.id), f"{cover.name} no longer covers."),
        Step(
            partial(take_up_cover, desk, person, ref, cover.id), f"{cover.name} covers as before."
        ),
    )


def _open_cover(person: Person, view: Details) -> None:
    today = view.at.astimezone(ZoneInfo(person.zone)).date()
    own = [each.username for each in view.managers if not each.is_cover]
    begin = {"cover_first": today, "cover_last": today + WEEK, "cover_for": own[0] if own else ""}
    open_form(view.entry.ref, "cover", **begin)
