"""The top of a partner's page: who it is, how it stands, and the views side by side."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.access.model import Person
from core.desk.partner import Partner
from core.taxonomy import taxonomy
from core.ui.address import choose_one, seed
from core.ui.format import DASH, escape

VIEW, REF = "view", "partner"  # in the address


def show_head(person: Person, partner: Partner) -> None:
    """Name, and what sort of partner it is."""
    label = taxonomy().label
    parts = (
        label("tiers", partner.tier),
        label("partner_categories", partner.category),
        label("markets", partner.market),
    )
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="partner-head"
    ):
        st.markdown(f"# {escape(partner.name)}", width="content")
        st.caption(escape(" · ".join(part or DASH for part in (partner.ref, *parts))))


def choose_view(chosen: str, views: Mapping[str, str]) -> None:
    """The views side by side; the first is shown where the address names none."""
    seed("partner-view", chosen)
    st.segmented_control(
        "View",
        list(views),
        format_func=lambda view: views[view],
        key="partner-view",
        required=True,
        label_visibility="collapsed",
        on_change=lambda: choose_one(VIEW, st.session_state["partner-view"], tuple(views)),
    )
