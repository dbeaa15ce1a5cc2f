"""What a person can do with a candidate: file it, make it part of a gap, dismiss it, take back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.access.rules import why_not
from core.desk import gap_candidate_acts as acts
from core.desk.gap_candidates import SeenCandidate
from core.desk.gap_choices import gap_choices, gaps_to_link
from core.desk.gap_ground import MiningGround
from core.gaps.candidates import CandidateAct
from core.ui.drawer import FIELD, Form, chosen, open_form, opened_form, show_form, typed
from core.ui.flash import attempt
from core.ui.format import plural
from core.ui.gap.fact_fields import fact_fields, typed_gap, values_of
from core.ui.state import the_desk, the_person

OVER = "candidate "  # before the key of the candidate that a form is open over
FILE, MERGE, DISMISS = "file", "merge", "dismiss"


def act_buttons(ground: MiningGround, seen: SeenCandidate) -> None:
    """The three acts; greyed with the reason where the role has none."""
    person = the_person()
    may_file, may_judge = why_not(person, "gap.propose"), why_not(person, "gap.write")
    fields = values_of(acts.suggested_gap(ground, seen)) if may_file is None else {}
    for name, label, icon, refusal, given in (
        (FILE, "File as a gap", ":material/add:", may_file, fields),
        (MERGE, "Add to a gap", ":material/merge:", may_file, {}),
        (DISMISS, "Dismiss", ":material/block:", may_judge, {}),
    ):
        st.button(
            label,
            icon=icon,
            key=f"{name}-{seen.key}",
            type="primary" if name == FILE else "secondary",
            disabled=refusal is not None,
            help=f"{refusal.message} {refusal.hint}" if refusal else None,
            on_click=open_form,
            args=(OVER + seen.key, name),
            kwargs=given,
        )


def take_back_button(seen: SeenCandidate, act: CandidateAct) -> None:
    """Undo what was done about a candidate."""
    refusal = why_not(the_person(), "gap.write")

    def undo() -> str:
        acts.take_back(the_desk(), the_person(), act.key)
        return "Taken back; a gap that was filed stays."

    st.button(
        "Take back",
        icon=":material/undo:",
        key=f"take-back-{seen.key}",
        type="tertiary",
        disabled=refusal is not None,
        help=refusal.message if refusal else None,
        on_click=attempt,
        args=(undo,),
    )


def show_candidate_form(ground: MiningGround, candidates: Sequence[SeenCandidate]) -> None:
    """The form that is open over one of the candidates, if any."""
    forms: dict[str, Callable[[MiningGround, SeenCandidate], Form]] = {
        FILE: _filing,
        MERGE: _merging,
        DISMISS: _dismissing,
    }
    for seen in candidates:
        name = opened_form(OVER + seen.key)
        if name:
            show_form(OVER + seen.key, forms[name](ground, seen))


def _filing(ground: MiningGround, seen: SeenCandidate) -> Form:
    def fields() -> None:
        fact_fields(FIELD, gap_choices(the_desk(), the_person()))
        most = ground.rules.evidence_cases
        st.caption(
            "Its cases are linked as evidence."
            if seen.candidate.texts is not None
            else "The gap is about all cases of this slice, those to come too; its newest "
            f"{most} that show it are linked as evidence."
        )

    def act() -> str:
        key, zone = seen.key, ground.zone
        ref = acts.accept_candidate(the_desk(), the_person(), key, typed_gap(FIELD), zone)
        st.session_state["open-gap"] = {"gap": ref}
        return f"{ref} is proposed with its cases."

    return Form("File as a gap", fields, act, "Propose the gap")


def _merging(ground: MiningGround, seen: SeenCandidate) -> Form:
    titles = {gap.ref: gap.title for gap in gaps_to_link(the_desk(), the_person())}

    def fields() -> None:
        st.selectbox(
            "Gap",
            list(titles),
            index=None,
            key=FIELD + "gap",
            format_func=lambda ref: f"{ref} {titles.get(ref, '')}".strip(),
            placeholder="Choose an open gap" if titles else "No gap is open",
        )
        st.caption("Its newest cases are linked, and the gap is about its cases as well.")

    def act() -> str:
        ref = str(chosen("gap") or "")
        number = acts.merge_candidate(the_desk(), the_person(), seen.key, ref, ground.zone)
        return f"{plural(number, 'case')} linked to {ref}."

    return Form("Add to a gap", fields, act, "Add")


def _dismissing(ground: MiningGround, seen: SeenCandidate) -> Form:
    def fields() -> None:
        st.text_area(
            "Reason",
            key=FIELD + "reason",
            max_chars=ground.rules.longest_reason,
            placeholder="Why this is no gap",
        )
        share = ground.rules.evidence.share * 100
        st.caption(
            "It comes back when it still stands out after "
            f"{share:.0f} % as many new decisions as it has now."
        )

    def act() -> str:
        acts.dismiss_candidate(the_desk(), the_person(), seen.key, typed("reason"), ground.zone)
        return "Dismissed."

    return Form("Dismiss the candidate", fields, act, "Dismiss")
