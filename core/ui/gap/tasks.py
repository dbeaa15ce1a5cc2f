"""The steps towards a gap's change: what is left with its day, then what is done."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk.gap_tasks import finish_task, reopen_task
from core.desk.gap_views import GapDossier
from core.gaps.model import GapTask
from core.gaps.rules import why_not_finish
from core.ui.drawer import open_form
from core.ui.flash import attempt
from core.ui.format import plural
from core.ui.gap.forms import TASK
from core.ui.gap.next_step import days_words
from core.ui.state import the_desk


def tasks(person: Person, view: GapDossier) -> None:
    """What is left to do first, the earliest day on top; what is done is folded."""
    left = sorted(
        (one for one in view.tasks if one.done_at is None),
        key=lambda one: (one.due_on is None, one.due_on),
    )
    done = [one for one in view.tasks if one.done_at is not None]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        number = f" :gray[{len(left)}]" if left else ""
        st.markdown(f"### Tasks{number}", width="stretch")
        if view.why_not_edit is None:
            st.button(
                "Add a task",
                icon=":material/add:",
                key="task-add",
                on_click=open_form,
                args=(view.gap.ref, TASK),
            )
    if not view.tasks:
        st.caption("No step is written down. A task has somebody who does it and a day.")
    for one in left:
        _task(person, view, one)
    if done:
        with st.expander(f"{plural(len(done), 'finished task')}", key="tasks-done"):
            for one in done:
                _task(person, view, one)


def _task(person: Person, view: GapDossier, one: GapTask) -> None:
    with st.container(border=True, gap="xxsmall", key=f"task-{one.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            # Plain text: what somebody wrote must not become a link or markup.
            st.text("The text was erased." if one.is_erased else one.text, width="stretch")
            _act(person, view, one)
        _about(view, one)


def _about(view: GapDossier, one: GapTask) -> None:
    who = one.owner or view.gap.owner or "nobody"
    if one.done_at is not None:
        st.caption(f":material/check: done {one.done_at:%Y-%m-%d} by {one.done_by}")
    elif one.due_on is None:
        st.caption(f"{who} · no day")
    else:
        told = f"{who} · until {one.due_on:%Y-%m-%d} ({days_words(one.due_on, view.today)})"
        late = ":red-badge[:material/alarm: Overdue] " if one.due_on < view.today else ""
        st.caption(f"{late}{told}")


def _act(person: Person, view: GapDossier, one: GapTask) -> None:
    if one.done_at is not None:
        if view.why_not_edit is None:
            st.button(
                "Undo",
                icon=":material/undo:",
                type="tertiary",
                key=f"task-again-{one.id}",
                on_click=_again,
                args=(person, view.gap.ref, one.id),
            )
        return
    if not view.can_propose:
        return
    refusal = why_not_finish(view.gap, one, person.username, may_write=view.can_write)
    st.button(
        "Done",
        icon=":material/check:",
        type="tertiary",
        key=f"task-done-{one.id}",
        disabled=refusal is not None,
        help=f"{refusal.message} {refusal.hint}" if refusal else None,
        on_click=_finish,
        args=(person, view.gap.ref, one.id),
    )


def _finish(person: Person, ref: str, task: int) -> None:
    def act() -> str:
        finish_task(the_desk(), person, ref, task)
        return "The task is done."

    attempt(act)


def _again(person: Person, ref: str, task: int) -> None:
    def act() -> str:
        reopen_task(the_desk(), person, ref, task)
        return "The task is to be done again."

    attempt(act)
