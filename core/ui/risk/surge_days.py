"""The last days of the surges: each day of a series that rose, with the way to its cases."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.desk.surges import SurgesView
from core.risk.day_alarms import DayAlarm
from core.risk.detector_settings import detectors
from core.ui.case_link import go_to_queue
from core.ui.format import plural, share
from core.ui.risk.surge_words import amount, series_name
from core.ui.tables import Act, click_list

HIGHEST = 216


def days(view: SurgesView) -> None:
    """The newest day first; a click on a count opens the cases of that day."""
    told = view.days
    first, last = told.days[0], told.days[-1]
    with st.container(border=True, gap="xsmall"):
        found = plural(len(told.alarms), "alarm") if told.alarms else "nothing rose"
        st.markdown(f"**Last days** · {first:%d %b} to {last:%d %b}: {found}")
        st.caption(_note(view))
        if told.alarms:
            _listing(view)


def _note(view: SurgesView) -> str:
    """Which rules judge, and how often they are wrong."""
    told, settings = view.days, detectors().ears_days
    if not told.judged:
        return (
            f"Not judged: {settings.baseline + settings.lag} days of each kind, working and rest, "
            "must lie before."
        )
    return (
        f"EARS C1, C2 and C3 against the last {settings.baseline} days of the same kind, working "
        f"or rest; up to {share(settings.reached_share[1], digits=1)} of quiet days alarm: up to "
        f"{told.likely_false(settings):.1f} false alarms among these {told.judged:,} verdicts."
    )


def _listing(view: SurgesView) -> None:
    alarms = view.days.alarms
    rows = pd.DataFrame(
        {
            "on": [f"{one.on:%a %d %b}" for one in alarms],
            "name": [series_name(one.value) for one in alarms],
            "cases": [f"{one.count:,}" for one in alarms],
            "says": [_says(one) for one in alarms],
            "expected": [amount(one.expected) for one in alarms],
            "upper": [amount(one.upper) for one in alarms],
        }
    )
    text = st.column_config.TextColumn
    columns = {
        "on": text("Day", width=84),
        "name": text("Abuse type", width=146),
        "says": text("Verdict", width=168),
        "expected": text("Expected", width=70, alignment="right"),
        "upper": text("Bound", width=56, alignment="right"),
    }
    opened = Act(
        "Cases",
        lambda row: go_to_queue(view.day_filter(alarms[row])),
        52,
        "Click to open these cases in the queue",
        "right",
    )
    alt = f"{plural(len(alarms), 'alarm')} of the last days with count, expectation and verdict"
    click_list(rows, "days-table", alt, {"cases": opened}, columns, highest=HIGHEST)


def _says(one: DayAlarm) -> str:
    rules = ", ".join(one.rules)
    return f"Above bound ({rules})" if one.is_above else f"Rise goes on ({rules})"
