"""What the chosen levels come to: the verdict or its range, why, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import streamlit as st

from core.risk.framework import Assessment, Judgement, judge
from core.risk.framework_model import FrameworkTable
from core.risk.framework_ranges import completion_counts, settlings, verdict_range
from core.risk.framework_vector import print_vector
from core.risk.framework_words import (
    change_sentences,
    consequence_sentences,
    first_to_find_out,
    path_sentence,
    reasons_of,
    settling_sentence,
)
from core.ui.format import escape, plural
from core.ui.risk.framework_marks import verdict_head


def show_verdict(table: FrameworkTable, levels: Mapping[str, str | None]) -> None:
    """The verdict of these levels or its range, and the path to it."""
    span = verdict_range(table, levels)
    beside = "" if span.is_settled else f"{span.worst} until more is known"
    verdict_head(span.words.capitalize(), table.ranks[span.worst], beside)
    st.markdown(escape(path_sentence(table, levels)))


def show_reasons(table: FrameworkTable, levels: Mapping[str, str | None], at: datetime) -> None:
    """Why it is so, what is missing, what would change it, and the vector to copy."""
    for reason in reasons_of(table, levels):
        st.markdown(f"- {escape(reason)}")
    _beside(table, levels, at)
    _unknown(table, levels)
    if any(levels.get(point.key) for point in table.points):
        st.markdown("**Would change if**")
        st.markdown("\n".join(f"- {escape(told)}" for told in change_sentences(table, levels)))
    st.markdown("**Vector**")
    st.code(print_vector(table, levels), language=None, wrap_lines=True)


def _beside(table: FrameworkTable, levels: Mapping[str, str | None], at: datetime) -> None:
    judged = {point.key: Judgement(levels.get(point.key)) for point in table.all_points}
    made = Assessment("", table.version, table.content_hash, judged, "", at)
    for told in consequence_sentences(table, judge(table, made)):
        st.markdown(f":material/arrow_forward: {escape(told)}")


def _unknown(table: FrameworkTable, levels: Mapping[str, str | None]) -> None:
    open_points = settlings(table, levels)
    if not open_points:
        return
    counts = completion_counts(table, levels)
    parts = ", ".join(f"{key} {number}" for key, number in counts.items() if number)
    total = plural(sum(counts.values()), "row")
    with st.container(gap="xsmall", key="settlings"):
        st.markdown("**What is not known**")
        st.caption(escape(f"{total} of the table are still open: {parts}."))
        first = first_to_find_out(table, levels)
        told = [
            *([first] if first else []),
            *(settling_sentence(table, one) for one in open_points),
        ]
        st.markdown("\n".join(f"- {escape(sentence)}" for sentence in told))
