"""One risk of the register: what was said last, its cases, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk.risk_register import (
    RiskLine,
    assign_risk,
    close_risk,
    plan_review,
    reopen_risk,
)
from core.risk.framework_words import verdict_sentence
from core.risk.register import LONGEST_REASON
from core.ui.case_link import go_to_queue
from core.ui.flash import attempt
from core.ui.format import escape, exact, plural
from core.ui.risk.framework_marks import (
    RISK,
    go_to_subject,
    investigation_link,
    scope_line,
    title_of,
    verdict_head,
    verdict_words,
)
from core.ui.risk.register_form import owner_choice
from core.ui.state import the_desk


def show_risk(person: Person, line: RiskLine, zone: str) -> None:
    """What it is and what can be done with it."""
    risk = line.risk
    with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
        st.markdown(f"**{risk.ref} {escape(title_of(risk.subject))}**", width="stretch")
        st.button(
            "Hide", icon=":material/close:", type="tertiary", on_click=_leave, key="risk-hide"
        )
    _verdict(line, zone)
    scope_line(risk.subject.filter)
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Open {plural(line.case_count, 'case')} in the queue",
            icon=":material/inbox:",
            on_click=go_to_queue,
            args=(risk.subject.filter,),
            key="risk-to-queue",
        )
        words = "Assess again" if may(person, "risk.write") and line.last else "Read it"
        words = "Assess" if may(person, "risk.write") and not line.last else words
        st.button(
            words,
            icon=":material/balance:",
            on_click=go_to_subject,
            args=(risk.subject,),
            key="risk-assess",
        )
        if may(person, "risk.write"):
            investigation_link(risk.subject)
    _state(line, zone)
    if may(person, "risk.write"):
        _acts(person, line)


def _verdict(line: RiskLine, zone: str) -> None:
    if line.last is None:
        st.markdown("Not assessed yet: nobody has said how bad it is or how far it goes.")
        return
    verdict_head(verdict_words(line.outcome), line.last.outcome.rank)
    st.text(verdict_sentence(line.last.outcome))
    made = line.last.assessment
    st.caption(f"{line.last.ref} · {exact(made.at, zone)} by {escape(made.by)}")


def _state(line: RiskLine, zone: str) -> None:
    risk = line.risk
    told = f"Owner {risk.owner or 'nobody'}, next review {risk.next_review_on:%Y-%m-%d}"
    if line.is_overdue:
        st.badge("Review overdue", icon=":material/schedule:", color="orange")
    if not risk.is_open:
        told = f"Closed by {risk.changed_by}"
    if risk.reason:
        # As text: the reason is what somebody typed.
        st.text(f"{told}. {risk.reason}" if line.reads_text else f"{told}.")
    else:
        st.text(f"{told}.")
    st.caption(f"Last changed {exact(risk.changed_at, zone)} by {escape(risk.changed_by)}")


def _acts(person: Person, line: RiskLine) -> None:
    risk = line.risk
    key = f"{risk.ref}-{risk.version}"  # another version begins with what it says
    if risk.is_open:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            owner_choice(person, risk.owner, f"risk-owner-{key}")
            st.button("Assign", on_click=_assign, args=(person, line, key), key="risk-assign")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.date_input(
                "Next review",
                risk.next_review_on,
                key=f"risk-review-{key}",
                format="YYYY-MM-DD",
            )
            st.button("Set review", on_click=_plan, args=(person, line, key), key="risk-plan")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label = "Why it can be closed" if risk.is_open else "Why it is looked after again"
        st.text_input(label, key=f"risk-reason-{key}", max_chars=LONGEST_REASON)
        st.button(
            "Close the risk" if risk.is_open else "Open it again",
            on_click=_turn,
            args=(person, line, key),
            key="risk-turn",
        )


def _assign(person: Person, line: RiskLine, key: str) -> None:
    owner = str(st.session_state[f"risk-owner-{key}"] or "")
    ref, version = line.risk.ref, line.risk.version
    _do(lambda: assign_risk(the_desk(), person, ref, version, owner), f"{owner} looks after {ref}.")


def _plan(person: Person, line: RiskLine, key: str) -> None:
    day = st.session_state[f"risk-review-{key}"]
    ref, version = line.risk.ref, line.risk.version
    told = f"{ref} is looked at again on {day}."
    _do(lambda: plan_review(the_desk(), person, ref, version, day), told)


def _turn(person: Person, line: RiskLine, key: str) -> None:
    reason = str(st.session_state[f"risk-reason-{key}"])
    ref, version = line.risk.ref, line.risk.version
    if line.risk.is_open:
        _do(lambda: close_risk(the_desk(), person, ref, version, reason), f"{ref} is closed.")
    else:
        _do(lambda: reopen_risk(the_desk(), person, ref, version, reason), f"{ref} is open again.")


def _do(change: Callable[[], None], told: str) -> None:
    def act() -> str:
        change()
        return told

    attempt(act)


def _leave() -> None:
    st.query_params.pop(RISK, None)
