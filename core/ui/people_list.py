"""Everybody who may or might sign in, as a table in which one person can be ticked."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.desk.people import PersonLine
from core.taxonomy import taxonomy
from core.ui.format import plural

SHOWN_AT_ONCE = 17


def listing(lines: Sequence[PersonLine]) -> PersonLine | None:
    """Everybody; the ticked one is given back."""
    event = st.dataframe(
        pd.DataFrame(
            {
                "Username": [p.username for p in lines],
                "Name": [p.name for p in lines],
                "Role": [taxonomy().label("roles", p.role) for p in lines],
                "Team": [p.team for p in lines],
                "May sign in": [sign_in_words(p) for p in lines],
                "Open sessions": [p.session_count for p in lines],
                "Time zone": [p.zone for p in lines],
                "Serves": [partners_words(p) for p in lines],
            }
        ),
        hide_index=True,
        height="content" if len(lines) <= SHOWN_AT_ONCE else 560,
        key="people",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Open sessions": st.column_config.NumberColumn(width=104)},
        alt=f"{len(lines)} people who may or might sign in",
    )
    ticked = event["selection"]["rows"]
    return lines[ticked[0]] if ticked and ticked[0] < len(lines) else None


def sign_in_words(line: PersonLine) -> str:
    """Whether somebody can sign in now, in words."""
    if not line.is_active:
        return "No, disabled"
    return "Not now: locked after wrong passwords" if line.is_locked else "Yes"


def partners_words(line: PersonLine) -> str:
    """How many partners somebody is held to; which ones stands beside the acts on that person."""
    if line.role != "partner_manager":
        return ""
    return plural(len(line.partners), "partner") if line.partners else "none yet"
