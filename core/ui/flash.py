"""What an act of the person came to, told on the run after it: done, or refused and why."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import BadInput, Refused
from core.ui import states

FLASH = "desk.flash"


def attempt(act: Callable[[], str]) -> None:
    """Do something in a callback; its sentence, or the refusal, stands on the next run."""
    try:
        st.session_state[FLASH] = ("done", act())
    except (Refused, BadInput) as refusal:
        told = f"{states.placed(refusal)} {states.sentence(refusal.hint)}".strip()
        st.session_state[FLASH] = ("refused", told)


def tell() -> None:
    """Show what the last act came to, once."""
    kind, words = st.session_state.pop(FLASH, ("", ""))
    if not kind:
        return
    # As plain text: the sentence can carry what somebody typed.
    with st.container(border=True, horizontal=True, key=f"flash-{kind}", gap="small", wrap=False):
        icon = ":material/check_circle:" if kind == "done" else ":material/block:"
        st.markdown(icon, width="content")
        st.text(words, width="stretch")
