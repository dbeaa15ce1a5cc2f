"""What a view says when it has nothing to show, is not ready, refuses, or broke: words on purpose."""

from __future__ import annotations

import streamlit as st

from core.errors import BadInput, DeskError


def empty(what: str, hint: str = "") -> None:
    """There is nothing, and that is not a failure; ``hint`` says what would bring something."""
    _state(":material/inbox:", what, hint, key="empty")


def loading(what: str) -> None:
    """The view is on its way; used inside a placeholder that the result replaces."""
    with st.container(key="state-loading"):
        st.caption(f":material/hourglass_empty: {what}")
        st.skeleton(height=120)


def refused(refusal: DeskError) -> None:
    """The desk works, but not this for this person or input: why, and the way on."""
    place = f"{refusal.at}: " if isinstance(refusal, BadInput) and refusal.at else ""
    _state(":material/block:", f"{place}{refusal.message}", refusal.hint, key="refused")


def not_found() -> None:
    """The same words for what does not exist and for what the person may not see."""
    _state(
        ":material/search_off:",
        "This page or case was not found.",
        "Check the address. It may also be outside of what your role may see.",
        key="not-found",
    )


def broken(reference: str) -> None:
    """We failed: what to tell us, and that nothing was half saved."""
    _state(
        ":material/error:",
        "Something went wrong on our side. Nothing was half saved.",
        f"Load the page again. If it happens again, tell an admin this reference: {reference}",
        key="broken",
    )


def _state(icon: str, what: str, hint: str, *, key: str) -> None:
    with st.container(border=True, key=f"state-{key}"):
        # Text elements, not Markdown: a message can carry what somebody typed.
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(icon, width="content")
            st.text(what)
        if hint:
            st.text(hint)
