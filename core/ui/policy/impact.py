"""What an update touches: open cases, decisions to look at again, gaps; each opens its list."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.desk.policy_impact import Counted, TouchedGap
from core.desk.policy_update import UpdateView
from core.policy.feed_rules import feed_rules
from core.ui.case_link import go_to_queue, open_gap
from core.ui.format import escape, exact, plural
from core.ui.policy.policy_address import open_clause
from core.ui.policy.policy_words import areas_words, version_words


def impact(view: UpdateView, zone: str) -> None:
    """Everything that it touches, within the reader's scope."""
    found, update = view.impact, view.line.update
    with st.container(border=True, gap="xsmall", key="impact"):
        st.markdown("### What it touches")
        st.caption(
            f"as of {exact(found.at, zone)} · data {found.version:,} · cases that you may see"
        )
        if not (update.clauses or update.abuse_types):
            st.caption("It names no clause and no abuse type, so no case can be told from it.")
        keys = ", ".join(update.clauses)
        counted(found.under_clauses, "open", f"under {keys}", "impact-clauses")
        areas = areas_words(update.abuse_types)
        counted(found.of_types, "open", f"of {areas}", "impact-types")
        if found.before:
            again(view)
        clauses(update.clauses)
        gaps(found.gaps)


def counted(found: Counted | None, state: str, about: str, key: str) -> None:
    """A number of cases that opens exactly these."""
    if found is None:
        return
    words = f"{plural(found.count, f'{state} case')} {about}"
    st.button(
        escape(words),
        icon=":material/inbox:",
        type="tertiary",
        key=key,
        on_click=partial(go_to_queue, found.filter),
    )


def again(view: UpdateView) -> None:
    """Cases decided under the version before: those worth another look, and all of them."""
    found, rules = view.impact, feed_rules().look_again
    before = version_words(found.before)
    counted(found.look_again, "decided", "to look at again", "impact-again")
    st.caption(
        escape(
            f"Decided under {before}, resolved since {rules.days} days before the new one began, "
            "with an outcome on the rules."
        )
    )
    counted(found.decided, "decided", f"under {before} in all", "impact-decided")


def clauses(keys: tuple[str, ...]) -> None:
    """The way to the register."""
    if not keys:
        return
    with st.container(horizontal=True, gap="small", key="impact-register"):
        for key in keys:
            st.button(
                f"Clause {key}",
                icon=":material/gavel:",
                type="tertiary",
                key=f"to-clause-{key}",
                on_click=partial(open_clause, key),
            )


def gaps(found: tuple[TouchedGap, ...]) -> None:
    """Policy gaps that name a clause of it."""
    for gap in found:
        state = "open" if gap.is_open else "ended"
        st.button(
            escape(f"{gap.ref} {gap.title or '(erased)'} ({state})"),
            icon=":material/rule:",
            type="tertiary",
            key=f"to-gap-{gap.ref}",
            on_click=partial(open_gap, gap.ref),
        )
