"""What the framework says of the cases that an investigation asks about, and the way there."""

from __future__ import annotations

import streamlit as st

from core.desk.assessments import AssessmentLine
from core.desk.investigation_views import InvestigationView
from core.risk.framework_files import current_table
from core.risk.subjects import Kind, Subject
from core.settings import PROJECT_ROOT
from core.ui.format import escape, exact
from core.ui.risk.framework_marks import (
    address_of,
    icon_of,
    range_words,
    title_of,
    verdict_words,
)

RISK_PAGE = PROJECT_ROOT / "pages" / "risk.py"


def verdict(view: InvestigationView) -> None:
    """The last verdict on what has the same scope, or that there is none yet."""
    if view.scope is None or not (view.assessed or view.can_write):
        return
    with st.container(border=True, gap="xsmall", key="inv-verdict"):
        if view.assessed is None:
            st.markdown("**Not assessed**")
            st.caption("No verdict of the framework on these cases yet.")
            title = view.facts.question or view.facts.ref
            asked = Subject(Kind.CASE_GROUP, view.facts.ref, title, view.scope.filter)
            _link("Assess", asked)
        else:
            _told(view.assessed, view.zone)
            _link("Points and history", view.assessed.subject)


def _told(line: AssessmentLine, zone: str) -> None:
    outcome = line.outcome
    ranks = current_table().ranks
    icon = icon_of(ranks[outcome.verdict]) if outcome.verdict in ranks else ""
    st.markdown(f"**{icon} {escape(verdict_words(outcome))}**")
    st.text(title_of(line.subject))
    table_says = range_words(outcome)
    said = f"{line.ref} by {line.assessment.by}, {exact(line.assessment.at, zone)}"
    st.caption(escape(f"{said}; {table_says}" if table_says else said))


def _link(label: str, subject: Subject) -> None:
    st.page_link(
        RISK_PAGE, label=label, icon=":material/balance:", query_params=address_of(subject)
    )
