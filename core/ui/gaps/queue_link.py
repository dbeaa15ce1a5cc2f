"""Linking cases of the queue to a gap: a mode in which rows are ticked, with the form above them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import MOST_REFS, CaseFilter, Segment
from core.desk.queue import QueueView
from core.ui.gaps.linking import ICON, LABEL, Source, link_form, which_cases
from core.ui.tables import Ticks
from core.ui.undoable import tell_undoable

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
        every = Source("All cases of this list", view.total, case_filter)
        named = CaseFilter(segment=Segment.ALL, cases=ticked)
        sources = [Source("Ticked cases", len(ticked), named), every] if ticked else [every]
        cases = which_cases(KEY, sources)
        link_form(person, KEY, cases, is_wide=True)
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
    ticked = (*(ref for ref in _ticked() if ref not in set(shown)), *chosen)
    # A filter names no more; who wants more takes the whole list.
    st.session_state[TICKED] = ticked[-MOST_REFS:]
