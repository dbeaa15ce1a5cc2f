"""The register of perceived risks, by verdict: owner, next review, cases, and the acts on one risk."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.cases.windows import day_of
from core.clock import to_micros
from core.desk.risk_register import Register, RiskLine, register_view
from core.ui import states
from core.ui.address import choose_one, read_one, seed
from core.ui.case_link import go_to_queue
from core.ui.flash import tell
from core.ui.format import DASH, plural
from core.ui.heads import copy_link, page_head
from core.ui.risk.framework_marks import (
    RISK,
    range_words,
    scope_words,
    title_of,
    verdict_column,
    verdict_words,
)
from core.ui.risk.register_form import by_hand_act
from core.ui.risk.register_risk import show_risk
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

CLOSED, WITH_CLOSED = "closed", ("no", "yes")  # in the address; the first without it
OVERDUE, CLOSED_WORD, PLANNED = "Overdue", "Closed", "Planned"
REVIEWS = {OVERDUE: "#b36b00", PLANNED: "#6b7580", CLOSED_WORD: "#6b7580"}
HIGHEST = 560
BESIDE_A_RISK = ("risk", "verdict", "review", "on", "cases")  # the rest stands in the risk itself
ALL_COLUMNS = (*BESIDE_A_RISK, "owner", "range", "last", "scope")


def show_register(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """Read once, then arrange: the risks, and beside them the chosen one."""
    closed, unusable = read_one(CLOSED, WITH_CLOSED)
    view = register_view(the_desk(), person, the_zone(person), with_closed=closed == "yes")
    head = page_head(
        "Perceived risks", view.at, view.zone, view.version, is_refreshing=view.is_refreshing
    )
    with head:
        by_hand_act(person, case_filter)
        copy_link()
    tell()
    for notice in (*ignored, *unusable):
        st.warning(notice, icon=":material/info:")
    _line(view)
    chosen = next((x for x in view.lines if x.risk.ref == st.query_params.get(RISK, "")), None)
    if not view.lines:
        hint = "A risk comes here from an assessment, or by hand."
        states.empty("No risk stands on the register.", hint)
    elif chosen is None:
        _listing(view)
        if RISK in st.query_params:
            states.empty("This risk was not found.", "It may be closed, or outside of your scope.")
    else:
        listing, beside = st.columns([3, 2], gap="small")
        with listing:
            _listing(view, BESIDE_A_RISK)
        with beside, st.container(border=True, gap="xsmall", key="risk-detail"):
            show_risk(person, chosen, view.zone)


def _line(view: Register) -> None:
    """What the register holds, and whether closed risks are shown."""
    shown = [line for line in view.lines if line.risk.is_open]
    parts = [plural(len(shown), "open risk")]
    overdue = sum(line.is_overdue for line in shown)
    unassessed = sum(line.outcome is None for line in shown)
    if overdue:
        parts.append(f"{plural(overdue, 'review')} overdue")
    if unassessed:
        parts.append(f"{unassessed} not assessed")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = "; then by the rest of its range and the next review"
        st.caption(f"{' · '.join(parts)}. In the order of their verdict{said}.", width="stretch")
        seed("register-closed", read_one(CLOSED, WITH_CLOSED)[0] == "yes")
        st.toggle(f"Closed too ({view.closed_count})", key="register-closed", on_change=_turn)


def _turn() -> None:
    choose_one(CLOSED, "yes" if st.session_state["register-closed"] else "no", WITH_CLOSED)


def _listing(view: Register, columns: tuple[str, ...] = ALL_COLUMNS) -> None:
    lines = view.lines

    def open_risk(row: int) -> None:
        st.query_params[RISK] = lines[row].risk.ref

    def open_cases(row: int) -> None:
        go_to_queue(lines[row].risk.subject.filter)

    counted = "Cases of its scope that you may see, counted now; click to open them"
    acts = {
        "risk": Act("Risk", open_risk, 256, "Click to open the risk beside the list", pinned=True),
        "cases": Act("Cases", open_cases, 58, counted, "right"),
    }
    alt = f"{plural(len(lines), 'risk')} in the order of their verdict"
    shown = _readable(view)[list(columns)]
    click_list(shown, "register", alt, acts, _columns(), highest=HIGHEST)


def _readable(view: Register) -> pd.DataFrame:
    lines = view.lines
    return pd.DataFrame(
        {
            "risk": [f"{line.risk.ref} {title_of(line.risk.subject)}" for line in lines],
            "verdict": [[verdict_words(line.outcome)] for line in lines],
            "review": [[_review(line)] for line in lines],
            "on": [f"{line.risk.next_review_on:%Y-%m-%d}" for line in lines],
            "cases": [f"{line.case_count:,}" for line in lines],
            "owner": [line.risk.owner or "nobody" for line in lines],
            "range": [range_words(line.outcome) or DASH for line in lines],
            "last": [_last(line, view.zone) for line in lines],
            "scope": [scope_words(line.risk.subject.filter) for line in lines],
        }
    )


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "verdict": verdict_column(),
        "range": column.TextColumn("Table says", width=156),
        "owner": column.TextColumn("Owner", width=84),
        "review": column.MultiselectColumn(
            "Review", options=list(REVIEWS), color=list(REVIEWS.values()), width=84
        ),
        "on": column.TextColumn("Next review", width=92),
        "last": column.TextColumn("Assessed", width=136),
        "scope": column.TextColumn("Scope", width=110),
    }


def _review(line: RiskLine) -> str:
    if not line.risk.is_open:
        return CLOSED_WORD
    return OVERDUE if line.is_overdue else PLANNED


def _last(line: RiskLine, zone: str) -> str:
    if line.last is None:
        return DASH
    return f"{line.last.ref} · {day_of(to_micros(line.last.assessment.at), zone)}"
