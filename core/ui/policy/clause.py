"""One clause: its versions with what differs, what each decided, and what touches it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk.clause_register import ClauseView, VersionView, clause_view
from core.desk.policy_feed import FeedLine
from core.desk.policy_update import compared
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.drawer import open_form
from core.ui.flash import tell
from core.ui.format import escape, exact, plural
from core.ui.heads import copy_link
from core.ui.policy.impact import counted, gaps
from core.ui.policy.policy_address import back_to_register, open_update
from core.ui.policy.policy_words import (
    LEGEND,
    day_of,
    importance_badge,
    kind_badge,
    runs_words,
)
from core.ui.policy.post_form import show_version_form, version_fields
from core.ui.state import the_desk, the_zone


def show_clause(person: Person, key: str) -> None:
    """Read once, then arrange."""
    with st.spinner("Counting decisions …"):
        view = clause_view(the_desk(), person, key)
    zone = the_zone(person)
    st.button(
        "All clauses",
        icon=":material/arrow_back:",
        type="tertiary",
        key="back-to-register",
        on_click=back_to_register,
    )
    tell()
    head(view, zone)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("### Versions")
        for one in view.versions:
            version(one)
    with right, st.container(key="clause-around"):
        touching(view)
    last = view.versions[0].clause
    if view.writes:
        show_version_form(person, key, last)


def head(view: ClauseView, zone: str) -> None:
    """What it is, how often it is cited in open cases, and the way to a new version."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="policy-head"):
        st.markdown(f"# {escape(view.key)} {escape(view.title)}", width="stretch")
        st.caption(f"as of {exact(view.at, zone)} · data {view.data_version:,}", width="content")
        copy_link("clause")
        if view.writes:
            last = view.versions[0].clause
            st.button(
                "New version",
                icon=":material/add:",
                key="new-version",
                on_click=partial(open_form, view.key, "version", **version_fields(last)),
            )
    st.caption(escape(taxonomy().label("abuse_types", view.abuse_type)))


def version(view: VersionView) -> None:
    """One version: its text, what differs from the one before, and what it decided."""
    clause = view.clause
    with st.container(border=True, gap="xsmall", key=f"version-{clause.version}"):
        badge = ""
        if view.is_in_force:
            badge = ":green-badge[:material/task_alt: In force]"
        elif view.is_ahead:
            badge = ":blue-badge[:material/schedule: Waits]"
        until = f" until {day_of(clause.effective_to)}" if clause.effective_to else ""
        st.markdown(
            f"**Version {escape(clause.version)}** {badge} "
            f":gray[from {day_of(clause.effective_from)}{until}]"
        )
        if view.before is None:
            st.markdown(escape(clause.body))
        else:
            change = compared(view.before, clause)
            if change.is_retitled:
                st.caption(escape(f"Called {clause.title}; before: {view.before.title}"))
            st.markdown(runs_words(change.runs))
            st.caption(f"Compared with version {view.before.version}. {LEGEND}")
        added = view.added
        if added:
            with st.container(gap="xxsmall"):
                st.text(f"Why: {added.reason or '(erased)'}")
                st.caption(escape(f"added by {added.added_by}"))
        if not view.is_ahead:
            counted(view.decided, "decided", "under it", f"decided-{clause.version}")


def touching(view: ClauseView) -> None:
    """Open cases, updates and gaps."""
    with st.container(border=True, gap="xsmall", key="clause-touching"):
        st.markdown("### What touches it")
        counted(view.open_cases, "open", "under it", "clause-open")
        if view.gaps:
            gaps(view.gaps)
        else:
            st.caption("No policy gap names it.")
    st.markdown(f"### Updates :gray[{len(view.updates):,}]")
    if not view.updates:
        states.empty("No update touched it.", "Its first version is its only one.")
    for line in view.updates:
        _update(line)


def _update(line: FeedLine) -> None:
    update = line.update
    with st.container(border=True, gap="xxsmall", key=f"touch-{update.ref}"):
        st.markdown(
            f"{importance_badge(update.importance)} {kind_badge(update.kind)} "
            f":gray[{day_of(update.announced_at)}]"
        )
        st.button(
            escape(update.title) or "(erased)",
            type="tertiary",
            key=f"open-{update.ref}",
            on_click=partial(open_update, update.ref),
        )
        if line.asked_count and not line.is_past:
            told = plural(line.asked_count, "person", "people")
            st.caption(f"{line.missing_count:,} of {told} asked have not confirmed it")
