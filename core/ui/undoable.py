"""An act that can be taken back at once: what it came to, with a button beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from core.ui.flash import attempt, tell

UNDO = "desk.flash.undo"
Undo = Callable[[], str]  # takes it back and says so


class Step(NamedTuple):
    """Something to do, and the words that say it is done."""

    act: Callable[[], object]
    words: str


def attempt_undoable(act: Callable[[], tuple[str, Undo]]) -> None:
    """Do something in a callback; the next run says what it came to and offers to take it back."""

    def done() -> str:
        told, undo = act()
        st.session_state[UNDO] = undo
        return told

    st.session_state.pop(UNDO, None)
    attempt(done)


def attempt_there_and_back(there: Step, back: Step) -> None:
    """Do something of which the way back is known before; otherwise as above."""

    def act() -> tuple[str, Undo]:
        there.act()
        return there.words, undo

    def undo() -> str:
        back.act()
        return back.words

    attempt_undoable(act)


def tell_undoable() -> None:
    """What the last act came to, once, and the way to take it back where there is one."""
    undo = st.session_state.pop(UNDO, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        tell()
        if undo:
            st.button(
                "Undo", icon=":material/undo:", key="undo-last", on_click=partial(attempt, undo)
            )
