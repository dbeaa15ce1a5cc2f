"""The forms over a gap's page: its facts, a task, a note, taking links back, and the acts."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk.gap_choices import GapChoices, gap_choices
from core.desk.gap_links import unlink_cases
from core.desk.gap_tasks import NewTask, add_task, note
from core.desk.gap_views import GapDossier, gap_dossier
from core.desk.gap_writes import Seen
from core.desk.gaps import edit_gap, set_matching
from core.errors import Conflict
from core.gaps.limits import gap_limits
from core.gaps.matching import lasting
from core.gaps.workflow import moves
from core.risk.investigation_rules import list_of_address
from core.ui.address import query
from core.ui.drawer import FIELD, Form, chosen, open_form, opened_form, show_form, typed
from core.ui.format import plural
from core.ui.gap.act_forms import ACT, act_form
from core.ui.gap.fact_fields import fact_fields, typed_gap, values_of
from core.ui.state import the_desk

EDIT, TASK, NOTE, UNLINK, ABOUT = "edit", "task", "note", "unlink", "about"
SEEN = "seen"  # version and facts of the gap when the form was opened


def open_edit(view: GapDossier) -> None:
    """Open the form of the facts, filled with them; in a callback."""
    seen = (view.gap.version, values_of(view.gap))
    open_form(view.gap.ref, EDIT, **values_of(view.gap), **{SEEN: seen})


def open_about(view: GapDossier) -> None:
    """Open the form that says which cases the gap is about; in a callback."""
    now = view.gap.matching
    address = f"/queue?{query(now.to_params())}" if now else ""
    open_form(view.gap.ref, ABOUT, address=address)


def show_open_form(person: Person, view: GapDossier) -> None:
    """The form that is open over the gap, if one is."""
    ref = view.gap.ref
    name, _, act = opened_form(ref).partition(":")
    if name == ACT and act in moves():
        show_form(ref, act_form(person, view.gap, moves()[act]))
    elif name == EDIT:
        show_form(ref, _edit(person, view))
    elif name == TASK:
        show_form(ref, _task(person, view))
    elif name == NOTE:
        show_form(ref, _note(person, view))
    elif name == UNLINK:
        show_form(ref, _unlink(person, view))
    elif name == ABOUT:
        show_form(ref, _about(person, view))


def _edit(person: Person, view: GapDossier) -> Form:
    """The facts; a change of somebody else is taken into the form, not written over."""
    choices = gap_choices(the_desk(), person)

    def act() -> str:
        version, before = st.session_state[FIELD + SEEN]
        try:
            edit_gap(the_desk(), person, Seen(view.gap.ref, version), typed_gap(FIELD))
        except Conflict:
            _take_in(person, view.gap.ref, before)
            raise
        return f"{view.gap.ref} is changed."

    return Form(f"Change {view.gap.ref}", partial(fact_fields, FIELD, choices), act)


def _take_in(person: Person, ref: str, before: dict[str, object]) -> None:
    """Fields that the person did not touch take what is there by now; their own stay as typed."""
    now = gap_dossier(the_desk(), person, ref).gap
    typed_in, there = values_of(typed_gap(FIELD)), values_of(now)
    for name, value in there.items():
        if typed_in[name] == before[name]:
            st.session_state[FIELD + name] = value
    st.session_state[FIELD + SEEN] = (now.version, there)


def _task(person: Person, view: GapDossier) -> Form:
    choices = gap_choices(the_desk(), person)

    def act() -> str:
        day = chosen("due_on")
        due = day if isinstance(day, date) else None
        add_task(the_desk(), person, view.gap.ref, NewTask(typed("text"), typed("owner"), due))
        return "The task is added."

    return Form("Add a task", partial(_task_fields, choices), act, "Add it")


def _task_fields(choices: GapChoices) -> None:
    st.text_area("What is to be done", key=FIELD + "text", max_chars=gap_limits().longest_text)
    left, right = st.columns(2)
    with left:
        st.selectbox(
            "Who does it",
            ["", *choices.workers],
            key=FIELD + "owner",
            format_func=lambda name: (
                f"{choices.workers.get(name, name)} ({name})" if name else "The owner of the gap"
            ),
        )
    with right:
        st.date_input("Until", value=None, key=FIELD + "due_on", format="YYYY-MM-DD")


def _note(person: Person, view: GapDossier) -> Form:
    def fields() -> None:
        st.text_area("Note", key=FIELD + "text", height=120, max_chars=gap_limits().longest_text)
        st.text_input("Link (optional)", key=FIELD + "link", placeholder="https://…")

    def act() -> str:
        note(the_desk(), person, view.gap.ref, typed("text"), typed("link"))
        return "The note stands in the log."

    return Form("Add a note to the log", fields, act, "Add it")


def _unlink(person: Person, view: GapDossier) -> Form:
    def fields() -> None:
        st.multiselect(
            "Links to take back", [one.case_ref for one in view.evidence], key=FIELD + "cases"
        )
        minutes = gap_limits().undo_minutes
        st.caption(
            f"The cases stay as they are. This can be undone in the log for {minutes} minutes."
        )

    def act() -> str:
        refs = st.session_state.get(FIELD + "cases") or []
        return f"{plural(unlink_cases(the_desk(), person, view.gap.ref, refs), 'link')} taken back."

    return Form("Take links back", fields, act, "Take back")


def _about(person: Person, view: GapDossier) -> Form:
    def fields() -> None:
        st.text_area(
            "Address of a list in the queue",
            key=FIELD + "address",
            height=90,
            placeholder="/queue?clause=RM-2",
            help="Narrow the queue to such cases and copy its address with Link",
        )
        st.caption(
            "Cases in every state that fit, those to come too, count in impact and effect. "
            "Empty: the gap is about its linked cases only."
        )

    def act() -> str:
        typed_in = typed("address").strip()
        cases = lasting(list_of_address(typed_in)) if typed_in else None
        set_matching(the_desk(), person, Seen(view.gap.ref, view.gap.version), cases)
        return "The gap is about these cases now."

    return Form(f"Which cases {view.gap.ref} is about", fields, act)
