"""What stands beside the findings: new values, rare slices, and what the scan could not judge."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.cases.filter import CaseFilter
from core.desk.surges import SurgesView
from core.ui import words
from core.ui.case_link import go_to_queue
from core.ui.format import count, escape, plural
from core.ui.risk.surge_words import coverage_lines, slice_words

MOST_SMALL = 12


def asides(view: SurgesView) -> None:
    """All of it; what is empty is not shown."""
    _new_values(view)
    _rare(view)
    _coverage(view)


def _new_values(view: SurgesView) -> None:
    found = view.judged.result.new_values
    if not found:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**New values** · {plural(len(found), 'value')} that past weeks hardly had")
        for number, one in enumerate(found):
            told = f"{words.DIMENSION_LABELS[one.dimension]}: {_label(one.dimension, one.value)}"
            _line(
                told,
                one.count,
                view.week_filter(**{one.dimension: (one.value,)}),
                f"new-{number}",
            )


def _rare(view: SurgesView) -> None:
    found = view.judged.result.rare
    if not found:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Rare until now** · hardly ever expected, without a false-alarm rate")
        for number, (one, mark) in enumerate(zip(found, view.judged.rare, strict=True)):
            told = f"{slice_words(view, one.slice)}: {one.expected:.1f} expected"
            _line(told, mark.count, mark.of(view.filter, view.zone), f"rare-{number}")


def _coverage(view: SurgesView) -> None:
    with st.expander("What could not be judged, and how often the scan is wrong"):
        for line in coverage_lines(view):
            st.markdown(f"- {escape(line)}")
        small = view.judged.result.not_detectable
        if small:
            st.markdown(
                f"**Values that expect fewer than {view.rules.detectable_from_expected:g} cases a "
                f"week** · the largest {min(MOST_SMALL, len(small))} of {len(small):,}"
            )
        for number, (one, mark) in enumerate(
            list(zip(small, view.judged.small, strict=True))[:MOST_SMALL]
        ):
            told = (
                f"{words.DIMENSION_LABELS[one.dimension]}: {_label(one.dimension, one.value)}, "
                f"{one.expected:.1f} expected"
            )
            _line(told, mark.count, mark.of(view.filter, view.zone), f"small-{number}")


def _label(dimension: str, value: str) -> str:
    return words.value_label(dimension, value)


def _line(told: str, cases: int, case_filter: CaseFilter, key: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(escape(told), width="stretch")
        st.button(
            f"Open {count(cases)}",
            key=f"surge-{key}",
            type="tertiary",
            disabled=not cases,
            on_click=partial(go_to_queue, case_filter),
        )
