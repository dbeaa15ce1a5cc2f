"""The feed of policy updates: what waits for the reader on top, then all of it as a table."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.policy_feed import FeedLine, FeedView, feed
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.address import seed
from core.ui.case_link import go_to_queue
from core.ui.drawer import open_form
from core.ui.flash import tell
from core.ui.format import DASH, escape, exact, plural, relative, span
from core.ui.heads import copy_link
from core.ui.policy.policy_address import (
    LISTS,
    MISSING,
    NAMED,
    UNREAD,
    choose,
    open_update,
    read_ask,
    turn,
)
from core.ui.policy.policy_words import (
    areas_words,
    day_of,
    importance_badge,
    last_day,
    standing_words,
)
from core.ui.policy.post_form import NEW, show_post_form
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

MOST_WAITING = 4  # cards; the rest is in the table


def show_feed(person: Person) -> None:
    """Read once, then arrange."""
    ask, ignored = read_ask()
    view = feed(the_desk(), person, ask)
    zone = the_zone(person)
    head(view, zone)
    tell()
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    waiting(view)
    choices(view)
    if view.lines:
        table(view)
        pages(view)
    elif ask.narrows:
        states.empty("No update fits.", "Choose other values, or none.")
    else:
        states.empty("There is no update yet.", first_step(writes=view.writes))
    withdrawn(view)
    show_post_form(person, view.writes)


def head(view: FeedView, zone: str) -> None:
    """What this is, as of when, and the way to a new post."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="policy-head"):
        st.markdown("# Policy updates", width="stretch")
        st.caption(f"as of {exact(view.at, zone)}", width="content")
        copy_link("updates")
        if view.writes:
            st.button(
                "New post",
                icon=":material/add:",
                key="new-post",
                on_click=partial(open_form, NEW, "post"),
            )


def first_step(*, writes: bool) -> str:
    """What would bring something here."""
    if writes:
        return "Post guidance, add a version of a clause, or import published documents."
    return "A policy liaison posts guidance and adds versions of clauses; they stand here then."


def waiting(view: FeedView) -> None:
    """What is overdue for the reader, the oldest due day first."""
    if not view.waiting:
        return
    with st.container(border=True, gap="xsmall", key="policy-waiting"):
        number = len(view.waiting)
        st.markdown(f"**:material/alarm: {plural(number, 'update')} you should have confirmed**")
        for line in view.waiting[:MOST_WAITING]:
            overdue(line, view)
        if number > MOST_WAITING:
            st.caption(f"and {number - MOST_WAITING:,} more: choose “Waiting for me”")


def overdue(line: FeedLine, view: FeedView) -> None:
    """One overdue update: what, since when, who reminded, and the way to read it."""
    update = line.update
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"overdue-{update.ref}"
    ):
        due = f"was due {last_day(update.due_at)}" if update.due_at else ""
        reminded = (
            f" · reminded by {line.reminder.by} {relative(line.reminder.at, view.at)}"
            if line.reminder
            else ""
        )
        st.markdown(
            f"{importance_badge(update.importance)} {escape(title_words(line))} "
            f":gray[· {escape(due + reminded)}]",
            width="stretch",
        )
        st.button(
            "Read and confirm",
            icon=":material/menu_book:",
            key=f"read-{update.ref}",
            on_click=partial(open_update, update.ref),
        )


def choices(view: FeedView) -> None:
    """The filter on one line; all of it stands in the address."""
    ask = view.ask
    with st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="policy-filters"
    ):
        if view.confirms:
            words = f"Waiting for me ({view.asked_count:,})"
            _switch(UNREAD, words, is_on=ask.is_unread)
        if view.reminds:
            _switch(MISSING, "Somebody is missing", is_on=ask.is_missing)
        for name, label, chosen in (
            ("kind", "Kind", ask.kinds),
            ("importance", "Importance", ask.importances),
            ("area", "Area", ask.abuse_types),
        ):
            _several(name, label, list(taxonomy().terms(LISTS[name])), chosen, LISTS[name])
        _several(NAMED, "Clause", sorted({*view.clauses, *ask.clauses}), ask.clauses, "")


def _switch(name: str, words: str, *, is_on: bool) -> None:
    key = f"policy-{name}"
    seed(key, is_on)
    st.toggle(
        words,
        key=key,
        on_change=lambda: choose(**{name: "1" if st.session_state[key] else ""}),
    )


def _several(
    name: str, label: str, offered: list[str], chosen: tuple[str, ...], terms: str
) -> None:
    key = f"policy-{name}"
    seed(key, list(chosen))
    st.multiselect(
        label,
        offered,
        key=key,
        format_func=lambda value: taxonomy().label(terms, value) if terms else value,
        placeholder="All",
        width=180,
        on_change=lambda: choose(**{name: st.session_state[key]}),
    )


def table(view: FeedView) -> None:
    """One row each; a click on the title reads it, one on the number opens its open cases."""
    lines = view.lines

    def read(row: int) -> None:
        open_update(lines[row].update.ref)

    def open_cases(row: int) -> None:
        touched = lines[row].touched
        if touched:
            go_to_queue(touched.cases.filter)

    acts = {
        "Update": Act("Update", read, 330, "Click to read the update in full"),
        "Open cases": Act(
            "Open cases",
            open_cases,
            84,
            "Open cases under its clauses, or of its areas where it names none, as far as you may "
            "see them; click to open them in the queue",
            alignment="right",
        ),
    }
    text = st.column_config.TextColumn
    columns = {
        "Announced": text(width=88, help="The day of UTC on which it became known"),
        "Importance": text(width=80),
        "Kind": text(width=116),
        "In effect": text(width=112),
        "Area": text(width=150),
        "For you": text(width=160),
        "Missing": text(width=72, help="Of those asked, how many have not confirmed it"),
    }
    shown = readable(view)
    alt = f"{plural(len(lines), 'update')}, the newest first"
    click_list(shown, "policy-feed", alt, acts, columns, highest=900)


def readable(view: FeedView) -> pd.DataFrame:
    """Lines as a person reads them."""
    lines, lists = view.lines, taxonomy()
    cells = {
        "Announced": [day_of(one.update.announced_at) for one in lines],
        "Update": [title_words(one) for one in lines],
        "For you": [standing_words(one, view.at) for one in lines],
        "Open cases": [f"{o.touched.cases.count:,}" if o.touched else DASH for o in lines],
        "Missing": [missing_words(one) for one in lines],
        "Importance": [lists.label("policy_importances", o.update.importance) for o in lines],
        "Kind": [lists.label("policy_update_kinds", o.update.kind) for o in lines],
        "In effect": [in_effect(one, view) for one in lines],
        "Area": [areas_words(one.update.abuse_types) or DASH for one in lines],
    }
    if not view.confirms:
        del cells["For you"]
    return pd.DataFrame(cells)


def title_words(line: FeedLine) -> str:
    """The title, or that it was erased."""
    return line.update.title or "(erased)"


def in_effect(line: FeedLine, view: FeedView) -> str:
    """The day that it takes or took effect; ``soon`` says that this is ahead."""
    at = line.update.effective_at
    if at is None:
        return "not known"
    return f"from {day_of(at)}" if at > view.at else day_of(at)


def missing_words(line: FeedLine) -> str:
    """``2 of 14``, or a dash where nobody is asked any more."""
    waits = line.asked_count and not line.is_past
    return f"{line.missing_count:,} of {line.asked_count:,}" if waits else DASH


def pages(view: FeedView) -> None:
    """Which rows these are, and the ways on and back."""
    first = view.ask.place + 1
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(
            f"{span(first, first + len(view.lines) - 1, view.total)} · open cases and missing "
            "people as of now",
            width="stretch",
        )
        if view.total > view.most:
            before, after = view.ask.place - view.most, view.ask.place + view.most
            st.button(
                "Newer", key="feed-newer", disabled=before < 0, on_click=partial(turn, before)
            )
            st.button(
                "Older",
                key="feed-older",
                disabled=after >= view.total,
                on_click=partial(turn, after),
            )


def withdrawn(view: FeedView) -> None:
    """Posts out of the feed, for those who can put them back."""
    if not view.withdrawn:
        return
    with st.expander(f"{plural(len(view.withdrawn), 'withdrawn post')}"):
        for update in view.withdrawn:
            st.button(
                escape(f"{update.ref} {update.title or '(erased)'}"),
                type="tertiary",
                key=f"withdrawn-{update.ref}",
                on_click=partial(open_update, update.ref),
            )
