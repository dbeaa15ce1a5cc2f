"""What the surges show, kept in the address: the week and the finding whose cases are listed."""

from __future__ import annotations

import streamlit as st

from core.desk.surges import SeenFinding, SurgesView
from core.ui.address import seed
from core.ui.risk.surge_words import week_words

WEEK, FINDING = "week", "finding"


def read_week() -> str:
    """The week that the address names; '' is the last complete one."""
    return st.query_params.get(WEEK, "")


def choices(view: SurgesView) -> None:
    """The week to look at."""
    names = {week.name: week_words(week) for week in view.weeks}
    seed("surge-week", view.week.name)
    st.selectbox(
        "Week",
        list(names),
        format_func=lambda name: names[name],
        key="surge-week",
        width=330,
        on_change=_take_week,
        args=(next(week.name for week in view.weeks if not week.is_running),),
    )


def _take_week(last: str) -> None:
    chosen = str(st.session_state["surge-week"])
    st.query_params.pop(FINDING, None)
    if chosen == last:
        st.query_params.pop(WEEK, None)
    else:
        st.query_params[WEEK] = chosen


def pick_finding(key: str) -> None:
    """List the cases of a finding."""
    st.query_params[FINDING] = key


def chosen_finding(view: SurgesView) -> SeenFinding | None:
    """The finding of the address, else the first that nobody has dismissed."""
    named = view.finding(st.query_params.get(FINDING, ""))
    return named or next(iter(view.standing), None)
