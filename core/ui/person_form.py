"""The form for somebody new: asked with labels, given back as one description."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.desk.people import NewPerson
from core.taxonomy import taxonomy

ROLES = list(taxonomy().roles)


def role_words(role: str) -> str:
    """A role as it is called."""
    return taxonomy().label("roles", role)


def show(on_add: Callable[[Person], None], person: Person, on_cancel: Callable[[], None]) -> None:
    """Ask for a new person; the password is told to them by other means."""
    with st.form("new-person", border=True):
        st.markdown("**New person**")
        left, right = st.columns(2)
        left.text_input("Username", key="new-username", max_chars=63)
        right.text_input("Name", key="new-name", max_chars=120)
        left.selectbox("Role", ROLES, format_func=role_words, key="new-role")
        right.text_input("Team", key="new-team", max_chars=60)
        left.text_input("First password", type="password", key="new-password")
        right.text_input(
            "Partners, for a partner manager only",
            key="new-partners",
            placeholder="names or references, such as P-0001, P-0002",
        )
        st.caption("Tell the person the first password yourself; the desk sends no messages.")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button("Add", type="primary", on_click=on_add, args=(person,))
            st.form_submit_button("Cancel", on_click=on_cancel)


def filled() -> NewPerson:
    """What the form says; read in the callback of its button."""
    said = {name: str(st.session_state[f"new-{name}"]).strip() for name in ("name", "role", "team")}
    partners = tuple(p.strip() for p in st.session_state["new-partners"].split(",") if p.strip())
    return NewPerson(
        username=st.session_state["new-username"],
        password=st.session_state["new-password"],
        partners=partners,
        **said,
    )
