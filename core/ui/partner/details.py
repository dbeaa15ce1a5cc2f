"""What the directory has about one partner: its facts, names and accounts, who serves it, its past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st

from core.access.model import Person
from core.clock import from_micros
from core.desk.directory import (
    Details,
    add_account,
    add_spelling,
    details_view,
    remove_account,
    remove_spelling,
)
from core.desk.partner import Partner
from core.partners.directory_rules import LABELS, directory_limits, shown
from core.storage.partner_directory import Account, Known
from core.taxonomy import taxonomy
from core.ui.drawer import opened_form, show_form
from core.ui.flash import attempt
from core.ui.format import DASH, day, escape, exact
from core.ui.partner.details_merge import merge_ask, show_merges
from core.ui.partner.details_people import cover_form, show_people
from core.ui.partners.facts_form import edit_form, open_edit
from core.ui.state import the_desk, the_zone
from core.ui.undoable import Step, attempt_there_and_back, tell_undoable

SPELLING, HANDLE = "new-spelling", "new-handle"  # keys of the fields


def show_details(person: Person, partner: Partner) -> None:
    """Read once, then arrange: what it is at the left, who and when at the right."""
    view = details_view(the_desk(), person, partner.ref)
    zone = the_zone(person, partner.zone)
    tell_undoable()
    if merge_ask(person, view):
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _facts(view, zone)
        _spellings(person, view)
        _accounts(person, view)
    with right, st.container(key="partner-around"):
        show_people(person, view, zone)
        _tiers(view, zone)
        show_merges(person, view, zone)
    forms = {
        "edit": lambda: edit_form(person, partner.ref),
        "cover": lambda: cover_form(person, view),
    }
    open_now = opened_form(partner.ref)
    if view.may_write and open_now in forms:
        show_form(partner.ref, forms[open_now]())


def _facts(view: Details, zone: str) -> None:
    entry = view.entry
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**In the directory**", width="stretch")
            if view.may_write:
                st.button(
                    "Edit",
                    icon=":material/edit:",
                    key="details-edit",
                    on_click=open_edit,
                    args=(entry.ref, entry.version, entry.facts, view.at),
                )
        values = entry.facts.values()
        cells = {LABELS[name]: shown(name, values[name]) for name in LABELS}
        columns = st.columns(3, gap="small")
        for place, (label, value) in enumerate(cells.items()):
            with columns[place % 3], st.container(gap="xxsmall"):
                st.caption(label)
                st.text(value or DASH)
        changed = (
            f"changed {exact(from_micros(entry.changed_at), zone)} by {escape(entry.changed_by)}"
            if entry.changed_at
            else "never changed here"
        )
        st.caption(
            f"{entry.ref} · known since {day(from_micros(entry.created_at), zone)} · "
            f"{changed} · version {entry.version}"
        )


def _spellings(person: Person, view: Details) -> None:
    ref = view.entry.ref
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Spellings**")
        st.caption("Files and forms that use one of these mean this partner.")
        for known in view.spellings:
            is_name = view.is_name(known)
            remove = partial(_remove_spelling, person, ref, known)
            _row(
                known.spelling or known.folded,
                "the name" if is_name else "",
                f"spelling-{known.id}",
                remove if view.may_write and not is_name else None,
            )
        if view.may_write:
            with _adding("spelling", partial(_add_spelling, person, ref)):
                st.text_input(
                    "Another spelling",
                    key=SPELLING,
                    max_chars=directory_limits().longest_name,
                    width="stretch",
                )


def _accounts(person: Person, view: Details) -> None:
    ref, label = view.entry.ref, partial(taxonomy().label, "platforms")
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Accounts**")
        if not view.accounts:
            st.caption("No account is noted.")
        for account in view.accounts:
            remove = partial(_remove_account, person, ref, account)
            _row(
                account.handle,
                label(account.platform),
                f"account-{account.id}",
                remove if view.may_write else None,
            )
        if view.may_write:
            with _adding("account", partial(_add_account, person, ref)):
                st.selectbox(
                    "Platform",
                    list(taxonomy().platforms),
                    key="new-platform",
                    format_func=label,
                    width=150,
                )
                st.text_input(
                    "Handle",
                    key=HANDLE,
                    max_chars=directory_limits().longest_handle,
                    width="stretch",
                )


@contextmanager
def _adding(what: str, add: Callable[[], None]) -> Iterator[None]:
    """A form of one line, its fields before the button."""
    with (
        st.form(f"add-{what}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        yield
        st.form_submit_button("Add", on_click=add)


def _row(words: str, note: str, key: str, remove: Callable[[], None] | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row-{key}"):
        st.text(words, width="content")
        st.caption(note or " ", width="stretch")
        if remove:
            st.button(
                "Remove",
                icon=":material/close:",
                type="tertiary",
                key=f"remove-{key}",
                on_click=remove,
            )


def _tiers(view: Details, zone: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Tier over time**")
        label = taxonomy().label
        if not view.tiers:
            since = day(from_micros(view.entry.created_at), zone)
            st.text(f"{label('tiers', view.entry.facts.tier) or 'Unknown'} since {since}")
            st.caption("Nobody has changed it here.")
        for words in _tier_words(view, zone):
            st.text(words)
        st.caption("A case keeps the tier that it came in with, and so do its clocks.")


def _tier_words(view: Details, zone: str) -> list[str]:
    """The tiers, the newest first; of the first one its beginning may not be known."""
    told = []
    for place, since in enumerate(view.tiers):
        label = taxonomy().label("tiers", since.tier) or "Unknown"
        following = view.tiers[place + 1 : place + 2]
        if following and following[0].from_at <= since.from_at:
            told.append(f"{label} before that")
            continue
        who = f" · set by {since.set_by}" if since.set_by else ""
        told.append(f"{label} since {day(from_micros(since.from_at), zone)}{who}")
    return told[::-1]


def _add_spelling(person: Person, ref: str) -> None:
    def act() -> str:
        text = st.session_state[SPELLING]
        add_spelling(the_desk(), person, ref, text)
        return f"“{text.strip()}” leads to this partner from now on."

    attempt(partial(_add, SPELLING, act))


def _add_account(person: Person, ref: str) -> None:
    def act() -> str:
        handle = st.session_state[HANDLE]
        add_account(the_desk(), person, ref, st.session_state["new-platform"], handle)
        return f"{handle.strip()} is noted."

    attempt(partial(_add, HANDLE, act))


def _add(field: str, act: Callable[[], str]) -> str:
    """Once it is added, the field is free for another one."""
    told = act()
    st.session_state[field] = ""
    return told


def _remove_spelling(person: Person, ref: str, known: Known) -> None:
    desk, words = the_desk(), f"“{known.spelling}” leads"
    attempt_there_and_back(
        Step(partial(remove_spelling, desk, person, ref, known.id), f"{words} nowhere now."),
        Step(
            partial(add_spelling, desk, person, ref, known.spelling),
            f"{words} to this partner again.",
        ),
    )


def _remove_account(person: Person, ref: str, account: Account) -> None:
    desk, handle = the_desk(), account.handle
    attempt_there_and_back(
        Step(
            partial(remove_account, desk, person, ref, account.id),
            f"{handle} is no longer an account of this partner.",
        ),
        Step(
            partial(add_account, desk, person, ref, account.platform, handle),
            f"{handle} is back.",
        ),
    )
