"""What became of the rows of a file: how many of each kind, and those that were refused."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.ui.format import count, plural

SAMPLE = 20


def row_tiles(counts: Mapping[str, int]) -> None:
    """One tile for each kind, in their order."""
    grid = st.grid(len(counts), min_column_width=110, gap="xsmall")
    for label, number in counts.items():
        with grid:
            st.metric(label, count(number), border=True, help="Rows of the file")


def refused_rows(rejects: pd.DataFrame, rejected: int, key: str) -> None:
    """The first refused rows with place and reason; nothing where there is none."""
    if not rejected:
        return
    first = f", the first {SAMPLE}" if rejected > SAMPLE else ""
    st.markdown(f"**{plural(rejected, 'rejected row')}{first}**")
    st.dataframe(
        rejects.head(SAMPLE).rename(columns=str.capitalize),
        hide_index=True,
        key=key,
        alt="Rejected rows with line, field, value, reason and hint",
    )
