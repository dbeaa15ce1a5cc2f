"""The partner's own conduct, apart from the service that it gets and never part of health."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.charts.conduct import conduct_chart, conduct_mark
from core.desk.partner import Partner
from core.desk.partner_conduct import ConductView, conduct_view
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.case_link import go_to_queue
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import day, plural
from core.ui.state import the_desk
from core.ui.tables import Act, click_list

LIST_HEIGHT = 250


def show_conduct(person: Person, partner: Partner) -> None:
    """Violations that stand, by month, action and abuse type."""
    view = conduct_view(the_desk(), person, partner)
    with st.container(border=True, gap="xsmall", key="partner-conduct"):
        st.markdown("### The partner's own conduct")
        st.caption(
            "Apart from the service above: nothing here enters health, and a partner is not served "
            "better or worse for it. A violation stands where our last decision kept or changed an "
            "action against the content; what was reversed is not counted. By month of receipt, "
            "the last "
            f"{view.rules.months} months."
        )
        if not view.total:
            states.empty("No violation stands against this partner in these months.")
            return
        st.button(
            plural(view.total, "violation"),
            key="conduct-all",
            icon=":material/inbox:",
            on_click=go_to_queue,
            args=(view.filter,),
        )
        _chart(view)
        actions, repeated = st.columns(2, gap="small")
        with actions:
            _actions(view)
        with repeated:
            _repeated(view)


def _actions(view: ConductView) -> None:
    actions = view.actions

    def open_cases(row: int) -> None:
        go_to_queue(actions[row][2])

    rows = pd.DataFrame(
        {
            "action": [taxonomy().label("enforcement_actions", name) for name, _, _ in actions],
            "cases": [f"{count:,}" for _, count, _ in actions],
        }
    )
    click_list(
        rows,
        "conduct-actions",
        "Actions that stand, by type",
        {"cases": Act("Cases", open_cases, 60, "Click to open these cases", "right")},
        {"action": st.column_config.TextColumn("Action that stands", width=220)},
        highest=LIST_HEIGHT,
    )


def _chart(view: ConductView) -> None:
    drawing = conduct_chart(view.marks, [f"{month:%Y-%m}" for month in view.months])
    with chart_head("Actions that stand", "by month of receipt, UTC; a click opens the cases"):
        table_behind(drawing, "conduct-table")
    show(drawing, "conduct", partial(_pick, view))


def _repeated(view: ConductView) -> None:
    lines = view.repeated
    if not lines:
        st.caption("No abuse type is repeated.")
        return

    def open_cases(row: int) -> None:
        go_to_queue(lines[row].filter)

    rows = pd.DataFrame(
        {
            "type": [taxonomy().label("abuse_types", one.abuse_type) for one in lines],
            "cases": [f"{one.count:,}" for one in lines],
            "last": [day(one.last_at) for one in lines],
        }
    )
    text = st.column_config.TextColumn
    click_list(
        rows,
        "conduct-repeated",
        "Repeated violations by abuse type",
        {"cases": Act("Cases", open_cases, 60, "Click to open these cases", "right")},
        {"type": text("Repeated abuse type", width=190), "last": text("Last received", width=116)},
        highest=LIST_HEIGHT,
    )


def _pick(view: ConductView, picked: Mapping[str, Any]) -> None:
    mark = conduct_mark(view.marks, picked)
    if mark:
        go_to_queue(mark.filter)
