"""What a view says when it has nothing to show, is not ready, refuses, or broke: words on purpose."""

from __future__ import annotations

import streamlit as st

from core.errors import BadInput, DeskError


def empty(what: str, hint: str = "") -> None:
    """There is nothing, and that is not a failure; ``hint`` says what would bring something."""
    _state(":material/inbox:", what, hint)


def loading(what: str) -> None:
    """The view is on its way; used inside a placeholder that the result replaces."""
    st.caption(f":material/hourglass_empty: {what}")
    st.skeleton(height=120)


def refused(refusal: DeskError, *, is_whole_page: bool = False) -> None:
    """The desk works, but not this for this person or input: why, and the way on."""
    if is_whole_page:
        st.title("Not possible")
    _state(":material/block:", placed(refusal), sentence(refusal.hint))


def placed(refusal: DeskError) -> str:
    """The message of a refusal with its place, where it has one."""
    at = refusal.at if isinstance(refusal, BadInput) else ""
    is_said = at.lower() in refusal.message.lower()
    return refusal.message if is_said else f"{at}: {refusal.message}"


def sentence(words: str) -> str:
    """Words that stand alone: a plain first word gets a capital, the last one its full stop."""
    if not words:
        return ""
    first = words.split(maxsplit=1)[0].rstrip(":,")
    begun = words[0].upper() + words[1:] if first.isalpha() else words
    return begun if begun[-1] in ".!?" else f"{begun}."


def not_found() -> None:
    """The same words for what does not exist and for what the person may not see."""
    st.title("Not found")
    _state(
        ":material/search_off:",
        "This page or case was not found.",
        "Check the address. It may also be outside of what your role may see.",
    )


def broken(reference: str) -> None:
    """We failed: what to tell us, and that nothing was half saved."""
    st.title("Something went wrong")
    _state(
        ":material/error:",
        "This is a fault of ours, not of yours. Nothing was half saved.",
        f"Load the page again. If it happens again, tell an admin this reference: {reference}",
    )


def _state(icon: str, what: str, hint: str) -> None:
    with st.container(border=True, gap="xsmall"):
        # Text elements, not Markdown: a message can carry what somebody typed.
        with st.container(horizontal=True, gap="small", wrap=False):
            st.markdown(icon, width="content")
            st.text(what, width="stretch")
        if hint:
            st.text(hint)
