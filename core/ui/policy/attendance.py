"""Who was asked to confirm an update: how many for everybody, by name for who follows up on it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk import policy_acts as acts
from core.desk.policy_update import UpdateView
from core.policy.feed import Attendance, Member
from core.taxonomy import taxonomy
from core.ui.flash import attempt
from core.ui.format import escape, plural, relative
from core.ui.policy.policy_words import roles_words
from core.ui.state import the_desk


def attendance(view: UpdateView, person: Person) -> None:
    """Roles that are asked, how many are missing, and by name where that may be seen."""
    line, update = view.line, view.line.update
    if not update.roles or update.withdrawn_at:
        return
    with st.container(border=True, gap="xsmall", key="attendance"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("### Who has read it", width="stretch")
            if view.attendance and view.attendance.missing and not view.line.is_past:
                st.button(
                    f"Remind {len(view.attendance.missing):,}",
                    icon=":material/notifications:",
                    key="remind",
                    help="Puts a note above the feed of those who are missing; it is recorded",
                    on_click=partial(_remind, person, update.ref),
                )
        confirmed = line.asked_count - line.missing_count
        st.caption(
            f"{confirmed:,} of {line.asked_count:,} confirmed it. Asked: "
            f"{escape(roles_words(update.roles))}."
            + (" It waits for nobody any more." if view.line.is_past else "")
        )
        if view.attendance:
            for role in update.roles:
                _role(view.attendance, role, view)


def _role(found: Attendance, role: str, view: UpdateView) -> None:
    everybody = [one for one in found.asked if one.role == role]
    missing = [one for one in found.missing if one.role == role]
    label = taxonomy().label("roles", role)
    if not everybody:
        return
    if not missing:
        st.markdown(f":material/task_alt: **{label}**: all {len(everybody):,}")
        return
    names = ", ".join(_name(found, one, view) for one in missing)
    st.markdown(
        f":material/pending: **{label}**: {len(missing):,} of {len(everybody):,} missing "
        f":gray[· {escape(names)}]"
    )


def _name(found: Attendance, one: Member, view: UpdateView) -> str:
    reminded = found.reminded.get(one.username)
    return (
        f"{one.name} (reminded {relative(reminded.at, view.impact.at)})" if reminded else one.name
    )


def _remind(person: Person, ref: str) -> None:
    def act() -> str:
        number = acts.remind(the_desk(), person, ref)
        return f"{plural(number, 'person', 'people')} reminded."

    attempt(act)
