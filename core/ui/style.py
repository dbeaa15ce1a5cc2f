"""The few rules of appearance that the theme cannot say; a static file, never data."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STYLE = Path(__file__).with_name("style.css")


def apply_style() -> None:
    """Put the static rules onto the page; once per full run."""
    st.html(STYLE)
