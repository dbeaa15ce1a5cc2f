"""The two states of a gap as tracks: what was answered and what was done, each with its days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from core.cases.windows import day_of
from core.clock import to_micros
from core.desk.gap_views import GapDossier
from core.gaps.workflow import Axis, first_states, moves
from core.ui.format import escape
from core.ui.gap.gap_words import day_words, implementation_badge, response_badge

AXES: tuple[tuple[Axis, str], ...] = (
    ("response", "Response"),
    ("implementation", "Implementation"),
)


def tracks(view: GapDossier, zone: str) -> None:
    """Each axis from its first state to the one of now."""
    for axis, title in AXES:
        steps = [_step(axis, *one) for one in _passed(view, axis, zone)]
        st.markdown(f"**{title}**  \n{' → '.join(steps)}")


def _passed(view: GapDossier, axis: Axis, zone: str) -> Iterator[tuple[str, str, str]]:
    """State, day and person of each step, oldest first."""
    gap = view.gap
    yield first_states().on(axis), _day(gap.proposed_at, zone), gap.proposed_by
    for entry in reversed(view.log):
        move = moves().get(entry.act)
        if move and move.axis == axis:
            yield entry.value, _day(entry.at, zone), entry.by


def _day(at: datetime, zone: str) -> str:
    return day_words(day_of(to_micros(at), zone))


def _step(axis: Axis, state: str, day: str, by: str) -> str:
    badge = response_badge(state) if axis == "response" else implementation_badge(state)
    return f"{badge} :small[{day}\N{NO-BREAK SPACE}{escape(by)}]"
