"""What somebody does to an investigation on the screen: which form is open, and saving it.

A form stays open with all that was typed when its saving is refused, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.desk.investigations import Seen
from core.errors import BadInput, Refused
from core.ui import states
from core.ui.flash import attempt

FORM = "investigation.form"  # over which investigation a form is open, and which
WHY_NOT = "investigation.refusal"
REF = "investigation"  # in the address
STALE = "investigation.stale"  # the page behind the form has to be read anew
FIELD = "inv-field-"  # keys of the fields of the open form


def open_form(name: str, **fields: object) -> None:
    """Open a form; in a callback, its fields begin with what is given."""
    close_form()
    st.session_state[FORM] = (st.query_params.get(REF, ""), name)
    for field, value in fields.items():
        st.session_state[FIELD + field] = value


def close_form() -> None:
    """Close whatever form is open and forget what was typed into it."""
    st.session_state.pop(FORM, None)
    st.session_state.pop(WHY_NOT, None)
    for key in [str(k) for k in st.session_state if str(k).startswith(FIELD)]:
        del st.session_state[key]


def opened_form() -> str:
    """The form that is open over this investigation, '' when none is."""
    ref, name = st.session_state.get(FORM, ("", ""))
    return str(name) if ref == st.query_params.get(REF, "") else ""


def typed(field: str) -> str:
    """What stands in a field of the open form."""
    return str(st.session_state.get(FIELD + field, "") or "")


def save(act: Callable[[], str]) -> None:
    """Do what the form asks; done closes it, a refusal is shown in it."""

    try:
        said = act()
    except (Refused, BadInput) as refusal:
        words = f"{states.placed(refusal)} {states.sentence(refusal.hint)}".strip()
        st.session_state[WHY_NOT] = words
        st.session_state[STALE] = True
        return
    close_form()
    attempt(lambda: said)


def is_stale() -> bool:
    """True once after a refusal: somebody else may have changed what the page behind shows."""
    return bool(st.session_state.pop(STALE, False))


def tell_refusal() -> None:
    """Why the last saving of the open form was refused, as plain text."""
    words = st.session_state.pop(WHY_NOT, "")
    if words:
        with st.container(border=True, horizontal=True, key="inv-refused", gap="small", wrap=False):
            st.markdown(":material/block:", width="content")
            st.text(words, width="stretch")


def seen(ref: str, version: int) -> Seen:
    """The investigation as this screen shows it."""
    return Seen(ref, version)
