"""The two states of a gap as tracks: what was answered and what was done, each with its days."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.desk.gap_views import GapDossier
from core.gaps.workflow import Axis, first_states, moves
from core.ui.format import escape
from core.ui.gaps.gap_words import implementation_badge, response_badge

AXES: tuple[tuple[Axis, str], ...] = (
    ("response", "Response"),
    ("implementation", "Implementation"),
)


def tracks(view: GapDossier) -> None:
    """Each axis from its first state to the one of now."""
    for axis, title in AXES:
        steps = [_step(axis, *one) for one in _passed(view, axis)]
        st.markdown(f"**{title}**  \n{' → '.join(steps)}")


def _passed(view: GapDossier, axis: Axis) -> Iterator[tuple[str, str, str]]:
    """State, day and person of each step, oldest first."""
    gap = view.gap
    yield first_states().on(axis), f"{gap.proposed_at:%Y-%m-%d}", gap.proposed_by
    for entry in reversed(view.log):
        move = moves().get(entry.act)
        if move and move.axis == axis:
            yield entry.value, f"{entry.at:%Y-%m-%d}", entry.by


def _step(axis: Axis, state: str, day: str, by: str) -> str:
    badge = response_badge(state) if axis == "response" else implementation_badge(state)
    return f"{badge} :small[{escape(day)} {escape(by)}]"
