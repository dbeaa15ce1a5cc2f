"""One candidate on the screen: where, why, how sure, its cases, and what is folded under it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.cases.filter import CaseFilter
from core.desk.gap_candidates import CandidatesView, SeenCandidate
from core.gaps.candidate_words import (
    excess_words,
    range_words,
    slice_words,
    strength_words,
    unclear_words,
)
from core.gaps.candidates import Act
from core.gaps.mining import Excess
from core.ui.case_link import go_to_queue, open_gap
from core.ui.format import count, escape, exact
from core.ui.gaps.candidate_acts import act_buttons, take_back_button


def candidate_card(view: CandidatesView, seen: SeenCandidate, number: int) -> None:
    """A candidate that nobody has filed or dismissed."""
    candidate = seen.candidate
    with st.container(border=True, gap="xsmall", key=f"candidate-{seen.key}"):
        st.markdown(f"**{number}. {escape(slice_words(candidate.where, view.clause_titles))}**")
        if seen.is_back and seen.act is not None:
            st.caption(
                f":material/history: Back: {seen.act.by} dismissed it on "
                f"{exact(seen.act.at, view.zone)}; since then {seen.since:,} more were decided."
            )
        for signal in candidate.signals:
            _signal(view, seen, signal)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            act_buttons(view, seen)
        _related(view, seen)


def filed_line(view: CandidatesView, seen: SeenCandidate) -> None:
    """A candidate whose cases a gap is about."""
    if seen.gap is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        where = escape(slice_words(seen.candidate.where, view.clause_titles))
        main = seen.candidate.main
        st.markdown(
            f"{where}: filed as **{seen.gap.ref}** {escape(seen.gap.title)} · "
            f"{main.hits:,} of {main.reviewed:,}",
            width="stretch",
        )
        st.button(
            "Open the gap",
            key=f"filed-{seen.key}",
            type="tertiary",
            on_click=open_gap,
            args=(seen.gap.ref,),
        )
        if seen.act is not None:
            take_back_button(seen)


def dismissed_card(view: CandidatesView, seen: SeenCandidate) -> None:
    """A dismissed candidate with who, when and why, and what would bring it back."""
    act = seen.act
    if act is None or act.act is not Act.DISMISS:
        return
    with st.container(border=True, gap="xsmall", key=f"candidate-{seen.key}"):
        st.markdown(escape(slice_words(seen.candidate.where, view.clause_titles)))
        # As plain text: somebody typed the reason.
        st.text(f"Dismissed by {act.by}, {exact(act.at, view.zone)}: {act.reason or '(erased)'}")
        needed = max(view.rules.evidence.least_cases, act.count_then * view.rules.evidence.share)
        st.caption(
            f"Comes back after {needed:,.0f} more decisions like these, {seen.since:,} so far."
        )
        take_back_button(seen)


def _signal(view: CandidatesView, seen: SeenCandidate, signal: Excess) -> None:
    """One reason: its sentence, how sure it is, and its cases."""
    is_excess = signal is seen.candidate.excess
    told = excess_words(signal) if is_excess else unclear_words(signal)
    if signal.where != seen.candidate.where:
        told = f"{slice_words(signal.where, view.clause_titles)}: {told}"
    kind = "overturned" if is_excess else "unclear"
    hits = view.overturned_cases(signal.where) if is_excess else view.unclear_cases(signal.where)
    st.markdown(escape(told))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(
            f"{strength_words(signal, view.rules).capitalize()} · "
            f"{range_words(signal, view.rules)}",
            width="stretch",
        )
        _opens(f"Open {count(signal.hits)} {kind}", hits, f"{kind}-{seen.key}")
        _opens(
            f"Open {count(signal.reviewed)} looked at again",
            view.reviewed_cases(signal.where),
            f"reviewed-{kind}-{seen.key}",
        )


def _related(view: CandidatesView, seen: SeenCandidate) -> None:
    related = list(dict.fromkeys(one for s in seen.candidate.signals for one in s.related))
    related = [one for one in related if one.where != seen.candidate.where]
    if not related:
        return
    with st.expander(f"Stands out for the same reason ({len(related)})", key=f"kin-{seen.key}"):
        for place, one in enumerate(related):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                where = escape(slice_words(one.where, view.clause_titles))
                st.markdown(where, width="stretch")
                _opens(
                    f"Open {count(one.reviewed)} looked at again",
                    view.reviewed_cases(one.where),
                    f"kin-{seen.key}-{place}",
                )


def _opens(label: str, cases: CaseFilter, key: str) -> None:
    st.button(label, key=key, type="tertiary", on_click=partial(go_to_queue, cases))
