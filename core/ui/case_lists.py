"""A list of cases in words, with the number it has and the way to it; and references in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from core.cases.filter import CaseFilter
from core.desk.investigation_views import CountedFilter
from core.ui import words
from core.ui.case_link import go_to_queue
from core.ui.format import count, plural

BETWEEN = re.compile(r"[\s,;]+")


def filter_words(filter_: CaseFilter, partner_names: Mapping[str, str]) -> str:
    """``All cases · Market: Brazil · Received from: 2026-03-01 (UTC)``, as plain words."""
    names = {"partner": partner_names}
    parts = [words.SEGMENT_LABELS[filter_.segment]]
    if filter_.text:
        parts.append(f"“{filter_.text}”")
    parts += [words.chip_label(filter_, part, names) for part in words.chip_parts(filter_)]
    return " · ".join(parts)


def list_of_cases(
    counted: CountedFilter, partner_names: Mapping[str, str], key: str, *, is_scope: bool = False
) -> None:
    """What the list is, how many cases it has, and a button that opens exactly these."""
    # Plain text: a filter can carry what somebody searched for.
    st.text(filter_words(counted.filter, partner_names))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if counted.count_then is not None:
            st.caption(
                f"{count(counted.count_then)} then · {count(counted.count)} now",
                help="Then: cases without restriction when it was linked. Now: those you may see.",
                width="content",
            )
        st.button(
            f"Open {count(counted.count)} in the queue",
            icon=":material/inbox:",
            key=key,
            type="secondary" if is_scope else "tertiary",
            disabled=not counted.count,
            help=f"{plural(counted.count, 'case')} that you may see",
            on_click=go_to_queue,
            args=(counted.filter,),
        )


def references(text: str) -> tuple[str, ...]:
    """References out of a text with spaces, commas or lines between them."""
    return tuple(part for part in BETWEEN.split(text) if part)
