"""People: who may sign in with which role, and ending their sessions; each act is recorded."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk import people
from core.desk.people import PersonLine
from core.ui import person_form
from core.ui.flash import attempt, tell
from core.ui.format import plural
from core.ui.people_list import listing
from core.ui.person_form import ROLES, role_words
from core.ui.state import the_desk, the_person


def page() -> None:
    """The list, what can be done with the chosen person, and adding one."""
    person = the_person()
    lines = people.list_people(the_desk(), person)
    with st.container(horizontal=True, vertical_alignment="bottom", key="desk-head"):
        st.markdown("# People", width="stretch")
        st.button("Add a person", icon=":material/person_add:", key="add", on_click=ask_for_new)
    tell()
    chosen = listing(lines)
    if st.session_state.get("admin-adding"):
        person_form.show(add, person, on_cancel=ask_for_new)
    elif chosen is None:
        st.caption("Tick a person to change their role, end their sessions or disable them.")
    else:
        acts(person, chosen)


def acts(person: Person, line: PersonLine) -> None:
    """What can be done with one person."""
    with st.container(border=True, key="admin-acts"):
        st.text(f"{line.name} ({line.username})")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.selectbox(
                "Role",
                ROLES,
                index=ROLES.index(line.role) if line.role in ROLES else None,
                format_func=role_words,
                key=f"role-{line.username}",
                width=220,
            )
            st.button("Set role", on_click=set_role, args=(person, line), key="set-role")
            st.button("End sessions", on_click=end, args=(person, line), key="end-sessions")
            words = "Disable" if line.is_active else "Enable"
            st.button(words, on_click=switch, args=(person, line), key="switch")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            if line.role == "partner_manager":
                key = f"partners-{line.username}"
                st.text_input(
                    "Serves these partners",
                    ", ".join(line.partners),
                    key=key,
                    help="Names or references, with commas between",
                    width="stretch",
                )
                st.button("Set partners", on_click=serve, args=(person, line), key="set-partners")
            key = f"password-{line.username}"
            st.text_input("New password", type="password", key=key, width=220)
            st.button("Set password", on_click=renew, args=(person, line), key="set-password")
        st.caption("A new role or password and disabling end the sessions of that person at once.")


def ask_for_new() -> None:
    """Show the form, or put it away."""
    st.session_state["admin-adding"] = not st.session_state.get("admin-adding")


def add(person: Person) -> None:
    """Add the person that the form describes."""
    new = person_form.filled()

    def act() -> str:
        people.add_person(the_desk(), person, new)
        st.session_state["admin-adding"] = False
        return f"{new.username} may sign in now."

    attempt(act)


def set_role(person: Person, line: PersonLine) -> None:
    """Give the person another role."""
    role = st.session_state[f"role-{line.username}"]
    attempt(lambda: _ended(people.set_role(the_desk(), person, line.username, role), line))


def serve(person: Person, line: PersonLine) -> None:
    """Say which partners a partner manager serves."""
    said = st.session_state[f"partners-{line.username}"].split(",")
    partners = [p.strip() for p in said if p.strip()]

    def act() -> str:
        served = people.set_partners(the_desk(), person, line.username, partners)
        return f"{line.username} serves {plural(served, 'partner')} now."

    attempt(act)


def renew(person: Person, line: PersonLine) -> None:
    """Give the person another password, which is told to them by other means."""
    password = st.session_state[f"password-{line.username}"]
    attempt(lambda: _ended(people.set_password(the_desk(), person, line.username, password), line))


def end(person: Person, line: PersonLine) -> None:
    """Sign the person out everywhere."""
    attempt(lambda: _ended(people.end_sessions(the_desk(), person, line.username), line))


def switch(person: Person, line: PersonLine) -> None:
    """Disable or enable the person."""

    def act() -> str:
        if line.is_active:
            return _ended(people.disable_person(the_desk(), person, line.username), line)
        people.enable_person(the_desk(), person, line.username)
        return f"{line.username} may sign in again."

    attempt(act)


def _ended(sessions: int, line: PersonLine) -> str:
    return f"Done for {line.username}; {plural(sessions, 'session')} ended."


page()
