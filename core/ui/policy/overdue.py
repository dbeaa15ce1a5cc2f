"""A line in the frame of every page: how many policy updates the person should have confirmed."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.policy_feed import overdue_count
from core.ui.format import plural

COUNTED = "desk.overdue"


def overdue_link(desk: Desk, person: Person, page: st.Page | None) -> None:
    """The way to the feed, when something is overdue there; counted anew after every write."""
    if page is None:
        return
    # A day begins something overdue, a write ends it; in between the number stays.
    key = (person.username, person.role, desk.store.seq(), desk.clock.now().date())
    kept: tuple[object, int] | None = st.session_state.get(COUNTED)
    if kept is None or kept[0] != key:
        kept = (key, overdue_count(desk, person))
        st.session_state[COUNTED] = kept
    if kept[1]:
        with st.container(key="related-overdue"):
            st.page_link(
                page,
                label=f"{plural(kept[1], 'update')} to confirm",
                icon=":material/alarm:",
                query_params={"unread": "1"},
            )
