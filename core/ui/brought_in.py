"""What was brought in from a file: its rejected rows as a file again, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from core.desk.export import escaped
from core.ui.flash import attempt
from core.ui.format import plural


@dataclass(frozen=True)
class TakingBack:
    """How something is taken back: the button's words, what is said before it, and doing it."""

    key: str
    words: str
    title: str
    changes: str
    yes: str
    act: Callable[[], str]


def acts(
    ref: str,
    rejected: int,
    rejects: Callable[[], pd.DataFrame],
    taking_back: TakingBack | None,
) -> None:
    """What can be done with it; ``rejects`` is read when it is asked for."""
    with st.container(horizontal=True, gap="small"):
        if rejected:
            st.download_button(
                f"Download {plural(rejected, 'rejected row')}",
                data=lambda: rejects_csv(rejects()),
                file_name=f"rejected-{ref}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key="download-rejects",
            )
        if taking_back:
            st.button(
                taking_back.words,
                icon=":material/undo:",
                key=taking_back.key,
                on_click=_ask_before,
                args=(taking_back,),
            )


def rejects_csv(rows: pd.DataFrame) -> bytes:
    """Rejected rows as a file that a spreadsheet opens without running anything in it."""
    safe = rows.copy()
    for column in safe.columns:
        if safe[column].dtype != "int64":
            safe[column] = [escaped(str(cell)) for cell in safe[column]]
    return safe.to_csv(index=False).encode("utf-8-sig")


def _ask_before(taking_back: TakingBack) -> None:
    """Say what will change, then do it."""

    @st.dialog(taking_back.title, on_dismiss="rerun")
    def asking() -> None:
        st.write(taking_back.changes)
        key = f"{taking_back.key}-yes"
        done = partial(attempt, taking_back.act)
        if st.button(taking_back.yes, type="primary", key=key, on_click=done):
            st.rerun()  # the whole page: the dialog alone would stay open

    asking()
