"""The prioritisation framework: what was assessed last, and the table that gives the verdicts."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.audit.chain import canonical
from core.cases.filter import CaseFilter
from core.desk.assessments import AssessmentLine, recent_assessments
from core.risk.framework_files import current_table
from core.risk.subjects import LONGEST_TITLE, Kind
from core.ui import states
from core.ui.flash import tell
from core.ui.format import exact, plural
from core.ui.heads import copy_link
from core.ui.risk import framework_table
from core.ui.risk.framework_form import show_subject
from core.ui.risk.framework_marks import (
    ABOUT,
    FRAMEWORK,
    KIND_WORDS,
    SUBJECT,
    TITLE,
    VIEW,
    go_to_subject,
    range_words,
    title_of,
    verdict_column,
    verdict_words,
)
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

HIGHEST = 340


def show_framework(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """One subject where the address names it, else the framework as a whole."""
    if ABOUT in st.query_params:
        show_subject(person, case_filter, ignored)
        return
    table = current_table()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("# Prioritisation framework", width="stretch")
        st.caption(f"{table.name} {table.version} of {table.decided_on}", width="content")
        copy_link()
    tell()
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    _recent(person, case_filter)
    framework_table.show(table)


def _recent(person: Person, case_filter: CaseFilter) -> None:
    lines = recent_assessments(the_desk(), person)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Last assessments**", width="stretch")
            if may(person, "risk.write"):
                _ask_for_subject(case_filter)
        if not lines:
            hint = "Assess a surge from its finding, or a partner or group of cases from here."
            states.empty("Nothing has been assessed yet.", hint)
            return
        _listing(lines, the_zone(person))


def _listing(lines: tuple[AssessmentLine, ...], zone: str) -> None:
    about = Act(
        "About",
        lambda row: go_to_subject(lines[row].subject),
        300,
        "Click to read it or to assess it again",
        pinned=True,
    )
    text = st.column_config.TextColumn
    columns = {
        "verdict": verdict_column(),
        "range": text("Table says", width=190),
        "kind": text("Kind", width=110),
        "by": text("By", width=100),
        "at": text("When", width=160),
        "ref": text("Ref", width=70),
        "vector": text("Vector", width=300),
    }
    alt = f"The last {plural(len(lines), 'assessment')}"
    click_list(_readable(lines, zone), "recent", alt, {"about": about}, columns, highest=HIGHEST)


def _readable(lines: tuple[AssessmentLine, ...], zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "about": [title_of(line.subject) for line in lines],
            "verdict": [[verdict_words(line.outcome)] for line in lines],
            "range": [range_words(line.outcome) for line in lines],
            "kind": [KIND_WORDS[line.subject.kind] for line in lines],
            "by": [line.assessment.by for line in lines],
            "at": [exact(line.assessment.at, zone) for line in lines],
            "ref": [line.ref for line in lines],
            "vector": [line.outcome.vector for line in lines],
        }
    )


def _ask_for_subject(case_filter: CaseFilter) -> None:
    inside = st.popover("Assess", icon=":material/balance:", key="assess-new", on_change="rerun")
    if not inside.open:
        return
    with inside:
        st.text_input("Title", key="new-subject-title", max_chars=LONGEST_TITLE)
        st.text_input(
            "Partner, if it is about one", key="new-subject-partner", placeholder="P-0001"
        )
        st.caption("Its cases are those of the filter in the address; without one, all open cases.")
        st.button("Go on", type="primary", on_click=_begin, args=(case_filter,), key="new-subject")


def _begin(case_filter: CaseFilter) -> None:
    partner = st.session_state["new-subject-partner"].strip()
    title = st.session_state["new-subject-title"].strip()
    params = case_filter.to_params()
    digest = hashlib.sha256(canonical([title, repr(sorted(params.items()))]).encode()).hexdigest()
    kind, key = (Kind.PARTNER, partner) if partner else (Kind.CASE_GROUP, digest[:12])
    st.query_params.from_dict(
        {VIEW: FRAMEWORK, ABOUT: kind.value, SUBJECT: key, TITLE: title, **params}
    )
