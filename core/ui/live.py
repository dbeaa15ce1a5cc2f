"""Tells a run that a person caused from one that a page made by itself to stay fresh."""

from __future__ import annotations

import streamlit as st

from core.ui.address import read_params

KEY = "desk.last-run"
PLAIN = (str, int, float, bool, type(None))


def is_by_a_person() -> bool:
    """True when a widget or the address has changed since the run before; buttons count as changed."""
    now = (_widgets(), read_params())
    before = st.session_state.get(KEY)
    st.session_state[KEY] = now
    return before != now


def _widgets() -> dict[str, object]:
    """What the widgets with plain values say; a pressed button is True during its run only."""
    return {
        str(key): value
        for key, value in st.session_state.items()
        if key != KEY and isinstance(value, PLAIN)
    }
