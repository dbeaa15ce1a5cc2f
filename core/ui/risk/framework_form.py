"""Assessing one subject: a level, the reason and a link for each point, the verdict beside them live.

The address holds the levels; what is written stays with the person until it is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import CaseFilter
from core.desk.assessments import (
    LONGEST_EVIDENCE,
    LONGEST_SOURCE,
    Said,
    record_assessment,
)
from core.desk.risk_register import SubjectView, subject_view
from core.errors import BadInput, NotFound
from core.risk.framework_files import current_table
from core.risk.framework_model import FrameworkTable, Point
from core.risk.subjects import Asked, Subject
from core.ui import states
from core.ui.address import read_one
from core.ui.case_link import go_to_queue
from core.ui.flash import attempt, tell
from core.ui.format import escape, plural
from core.ui.heads import copy_link, page_head
from core.ui.risk.framework_history import show_history
from core.ui.risk.framework_marks import (
    ABOUT,
    KIND_WORDS,
    SUBJECT,
    TITLE,
    go_to_overview,
    investigation_link,
    scope_line,
    title_of,
)
from core.ui.risk.framework_result import show_reasons, show_verdict
from core.ui.risk.register_form import register_act
from core.ui.state import the_desk, the_zone
from core.ui.views import switch

UNKNOWN = "-"  # in the address and on the widget: a level that nobody knows
BEGUN = "assess-begun"  # which assessment the written reasons belong to
Levels = Mapping[str, str | None]


def show_subject(person: Person, case_filter: CaseFilter, ignored: list[str]) -> None:
    """Read once, then arrange: what it is about, the points beside their verdict, the history."""
    kind, key, title = (st.query_params.get(name, "") for name in (ABOUT, SUBJECT, TITLE))
    asked = Asked(kind, key, title, case_filter)
    try:
        view = subject_view(the_desk(), person, asked, the_zone(person))
    except NotFound:
        # A fragment shows its own failures: what it raises would not reach the shell.
        states.not_found()
        return
    except BadInput as refusal:
        states.refused(refusal)
        st.button("To the framework", on_click=go_to_overview)
        return
    table = current_table()
    levels, unusable = read_levels(table, view)
    _head(person, view)
    tell()
    for notice in (*ignored, *unusable):
        st.warning(notice, icon=":material/info:")
    if may(person, "risk.write"):
        _form(person, view, table, levels)
    show_history(person, view)


def read_levels(table: FrameworkTable, view: SubjectView) -> tuple[Levels, list[str]]:
    """The levels of the address; where it names none, those of the last assessment."""
    before: Levels = view.history[0].assessment.levels if view.history else {}
    levels: dict[str, str | None] = {}
    unusable: list[str] = []
    for point in table.all_points:
        if point.key not in st.query_params:
            kept = before.get(point.key)
            levels[point.key] = kept if kept in point.keys else None
            continue
        word, complaints = read_one(point.key, (UNKNOWN, *point.keys))
        levels[point.key] = None if word == UNKNOWN else word
        unusable += complaints
    return levels, unusable


def _head(person: Person, view: SubjectView) -> None:
    subject = view.subject
    title = escape(title_of(subject))
    with page_head(title, view.at, view.zone, view.version, is_refreshing=view.is_refreshing):
        copy_link()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Framework",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=go_to_overview,
            key="to-framework",
        )
        st.caption(KIND_WORDS[subject.kind], width="content")
        scope_line(subject.filter)
        st.button(
            f"Open {plural(view.case_count, 'case')} in the queue",
            icon=":material/inbox:",
            on_click=go_to_queue,
            args=(subject.filter,),
            key="subject-to-queue",
        )
        if may(person, "risk.write"):
            investigation_link(subject)
        register_act(person, view)


def _form(person: Person, view: SubjectView, table: FrameworkTable, levels: Levels) -> None:
    _begin(view, table)
    points, result = st.columns([3, 2], gap="small")
    with points:
        for point in table.all_points:
            with st.container(border=True, gap="xsmall", key=f"point-{point.key}"):
                _point(point, levels[point.key], is_beside=point in table.beside)
    with result, st.container(border=True, gap="xsmall", key="result"):
        show_verdict(table, levels)
        st.button(
            "Save the assessment",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            args=(person, view.subject, table, levels),
            key="assess-save",
            help="It is kept with your name; later ones stand beside it, none is changed",
        )
        show_reasons(table, levels, view.at)


def _begin(view: SubjectView, table: FrameworkTable) -> None:
    """Begin with what the last assessment says; another subject begins anew."""
    before = view.history[0] if view.history else None
    about = (view.subject.ref, before.ref if before else "")
    is_new = st.session_state.get(BEGUN) != about
    st.session_state[BEGUN] = about
    for point in table.all_points:
        judged = before.assessment.judgements.get(point.key) if before else None
        kept = judged.evidence[0] if judged and judged.evidence else None
        written = {"why": kept.text if kept else "", "link": kept.source if kept else ""}
        for part, text in written.items():
            key = f"assess-{part}-{point.key}"
            if is_new or key not in st.session_state:
                st.session_state[key] = text


def _point(point: Point, level: str | None, *, is_beside: bool) -> None:
    note = " · beside the verdict" if is_beside else ""
    st.markdown(f"**{point.words.capitalize()}**{note}", help=point.question)
    key = f"assess-level-{point.key}"
    names = {UNKNOWN: "Not known", **{x.key: x.words.capitalize() for x in point.levels}}
    switch(key, point.words.capitalize(), level or UNKNOWN, names, partial(_choose, point.key))
    st.caption(escape(point.question if level is None else point.level(level).meaning))
    why, link = st.columns([3, 2], gap="small")
    why.text_area(
        f"Why this {point.words}",
        key=f"assess-why-{point.key}",
        height=68,
        max_chars=LONGEST_EVIDENCE,
        placeholder="What is known, and who says so",
        label_visibility="collapsed",
    )
    link.text_input(
        f"Where the evidence for {point.words} stands",
        key=f"assess-link-{point.key}",
        max_chars=LONGEST_SOURCE,
        placeholder="Link, case or source",
        label_visibility="collapsed",
    )


def _choose(point: str, level: str) -> None:
    st.query_params[point] = level


def _save(person: Person, subject: Subject, table: FrameworkTable, levels: Levels) -> None:
    said = {
        point.key: Said(
            levels[point.key],
            str(st.session_state.get(f"assess-why-{point.key}", "")),
            str(st.session_state.get(f"assess-link-{point.key}", "")),
        )
        for point in table.all_points
    }

    def act() -> str:
        ref = record_assessment(the_desk(), person, subject, said)
        for point in table.all_points:
            st.query_params.pop(point.key, None)
        return f"{ref} is kept."

    attempt(act)
