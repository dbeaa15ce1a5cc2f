"""One candidate on the screen: where, why, how sure, its cases, and what is folded under it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.cases.filter import CaseFilter
from core.desk.gap_candidates import SeenCandidate
from core.desk.gap_ground import MiningGround
from core.desk.gap_texts import cluster_filter
from core.gaps.candidate_words import (
    excess_words,
    people_range,
    people_words,
    range_words,
    slice_words,
    strength_words,
    texts_words,
    title_words,
    unclear_words,
)
from core.gaps.candidates import Act
from core.gaps.mining import Excess
from core.ui.case_link import go_to_queue, open_gap
from core.ui.format import count, escape, exact, plural, share
from core.ui.gaps.candidate_acts import act_buttons, take_back_button


def candidate_card(ground: MiningGround, seen: SeenCandidate, number: int) -> None:
    """A candidate that nobody has filed or dismissed."""
    candidate = seen.candidate
    with st.container(border=True, gap="xsmall", key=f"candidate-{seen.key}"):
        st.markdown(f"**{number}. {escape(title_words(candidate, ground.titles))}**")
        if seen.is_back and seen.act is not None:
            st.caption(
                f":material/history: Back: {escape(seen.act.by)} dismissed it on "
                f"{exact(seen.act.at, ground.zone)}; since then {seen.since:,} more came."
            )
        for signal in candidate.signals:
            _signal(ground, seen, signal)
        _people(ground, seen)
        _texts(ground, seen)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            act_buttons(ground, seen)
        _related(ground, seen)


def filed_line(ground: MiningGround, seen: SeenCandidate) -> None:
    """A candidate whose cases a gap is about."""
    if seen.gap is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        title = escape(title_words(seen.candidate, ground.titles))
        st.markdown(
            f"{title}: filed as **{seen.gap.ref}** {escape(seen.gap.title)}", width="stretch"
        )
        st.button(
            "Open the gap",
            key=f"filed-{seen.key}",
            type="tertiary",
            on_click=open_gap,
            args=(seen.gap.ref,),
        )
        if seen.act is not None:
            take_back_button(seen, seen.act)


def dismissed_card(ground: MiningGround, seen: SeenCandidate) -> None:
    """A dismissed candidate with who, when and why, and what would bring it back."""
    act = seen.act
    if act is None or act.act is not Act.DISMISS:
        return
    rules = ground.rules.evidence
    with st.container(border=True, gap="xsmall", key=f"candidate-{seen.key}"):
        st.markdown(escape(title_words(seen.candidate, ground.titles)))
        # As plain text: somebody typed the reason.
        st.text(f"Dismissed by {act.by}, {exact(act.at, ground.zone)}: {act.reason or '(erased)'}")
        needed = max(rules.least_cases, act.count_then * rules.share)
        st.caption(f"Comes back after {needed:,.0f} more like these, {seen.since:,} so far.")
        take_back_button(seen, act)


def _signal(ground: MiningGround, seen: SeenCandidate, signal: Excess) -> None:
    """One reason: its sentence, how sure it is, and its cases."""
    is_excess = signal is seen.candidate.excess
    told = excess_words(signal) if is_excess else unclear_words(signal)
    if signal.where != seen.candidate.where:
        told = f"{slice_words(signal.where, ground.titles)}: {told}"
    kind = "overturned" if is_excess else "unclear"
    opened = ground.overturned_cases if is_excess else ground.unclear_cases
    st.markdown(escape(told))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        strength = strength_words(signal, ground.rules).capitalize()
        st.caption(f"{strength} · {range_words(signal, ground.rules)}", width="stretch")
        _opens(f"Open {count(signal.hits)} {kind}", opened(signal.where), f"{kind}-{seen.key}")
        _opens(
            f"Open {count(signal.reviewed)} looked at again",
            ground.reviewed_cases(signal.where),
            f"reviewed-{kind}-{seen.key}",
        )


def _people(ground: MiningGround, seen: SeenCandidate) -> None:
    found = seen.candidate.people
    if found is None:
        return
    st.markdown(escape(people_words(found)))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        st.caption(people_range(found, ground.rules).capitalize(), width="stretch")
        _opens(
            "Open its cases that were looked at again",
            ground.reviewed_cases(seen.candidate.where),
            f"people-{seen.key}",
        )


def _texts(ground: MiningGround, seen: SeenCandidate) -> None:
    found = seen.candidate.texts
    if found is None:
        return
    st.markdown(escape(texts_words(found, ground.rules)))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        st.caption(
            f"Found again to {share(found.stability)} among four in five of the texts",
            width="stretch",
        )
        _opens(
            f"Open {plural(len(found.cases), 'case')}", cluster_filter(found), f"texts-{seen.key}"
        )


def _related(ground: MiningGround, seen: SeenCandidate) -> None:
    related = list(dict.fromkeys(one for s in seen.candidate.signals for one in s.related))
    related = list(
        {one.where: one for one in related if one.where != seen.candidate.where}.values()
    )
    if not related:
        return
    with st.expander(f"Stands out for the same reason ({len(related)})", key=f"kin-{seen.key}"):
        for place, one in enumerate(related):
            with st.container(
                horizontal=True, gap="small", vertical_alignment="center", wrap=False
            ):
                st.markdown(escape(slice_words(one.where, ground.titles)), width="stretch")
                _opens(
                    f"Open {count(one.reviewed)} looked at again",
                    ground.reviewed_cases(one.where),
                    f"kin-{seen.key}-{place}",
                )


def _opens(label: str, cases: CaseFilter, key: str) -> None:
    st.button(label, key=key, type="tertiary", on_click=partial(go_to_queue, cases))
