"""Side by side, of which one is chosen: the views of a page, a window, a measure.

What is chosen stands in the address; the first is what is shown without a word of it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from core.ui.address import choose_one, read_one, seed

VIEW = "view"  # in the address
T = TypeVar("T", str, int)


def read_view(views: Mapping[str, object]) -> tuple[str, list[str]]:
    """The view that the address chooses, else the first; and what could not be used."""
    return read_one(VIEW, tuple(views))


def choose_view(key: str, chosen: str, views: Mapping[str, tuple[str, object]]) -> None:
    """The views side by side, each with its words and what shows it; one alone needs no choice."""
    if len(views) > 1:
        words = {view: words for view, (words, _) in views.items()}
        switch(key, "View", chosen, words, lambda view: choose_one(VIEW, view, tuple(views)))


def switch(
    key: str,
    label: str,
    chosen: T,
    words: Mapping[T, str],
    take: Callable[[T], None],
    *,
    is_labelled: bool = False,
) -> None:
    """Words side by side, of which one is always chosen; ``take`` hears of another one.

    Even a control that requires a choice has lost its value at times. That is no choice, so
    nothing hears of it, and the next run sets the control to what is shown.
    """
    seed(key, chosen)

    def changed() -> None:
        value = st.session_state[key]
        if value is not None:
            take(value)

    st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key,
        required=True,
        label_visibility="visible" if is_labelled else "collapsed",
        on_change=changed,
    )
