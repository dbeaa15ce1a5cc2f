"""The form of a partner's own facts, for a new partner and for one that is edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import available_timezones

import streamlit as st

from core.access.model import Person
from core.desk.directory import Edit, create_partner, details_view, edit_partner
from core.errors import Conflict
from core.partners.directory_rules import (
    FIELDS,
    LABELS,
    LISTED,
    Facts,
    differences,
    directory_limits,
)
from core.taxonomy import taxonomy
from core.ui.drawer import FIELD, Form, chosen, open_form, typed
from core.ui.state import the_desk

SEEN, FROM = "seen", "tier_from"


def open_new(over: str) -> None:
    """Open the form for a partner that is not there yet; in a callback."""
    open_form(over, "create", **Facts("", tier=list(taxonomy().tiers)[-1]).values())


def open_edit(over: str, version: int, facts: Facts, today: datetime) -> None:
    """Open the form over a partner as it stands; in a callback."""
    began = {SEEN: (version, facts), FROM: today.date()}
    open_form(over, "edit", **facts.values(), **began)


def create_form(person: Person) -> Form:
    """A partner that is not there yet."""

    def act() -> str:
        made = create_partner(the_desk(), person, _typed())
        return f"{made.facts.name} is in the directory as {made.ref}."

    return Form("New partner", lambda: _fields(is_new=True), act, "Add it")


def edit_form(person: Person, ref: str) -> Form:
    """A partner that is there; a change of somebody else is taken into the form, not overwritten."""

    def act() -> str:
        seen: tuple[int, Facts] = st.session_state[FIELD + SEEN]
        day = chosen(FROM)
        edit = Edit(ref, *seen, _typed(), day if isinstance(day, date) else None)
        try:
            edited = edit_partner(the_desk(), person, edit)
        except Conflict:
            _rebase(person, edit)
            raise
        return f"{edited.ref} is changed."

    return Form("Change the partner", lambda: _fields(is_new=False), act)


def _rebase(person: Person, edit: Edit) -> None:
    """Fields that the person did not touch take what is there by now; their own stay as typed."""
    now = details_view(the_desk(), person, edit.ref).entry
    touched = differences(edit.seen, edit.wanted)
    for name in FIELDS:
        if name not in touched:
            st.session_state[FIELD + name] = now.facts.values()[name]
    st.session_state[FIELD + SEEN] = (now.version, now.facts)


def _fields(*, is_new: bool) -> None:
    longest = directory_limits().longest_name
    st.text_input(LABELS["name"], key=FIELD + "name", max_chars=longest)
    left, right = st.columns(2)
    with left:
        _pick("category")
        _pick("market")
        _zone()
    with right:
        _pick("tier")
        _pick("language")
        if not is_new:
            st.date_input(
                "New tier counts from",
                key=FIELD + FROM,
                max_value="today",
                help="Cases keep the tier that they came in with; this is for the history",
            )
    st.checkbox(
        "Active",
        key=FIELD + "is_active",
        help="An inactive partner stays with all its cases; it is only marked",
    )


def _pick(name: str) -> None:
    terms = LISTED[name]
    options = list(taxonomy().terms(terms))
    first = [] if name == "tier" else [""]
    st.selectbox(
        LABELS[name],
        _with([*first, *options], typed(name)),
        key=FIELD + name,
        format_func=lambda value: taxonomy().label(terms, value) or "Unknown",
    )


def _zone() -> None:
    options = ["", *sorted(available_timezones())]
    st.selectbox(
        LABELS["zone"],
        _with(options, typed("zone")),
        key=FIELD + "zone",
        format_func=lambda value: value or "Unknown",
    )


def _typed() -> Facts:
    texts = {name: typed(name) for name in FIELDS if name != "is_active"}
    return Facts(**texts, is_active=bool(chosen("is_active")))


def _with(options: Sequence[str], value: str) -> list[str]:
    """A value that came with an import may not be in the list; it can stay."""
    return [*options, *([] if value in options else [value])]
