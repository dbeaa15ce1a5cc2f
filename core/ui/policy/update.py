"""One policy update in full: what it says, whether the reader confirmed it, and what it touches."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk import policy_acts as acts
from core.desk.policy_acts import SeenPost
from core.desk.policy_update import UpdateView, update_view
from core.policy.feed import Standing
from core.taxonomy import taxonomy
from core.ui.drawer import open_form
from core.ui.flash import attempt, tell
from core.ui.format import escape, exact, relative
from core.ui.heads import copy_link
from core.ui.policy.attendance import attendance
from core.ui.policy.document_change import document_change
from core.ui.policy.impact import impact
from core.ui.policy.policy_address import back_to_feed, open_update
from core.ui.policy.policy_words import (
    LEGEND,
    areas_words,
    day_of,
    effect_words,
    importance_badge,
    kind_badge,
    last_day,
    runs_words,
    standing_badge,
)
from core.ui.policy.post_form import post_fields, show_edit_form
from core.ui.state import the_desk, the_zone

ERASED = "The text was erased."
WAITS = (Standing.ASKED, Standing.OVERDUE)


def show_update(person: Person, ref: str) -> None:
    """Read once, then arrange."""
    view = update_view(the_desk(), person, ref)
    zone = the_zone(person)
    ways(view)
    tell()
    head(view, zone)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        said(view)
    with right, st.container(key="update-around"):
        confirming(view, person, zone)
        impact(view, zone)
        attendance(view, person)
    show_edit_form(person, view.line.update)


def ways(view: UpdateView) -> None:
    """Back to the feed, and on to its neighbours."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="update-ways"):
        st.button(
            "All updates",
            icon=":material/arrow_back:",
            type="tertiary",
            key="back-to-feed",
            on_click=back_to_feed,
        )
        st.space("stretch")
        for key, words, ref in (("newer", "Newer", view.newer), ("older", "Older", view.older)):
            st.button(
                words,
                type="tertiary",
                key=f"update-{key}",
                disabled=not ref,
                on_click=partial(open_update, ref),
            )
        copy_link("update")


def head(view: UpdateView, zone: str) -> None:
    """What it is, from when, and by whom."""
    update = view.line.update
    st.markdown(f"# {escape(update.title) or '(erased)'}")
    withdrawn = " :gray-badge[:material/block: Withdrawn]" if update.withdrawn_at else ""
    st.markdown(
        f"{importance_badge(update.importance)} {kind_badge(update.kind)}{withdrawn} "
        f":gray[{escape(update.ref)}]"
    )
    told = [
        effect_words(update, view.impact.at),
        f"announced {exact(update.announced_at, zone)}" if update.by else "",
        f"by {update.by}" if update.by else "",
        f"changed {exact(update.changed_at, zone)}" if update.changed_at else "",
        f"withdrawn by {update.withdrawn_by}" if update.withdrawn_by else "",
        areas_words(update.abuse_types),
    ]
    st.caption(escape(" · ".join(part for part in told if part)))


def said(view: UpdateView) -> None:
    """The words themselves, or what differs from those before."""
    update = view.line.update
    if view.document is not None:
        document_change(view.document)
        return
    if view.clause is not None:
        clause_text(view)
    if update.text:
        with st.container(border=True, key="update-text"):
            if view.clause is not None:
                st.caption("Why")
            st.text(update.text)
    elif update.is_erased:
        st.caption(ERASED)


def clause_text(view: UpdateView) -> None:
    """The new text with what was taken away and what is new."""
    change = view.clause
    if change is None:
        return
    with st.container(border=True, gap="xsmall", key="clause-change"):
        st.markdown(f"**{escape(change.after.key)} {escape(change.after.title)}**")
        if change.is_retitled:
            st.caption(escape(f"It was called: {change.before.title}"))
        st.markdown(runs_words(change.runs))
        st.caption(
            f"Version {change.after.version} from {day_of(change.after.effective_from)}, compared "
            f"with version {change.before.version} of {day_of(change.before.effective_from)}. "
            f"{LEGEND}"
        )


def confirming(view: UpdateView, person: Person, zone: str) -> None:
    """Whether the reader confirmed it, and the way to do so or to take it back."""
    line, update = view.line, view.line.update
    if update.withdrawn_at or not (view.confirms or view.writes):
        readers_note(view)
        restoring(view, person)
        return
    with st.container(border=True, gap="xsmall", key="confirming"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{standing_badge(line.standing)} {when(view, zone)}", width="stretch")
            if line.mine is not None:
                st.button(
                    "Take back",
                    icon=":material/undo:",
                    key="take-back",
                    on_click=partial(_take_back, person, update.ref),
                )
            elif view.confirms:
                st.button(
                    "I have read it",
                    icon=":material/task_alt:",
                    type="primary" if line.standing in WAITS else "secondary",
                    key="confirm",
                    on_click=partial(_confirm, person, update.ref, update.version),
                )
        if line.reminder:
            ago = relative(line.reminder.at, view.impact.at)
            st.caption(escape(f"{line.reminder.by} reminded you {ago}."))
        _post_acts(view, person)


def readers_note(view: UpdateView) -> None:
    """Why there is nothing to confirm here."""
    if view.line.update.withdrawn_at:
        st.caption("It is withdrawn: it holds no more, and nobody has to confirm it.")
    else:
        st.caption("Your role reads updates and confirms none.")


def when(view: UpdateView, zone: str) -> str:
    """Until when it is to be confirmed, or when that was done."""
    line = view.line
    if line.mine is not None:
        return f"by you, {exact(line.mine.at, zone)}"
    if line.standing in WAITS and line.update.due_at:
        was = "was due" if line.standing is Standing.OVERDUE else "until"
        return f"{was} {last_day(line.update.due_at)} (UTC)"
    return ""


def _post_acts(view: UpdateView, person: Person) -> None:
    update = view.line.update
    if not view.writes or not taxonomy().policy_update_kinds[update.kind].is_set("is_post"):
        return
    seen = SeenPost(update.ref, update.version)
    with st.container(horizontal=True, gap="small", key="post-acts"):
        st.button(
            "Edit",
            icon=":material/edit:",
            type="tertiary",
            key="edit-post",
            on_click=partial(open_form, update.ref, "edit", **post_fields(update)),
        )
        st.button(
            "Withdraw",
            icon=":material/block:",
            type="tertiary",
            key="withdraw-post",
            on_click=partial(_withdraw, person, seen),
        )


def restoring(view: UpdateView, person: Person) -> None:
    """The way back for a withdrawn post."""
    update = view.line.update
    if view.writes and update.withdrawn_at:
        st.button(
            "Put it back",
            icon=":material/undo:",
            key="restore-post",
            on_click=partial(_restore, person, SeenPost(update.ref, update.version)),
        )


def _confirm(person: Person, ref: str, version: int) -> None:
    def act() -> str:
        acts.confirm(the_desk(), person, ref, version)
        return "You confirmed that you have read it."

    attempt(act)


def _take_back(person: Person, ref: str) -> None:
    def act() -> str:
        acts.take_back(the_desk(), person, ref)
        return "Your confirmation is taken back."

    attempt(act)


def _withdraw(person: Person, seen: SeenPost) -> None:
    def act() -> str:
        acts.withdraw_post(the_desk(), person, seen)
        return f"{seen.ref} is out of the feed."

    attempt(act)


def _restore(person: Person, seen: SeenPost) -> None:
    def act() -> str:
        acts.restore_post(the_desk(), person, seen)
        return f"{seen.ref} is back in the feed."

    attempt(act)
