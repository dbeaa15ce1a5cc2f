"""What stands below a partner's contacts: risks and gaps that its cases are part of, and its names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import CaseFilter
from core.desk.partner import Partner
from core.desk.partner_contacts import (
    RelatedRisk,
    RelatedSurge,
    known_as,
    related_risks,
    related_surges,
)
from core.desk.partner_gaps import RelatedGap, related_gaps
from core.settings import PROJECT_ROOT
from core.taxonomy import taxonomy
from core.ui.case_link import GAP_PAGE, go_to_queue
from core.ui.format import escape, plural
from core.ui.gap.gap_words import response_badge
from core.ui.gap.gap_words import title_of as gap_title
from core.ui.risk.framework_marks import scope_words, title_of, verdict_words
from core.ui.state import the_desk

RISK_PAGE = PROJECT_ROOT / "pages" / "risk.py"


def aside(person: Person, partner: Partner) -> None:
    """Risks and gaps on the left, names on the right."""
    left, right = st.columns(2, gap="small")
    if may(person, "risk.read"):
        with left, st.container(border=True, gap="xsmall"):
            _risks(person, partner)
    if may(person, "gap.read"):
        with left:
            _gaps(person, partner)
    with right, st.container(border=True, gap="xsmall"):
        _names(person, partner)


def _risks(person: Person, partner: Partner) -> None:
    st.markdown("**Related risks** :gray[· open risks whose cases include this partner's]")
    found = related_risks(the_desk(), person, partner)
    for one in found:
        _risk(one)
    if not found:
        st.caption("No open risk that you may see holds a case of this partner.")
    inside = st.expander(
        "Surges of the last complete week", key="partner-surges", on_change="rerun"
    )
    if inside.open:
        with inside:
            surges = related_surges(the_desk(), person, partner)
            for seen in surges:
                _surge(seen)
            if not surges:
                st.caption("No surge of that week holds a case of this partner.")


def _risk(one: RelatedRisk) -> None:
    risk = one.line.risk
    words = f"{risk.ref} {escape(title_of(risk.subject))}"
    with _row(RISK_PAGE, words, {"view": "register", "risk": risk.ref}):
        st.badge(verdict_words(one.line.outcome), color="gray")
        _opens(f"risk-{risk.ref}", one.count, one.filter)


def _surge(one: RelatedSurge) -> None:
    key = one.finding.key
    params = {"view": "surges", "week": one.week_on, "finding": key}
    with _row(RISK_PAGE, escape(scope_words(one.ground)), params):
        _opens(f"surge-{key}", one.count, one.filter)


@contextmanager
def _row(page: Path, words: str, params: dict[str, str]) -> Iterator[None]:
    """One line that leads to what is related; the rest of it follows."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(page, label=words, query_params=params, width="content")
        yield


def _opens(key: str, count: int, cases: CaseFilter) -> None:
    words = plural(count, "case")
    st.button(words, key=key, type="tertiary", on_click=go_to_queue, args=(cases,))


def _gaps(person: Person, partner: Partner) -> None:
    words = "**Policy gaps** :gray[· open gaps whose cases include this partner's]"
    inside = st.expander(words, key="partner-gaps", on_change="rerun")
    if not inside.open:  # each gap is counted for this partner: only for who asks
        return
    with inside:
        found = related_gaps(the_desk(), person, partner)
        for one in found:
            _gap(one)
        if not found:
            st.caption("No open gap holds a case of this partner that you may see.")


def _gap(one: RelatedGap) -> None:
    gap = one.line.gap
    with _row(GAP_PAGE, f"{gap.ref} {escape(gap_title(gap))}", {"gap": gap.ref}):
        st.markdown(response_badge(gap.response), width="content")
        _opens(f"gap-{gap.ref}", one.count, one.filter)


def _names(person: Person, partner: Partner) -> None:
    names = known_as(the_desk(), person, partner)
    st.markdown("**Accounts and spellings**")
    if names.accounts:
        label = taxonomy().label
        told = [f"{label('platforms', platform)}: {handle}" for platform, handle in names.accounts]
        st.text("\n".join(told))
    else:
        st.caption("No account is on record.")
    if names.spellings:
        st.caption("Also written as")
        st.text("\n".join(names.spellings))
