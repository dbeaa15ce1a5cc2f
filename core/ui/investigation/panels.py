"""What an investigation rests on: pinned cases, findings, hypotheses, and what was done when."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk import investigations as commands
from core.desk.investigation_views import FindingView, InvestigationView
from core.desk.investigations import Seen
from core.risk.investigation import Hypothesis, investigation_limits
from core.risk.investigation_words import entry_words
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.case_link import link_from_list, open_case
from core.ui.case_lists import list_of_cases
from core.ui.drawer import open_form
from core.ui.flash import attempt
from core.ui.format import escape, exact, plural, relative
from core.ui.investigation.forms import finding_fields
from core.ui.state import the_desk
from core.ui.tables import case_table

STATE_COLOURS = {"open": "blue", "kept": "green", "dropped": "gray"}
ERASED = "The text was erased."


def findings(view: InvestigationView) -> None:
    """What was found, each with what it rests on."""
    _title(view, "Findings", len(view.findings), "Add a finding", "finding")
    if not view.reads_text:
        st.caption("Your role does not read what was written here.")
    elif view.is_partial and not view.findings:
        states.empty(
            "No finding rests on your cases alone.", "You see what is about your partners."
        )
    elif not view.findings:
        states.empty("Nothing found yet.", "A finding says what was seen and names its evidence.")
    for found in view.findings:
        with st.container(border=True, gap="xsmall", key=f"finding-{found.finding.id}"):
            finding(view, found)


def finding(view: InvestigationView, found: FindingView) -> None:
    """One finding: text, evidence, who wrote it."""
    written = found.finding
    # Plain text: what somebody wrote must not become a link or markup.
    st.text(ERASED if written.is_erased else written.text)
    if found.cases:
        with st.container(horizontal=True, gap="xsmall", key=f"related-{written.id}"):
            for ref in found.cases:
                link_from_list(ref)
    for number, counted in enumerate(found.lists):
        list_of_cases(counted, view.partner_names, f"list-{written.id}-{number}")
    for url in found.urls:
        st.text(url)
    changed = f", changed {relative(written.changed_at, view.at)}" if written.changed_at else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{escape(written.by)} · {exact(written.at, view.zone)}{changed}")
        if view.can_write and view.facts.is_open:
            st.button(
                "Edit",
                type="tertiary",
                key=f"edit-{written.id}",
                on_click=partial(
                    open_form, view.facts.ref, f"finding:{written.id}", **finding_fields(found)
                ),
            )


def hypotheses(view: InvestigationView, person: Person) -> None:
    """Possible answers, those that are not judged yet first."""
    if not view.reads_text or view.is_partial:
        return  # they are about all cases, so not for those who see some of them
    _title(view, "Hypotheses", len(view.hypotheses), "Add a hypothesis", "hypothesis")
    if not view.hypotheses:
        st.caption("No possible answer is written down yet.")
    order = list(taxonomy().hypothesis_states)
    for one in sorted(view.hypotheses, key=lambda h: order.index(h.state)):
        with st.container(border=True, gap="xxsmall", key=f"hypothesis-{one.id}"):
            hypothesis(view, person, one)


def hypothesis(view: InvestigationView, person: Person, one: Hypothesis) -> None:
    """One possible answer, what became of it and why."""
    term = taxonomy().hypothesis_states[one.state]
    badge = f":{STATE_COLOURS[one.state]}-badge[:material/{term['icon']}: {term.label}]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(badge, width="content")
        st.text(ERASED if one.is_erased else one.text, width="stretch")
        if view.can_write and view.facts.is_open:
            _judging(view, person, one)
    if one.reason:
        st.text(f"Because: {one.reason}")


def _judging(view: InvestigationView, person: Person, one: Hypothesis) -> None:
    if one.state != "open":
        again = partial(_open_again, view, person, one)
        st.button(
            "Undo",
            type="tertiary",
            key=f"again-{one.id}",
            on_click=again,
            help="Leave it open again",
        )
        return
    for state, words in (("kept", "Keep"), ("dropped", "Drop")):
        st.button(
            words,
            type="tertiary",
            key=f"{state}-{one.id}",
            on_click=open_form,
            args=(view.facts.ref, f"judge:{state}:{one.id}"),
        )


def _open_again(view: InvestigationView, person: Person, one: Hypothesis) -> None:
    facts = view.facts

    def act() -> str:
        now = Seen(facts.ref, facts.version)
        commands.judge_hypothesis(the_desk(), person, now, one.id, "open")
        return "The hypothesis is open again."

    attempt(act)


def cases(view: InvestigationView) -> None:
    """Pinned cases, the newest pin first."""
    _title(view, "Pinned cases", len(view.cases), "Pin cases", "pin", also_unpin=True)
    if view.cases.empty:
        states.empty("No case is pinned.", "Pin those that show the pattern best.")
        return
    with st.container(key="cases"):
        case_table(view.cases, view.at, key="inv-cases", on_open=open_case)


def timeline(view: InvestigationView) -> None:
    """Who did what, when; the newest first, the older ones folded."""
    first = investigation_limits().shown_first
    lines = [
        f"- {escape(entry.by)} {escape(entry_words(entry, view.texts))}  \n"
        f"  :small[:gray[{relative(entry.at, view.at)} · {exact(entry.at, view.zone)}]]"
        for entry in view.timeline
    ]
    st.markdown("\n".join(lines[:first]))
    if len(lines) > first:
        with st.expander(f"{plural(len(lines) - first, 'older entry', 'older entries')}"):
            st.markdown("\n".join(lines[first:]))


def _title(
    view: InvestigationView,
    title: str,
    number: int,
    words: str,
    form: str,
    *,
    also_unpin: bool = False,
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        told = f" :gray[{number:,}]" if number else ""
        st.markdown(f"### {title}{told}", width="stretch")
        if not (view.can_write and view.facts.is_open):
            return
        if also_unpin and number:
            st.button(
                "Take pins back",
                type="tertiary",
                key="ask-unpin",
                on_click=open_form,
                args=(view.facts.ref, "unpin"),
            )
        st.button(
            words,
            icon=":material/add:",
            key=f"ask-{form}",
            on_click=open_form,
            args=(view.facts.ref, form),
        )
