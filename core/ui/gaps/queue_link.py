"""Linking cases of the queue to a gap: a mode in which rows are ticked, with the form above them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import CaseFilter, Segment
from core.desk.queue import QueueView
from core.ui.format import plural
from core.ui.gaps.linking import ICON, LABEL, link_form
from core.ui.partners.undoable import tell_undoable
from core.ui.tables import Ticks

KEY = "queue"
IS_ON = f"{KEY}-link"  # the mode; the form ends it when it is done
TICKED = "queue.ticked"


def link_button(person: Person) -> None:
    """Begins and ends the mode; not there for those who may not link."""
    if may(person, "gap.propose"):
        st.button(
            "Stop linking" if is_on(person) else LABEL,
            icon=":material/close:" if is_on(person) else ICON,
            key="queue-link-mode",
            on_click=_turn,
        )


def is_on(person: Person) -> bool:
    """True while rows are ticked to be linked."""
    return bool(st.session_state.get(IS_ON)) and may(person, "gap.propose")


def link_panel(person: Person, view: QueueView, case_filter: CaseFilter) -> Ticks | None:
    """What the last linking came to; in the mode also the form, and how the table keeps its ticks."""
    tell_undoable()
    if not is_on(person):
        st.session_state.pop(TICKED, None)
        return None
    if not view.total:
        return None
    ticked = _ticked()
    with st.container(border=True, gap="small", key="queue-linking"):
        everything = f"All {plural(view.total, 'case')} of this list"
        if not ticked:
            st.caption(f"{everything}; tick rows to link only these.")
            link_form(person, KEY, {everything: case_filter})
        else:
            named = CaseFilter(segment=Segment.ALL, cases=ticked)
            words = f"{plural(len(ticked), 'ticked case')}"
            link_form(person, KEY, {words: named, everything: case_filter})
    refs = list(view.rows["ref"])
    return Ticks(frozenset(ticked), lambda rows: _keep(refs, rows))


def _turn() -> None:
    st.session_state[IS_ON] = not st.session_state.get(IS_ON)


def _ticked() -> tuple[str, ...]:
    kept: tuple[str, ...] = st.session_state.get(TICKED, ())
    return kept


def _keep(shown: Sequence[str], rows: Sequence[int]) -> None:
    """Ticks of other pages stay."""
    chosen = [shown[row] for row in rows]
    st.session_state[TICKED] = (*(ref for ref in _ticked() if ref not in set(shown)), *chosen)
