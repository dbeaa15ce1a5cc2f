"""Content of the one case that a person has open, kept until they turn to another case."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.cases.case import Revealed

KEY = "desk.revealed"


def of(ref: str) -> Mapping[str, Revealed]:
    """What was revealed of this case; whatever was kept of another one is forgotten."""
    kept_ref, parts = st.session_state.get(KEY, ("", {}))
    if kept_ref != ref:
        st.session_state[KEY] = (ref, {})
        return {}
    found: dict[str, Revealed] = parts
    return found


def keep(ref: str, revealed: Revealed) -> None:
    """Keep one more part."""
    st.session_state[KEY] = (ref, {**of(ref), revealed.part: revealed})
