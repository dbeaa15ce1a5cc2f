"""The assessments of one subject, the newest first: what each came to, what changed, who overrode it."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk.assessments import LONGEST_REASON, AssessmentLine, override_verdict
from core.desk.risk_register import SubjectView
from core.risk.framework_files import read_tables
from core.risk.framework_words import verdict_sentence
from core.ui import states
from core.ui.flash import attempt
from core.ui.format import escape, exact
from core.ui.risk.framework_marks import icon_of, verdict_head
from core.ui.state import the_desk

OVERRIDE = "override-open"


def show_history(person: Person, view: SubjectView) -> None:
    """What was said before; where nothing was, that stands there on purpose."""
    st.markdown("### Assessments")
    if not view.history:
        hint = "The first is kept when it is saved." if may(person, "risk.write") else ""
        states.empty("Nobody has assessed this yet.", hint)
    for line in view.history:
        with st.container(border=True, gap="xsmall", key=f"assessment-{line.ref}"):
            one_assessment(person, line, view.zone)


def one_assessment(person: Person, line: AssessmentLine, zone: str) -> None:
    """One assessment whole, with the way to override it where it is the newest."""
    made = line.assessment
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if line.is_newest:
            verdict_head(line.outcome.verdict.capitalize(), line.outcome.rank)
        else:
            st.markdown(f"{icon_of(line.outcome.rank)} **{line.outcome.verdict.capitalize()}**")
        st.caption(f"{line.ref} · {exact(made.at, zone)} by {escape(made.by)}", width="stretch")
        if line.is_newest and may(person, "risk.write"):
            _override(person, line)
    # As text: the reason of an override is what somebody typed.
    st.text(verdict_sentence(line.outcome))
    if line.change:
        st.caption(escape(f"Since the one before: {line.change}"))
    st.code(line.outcome.vector, language=None, wrap_lines=True)
    _judged_again(line)
    _evidence(line)


def _judged_again(line: AssessmentLine) -> None:
    table = f"table {line.assessment.version} ({line.assessment.content_hash[:12]})"
    if line.fault:
        st.warning(escape(f"Cannot be judged again by {table}: {line.fault}"))
    else:
        st.caption(f"Judged again by {table}: the same.")
    for before in line.overrides[:-1]:
        said = f" ({before.reason})" if before.reason else ""
        st.caption(escape(f"Before, {before.by} had set {before.verdict}{said}."))


def _evidence(line: AssessmentLine) -> None:
    if line.is_erased:
        st.caption("Words about people in it were erased.")
    if not line.reads_text:
        st.caption("Your role does not read the evidence.")
        return
    table = read_tables().get(line.assessment.version)
    judgements = line.assessment.judgements
    # In the order of the table; a table that is gone leaves the order in which it is stored.
    order = [point.key for point in table.all_points] if table else list(judgements)
    for key, judged in ((key, judgements[key]) for key in order if key in judgements):
        for evidence in filter(lambda one: one.text or one.source, judged.evidence):
            words = table.point(key).words if table else key.replace("_", " ")
            level = (judged.level or "not known").replace("_", " ")
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{words.capitalize()}** {level}", width=190)
                st.text(evidence.text, width="stretch")
                if evidence.link:
                    st.link_button("Source", evidence.link, type="tertiary")
                elif evidence.source:
                    st.text(evidence.source, width="content")


def _override(person: Person, line: AssessmentLine) -> None:
    inside = st.popover("Override", icon=":material/edit:", key=OVERRIDE, on_change="rerun")
    if not inside.open:
        return
    table = read_tables()[line.assessment.version]
    others = [v.key for v in table.verdicts if v.key != line.outcome.verdict]
    with inside:
        st.caption("The table's verdict stays beside yours.")
        st.selectbox("Verdict instead", others, format_func=str.capitalize, key="override-verdict")
        st.text_area("Why the table is wrong here", key="override-reason", max_chars=LONGEST_REASON)
        st.button(
            "Override the verdict",
            type="primary",
            on_click=_save,
            args=(person, line),
            key="override-save",
        )


def _save(person: Person, line: AssessmentLine) -> None:
    verdict = str(st.session_state["override-verdict"])
    reason = str(st.session_state["override-reason"])

    def act() -> str:
        override_verdict(the_desk(), person, line.ref, verdict, reason)
        st.session_state[OVERRIDE] = False
        return f"{line.ref} stands at {verdict} now."

    attempt(act)
