"""The top of list and board: what is late for the person who looks, and proposing a gap."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk.gap_views import GapAsk, GapLine, GapList
from core.ui.case_link import open_gap
from core.ui.flash import tell
from core.ui.format import escape, exact, plural
from core.ui.gap.gap_words import late_words, title_of
from core.ui.gaps.gap_address import change
from core.ui.gaps.gap_filters import chips, line
from core.ui.gaps.linking import NEW
from core.ui.heads import copy_link
from core.ui.state import the_zone

MOST_NAMED = 3


def top(person: Person, view: GapList, ask: GapAsk, ignored: list[str]) -> None:
    """Title, what is late, and the filters."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-head"):
        st.markdown("# Policy gaps", width="stretch")
        st.caption(f"as of {exact(view.at, the_zone(person))}", width="content")
        if view.can_propose:
            st.button("Propose a gap", icon=":material/add:", key="gap-new", on_click=_propose)
        copy_link("gaps")
    tell()
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    _late(view.late)
    line(view, ask)
    chips(ask)


def _propose() -> None:
    st.query_params.from_dict({NEW: ""})


def _late(late: tuple[GapLine, ...]) -> None:
    """What the person answers for and is late, the longest first."""
    if not late:
        return
    with st.container(border=True, gap=None, key="gaps-late"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f":red[:material/alarm:] **{plural(len(late), 'gap')} you answer for "
                f"{'is' if len(late) == 1 else 'are'} overdue**",
                width="stretch",
            )
            if len(late) > MOST_NAMED:
                st.button(
                    "Show all overdue", type="tertiary", key="gaps-late-all", on_click=_show_late
                )
        for one in late[:MOST_NAMED]:
            st.button(
                escape(f"{one.gap.ref} {title_of(one.gap)} · {late_words(one.overdue[0])}"),
                type="tertiary",
                key=f"late-{one.gap.ref}",
                on_click=open_gap,
                args=(one.gap.ref,),
            )


def _show_late() -> None:
    change(is_overdue=True)
