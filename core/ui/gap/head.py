"""The top of a gap's page: what it is, how it stands, and the views side by side."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.access.model import Person
from core.errors import NotFound
from core.gaps.model import Gap
from core.ui.address import choose_one, seed

VIEW, REF = "view", "gap"  # in the address


def the_gap(_person: Person) -> Gap:
    """The gap that the address names."""
    raise NotFound("Gap", st.query_params.get(REF, ""))


def show_head(_person: Person, gap: Gap) -> None:
    """Reference, title and states."""
    st.markdown(f"# {gap.ref}")


def choose_view(chosen: str, views: Mapping[str, str]) -> None:
    """The views side by side; the first is shown where the address names none."""
    seed("gap-view", chosen)
    st.segmented_control(
        "View",
        list(views),
        format_func=lambda view: views[view],
        key="gap-view",
        required=True,
        label_visibility="collapsed",
        on_change=lambda: choose_one(VIEW, st.session_state["gap-view"], tuple(views)),
    )
