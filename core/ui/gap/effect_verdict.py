"""What the measured effect of a gap's change says, for the form that closes it."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.gaps.model import Gap


def verdict_of(_person: Person, _gap: Gap) -> str:
    """The verdict, judged anew."""
    return ""


def show_verdict(person: Person, gap: Gap) -> None:
    """The verdict in words, and the way to the page that it comes from."""
    st.markdown(verdict_of(person, gap))
