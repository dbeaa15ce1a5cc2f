"""A drawer with one form over a page: opened by a button, closed when it is saved.

A refused form stays open with all that was typed and the reason above it, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.errors import BadInput, Refused
from core.ui import states
from core.ui.flash import attempt

OPEN = "drawer.open"  # over what a form is open, and which
WHY_NOT = "drawer.refusal"
STALE = "drawer.stale"  # the page behind the form has to be read anew
FIELD = "drawer-field-"  # keys of the fields of the open form


@dataclass(frozen=True)
class Form:
    """One form: its title, its fields, and what its button does."""

    title: str
    fields: Callable[[], None]
    act: Callable[[], str]  # gives the sentence that says it is done
    words: str = "Save"


def open_form(over: str, name: str, /, **fields: object) -> None:
    """Open a form over something with a reference; in a callback, its fields begin as given."""
    close_form()
    st.session_state[OPEN] = (over, name)
    for field, value in fields.items():
        st.session_state[FIELD + field] = value


def close_form() -> None:
    """Close whatever form is open and forget what was typed into it."""
    for key in (OPEN, WHY_NOT):
        st.session_state.pop(key, None)
    for key in [str(k) for k in st.session_state if str(k).startswith(FIELD)]:
        del st.session_state[key]


def opened_form(over: str) -> str:
    """The form that is open over this, '' when none is."""
    found, name = st.session_state.get(OPEN, ("", ""))
    return str(name) if found == over else ""


def typed(field: str) -> str:
    """The words in a field of the open form."""
    return str(chosen(field) or "")


def chosen(field: str) -> object:
    """What stands in a field of the open form."""
    return st.session_state.get(FIELD + field)


def show_form(over: str, form: Form) -> None:
    """The form that is open, over the page."""
    name = opened_form(over)

    @st.dialog(form.title, on_dismiss=close_form)
    def drawer() -> None:
        if opened_form(over) != name:
            st.rerun()  # saved: the page behind shows it
        is_refused = bool(st.session_state.pop(STALE, False))
        if not is_refused:
            _tell_refusal()
        with st.form("drawer-form", border=False):
            form.fields()
            st.form_submit_button(form.words, type="primary", on_click=partial(_save, form.act))
        if is_refused:
            st.rerun()  # the refusal stands above what was typed, over what is there by now

    drawer()


def _save(act: Callable[[], str]) -> None:
    try:
        said = act()
    except (Refused, BadInput) as refusal:
        words = f"{states.placed(refusal)} {states.sentence(refusal.hint)}".strip()
        st.session_state[WHY_NOT] = words
        st.session_state[STALE] = True
        return
    close_form()
    attempt(lambda: said)


def _tell_refusal() -> None:
    words = st.session_state.pop(WHY_NOT, "")
    if words:
        with st.container(
            border=True, horizontal=True, key="drawer-refused", gap="small", wrap=False
        ):
            st.markdown(":material/block:", width="content")
            st.text(words, width="stretch")
