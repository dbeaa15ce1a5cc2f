"""How verdicts, subjects and their links look wherever the framework shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.cases.filter import CaseFilter, Params
from core.risk.framework import Outcome
from core.risk.framework_files import current_table
from core.risk.subjects import Kind, Subject
from core.settings import PROJECT_ROOT
from core.ui.format import escape
from core.ui.words import chip_label, chip_parts

ABOUT, SUBJECT, TITLE, RISK = "about", "subject", "title", "risk"  # in the address
VIEW, FRAMEWORK, REGISTER = "view", "framework", "register"
INVESTIGATION_PAGE = PROJECT_ROOT / "pages" / "investigation.py"
KIND_WORDS: Mapping[Kind, str] = {
    Kind.SURGE: "Surge",
    Kind.CASE_GROUP: "Group of cases",
    Kind.PARTNER: "Partner",
    Kind.RISK: "Risk",
}
# Red and amber belong to breached and at risk; a verdict is told by its icon and word.
ICONS = (":material/visibility:", ":material/forum:", ":material/search:", ":material/campaign:")
COLOURS = ("#6b7580", "#4f7299", "#2f72dc", "#1d4f9e")
UNASSESSED = "not assessed"


def icon_of(rank: int) -> str:
    """The icon of a verdict by its rank; a longer ladder keeps the last one."""
    return ICONS[min(rank, len(ICONS) - 1)]


def verdict_words(outcome: Outcome | None) -> str:
    """The verdict to act on: ``Investigate``."""
    return _words(outcome.verdict if outcome else UNASSESSED)


def verdict_column() -> Any:
    """Verdicts of a table as marks with their word."""
    ladder = [verdict.key for verdict in current_table().verdicts]
    words = [_words(verdict) for verdict in (*ladder, UNASSESSED)]
    colours = [COLOURS[min(rank, len(COLOURS) - 1)] for rank in range(len(ladder))]
    return st.column_config.MultiselectColumn(
        "Verdict", options=words, color=[*colours, "#8a929b"], width=110
    )


def range_words(outcome: Outcome | None) -> str:
    """What the table says, where that is more than the verdict to act on."""
    if outcome is None or outcome.by_table.words == outcome.verdict:
        return ""
    said = outcome.by_table.words
    return f"overridden, table: {said}" if outcome.override else said


def title_of(subject: Subject) -> str:
    """Its title, or its kind where the reader may not know the title."""
    return subject.title or KIND_WORDS[subject.kind]


def scope_words(filter_: CaseFilter) -> str:
    """The scope of cases in words."""
    return " · ".join(chip_label(filter_, part) for part in chip_parts(filter_)) or "all open cases"


def scope_line(filter_: CaseFilter) -> None:
    """The scope of cases, one grey mark for each part."""
    with st.container(horizontal=True, gap="xsmall", key="scope-line"):
        for part in chip_parts(filter_) or [""]:
            words = chip_label(filter_, part) if part else "All open cases"
            st.badge(escape(words), color="gray")


def address_of(subject: Subject) -> Params:
    """The parameters of the page where a subject is assessed."""
    return {
        VIEW: FRAMEWORK,
        ABOUT: subject.kind.value,
        SUBJECT: subject.key,
        TITLE: subject.title,
        **subject.filter.to_params(),
    }


def go_to_subject(subject: Subject) -> None:
    """Open the assessment of a subject; in a callback."""
    st.query_params.from_dict(address_of(subject))


def go_to_risk(ref: str) -> None:
    """Open a risk of the register; in a callback."""
    st.query_params.from_dict({VIEW: REGISTER, RISK: ref})


def go_to_overview() -> None:
    """Let go of the subject and of its cases; in a callback."""
    st.query_params.from_dict({VIEW: FRAMEWORK})


def investigation_link(subject: Subject) -> None:
    """The way to a new investigation of the subject, where there is such a page."""
    if not INVESTIGATION_PAGE.exists() or not subject.title:
        return
    params = {"question": subject.title, **subject.filter.to_params()}
    st.page_link(
        INVESTIGATION_PAGE,
        label="Open an investigation",
        icon=":material/travel_explore:",
        query_params=params,
    )


def verdict_head(verdict: str, rank: int, beside: str = "") -> None:
    """A verdict large, and beside it what makes it less than certain."""
    line = st.container(horizontal=True, vertical_alignment="center", gap="small", width="content")
    with line:
        st.markdown(f"### {icon_of(rank)} {escape(verdict)}", width="content")
        if beside:
            st.caption(escape(beside), width="content")


def _words(verdict: str) -> str:
    return verdict.replace("_", " ").capitalize()
