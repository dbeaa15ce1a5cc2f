"""Shows a drawing: a chart that can be clicked, with the same figures as a table behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.charts.model import PICK, Drawing

TABLE_WIDTH = 560
Picked = Callable[[Mapping[str, Any]], None]


def show(drawing: Drawing, key: str, on_pick: Picked | None = None) -> None:
    """Draw the chart; a click on a mark calls ``on_pick`` with the fields of that mark."""
    if drawing.is_empty:
        st.caption(f"Nothing to draw. {drawing.summary}.")
        return
    # A click replaces the element, so that the same mark can be clicked again later.
    clicks = st.session_state.setdefault(f"{key}-clicks", 0)
    current = f"{key}-{clicks}"
    clickable = drawing.can_be_clicked and on_pick is not None
    st.vega_lite_chart(
        drawing.frame,
        dict(drawing.spec),
        key=current,
        on_select=_taker(key, current, on_pick) if clickable and on_pick else "ignore",
        selection_mode=PICK if clickable else None,
        alt=drawing.alt,
    )


@contextmanager
def chart_head(title: str, note: str) -> Iterator[None]:
    """What a chart shows and how it is to be read, and at the right end what the block adds."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(f"**{title}**  \n:small[{note}]", width="stretch")
        yield


def table_behind(drawing: Drawing, key: str) -> None:
    """The figures of the chart as a table, built only while somebody looks at it."""
    inside = st.popover("Table", type="tertiary", key=key, on_change="rerun")
    if inside.open:
        with inside:
            st.dataframe(drawing.table(), hide_index=True, width=TABLE_WIDTH, alt=drawing.summary)


def _taker(key: str, current: str, on_pick: Picked) -> Callable[[], None]:
    def take() -> None:
        picked = st.session_state[current]["selection"].get(PICK)
        st.session_state[f"{key}-clicks"] += 1
        if picked:
            on_pick(picked[0])

    return take
