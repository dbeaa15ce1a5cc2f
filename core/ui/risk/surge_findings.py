"""One finding on the screen: its sentence, strength, weeks, what is folded under it, and the acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.charts.slice_weeks import SliceWeek, slice_chart
from core.desk.surge_judging import Sighting
from core.desk.surges import SeenFinding, SurgesView
from core.ui.case_link import go_to_queue
from core.ui.charts import show, table_behind
from core.ui.format import count, escape, share
from core.ui.risk.surge_acts import act_buttons, acted, take_back_button
from core.ui.risk.surge_choices import chosen_finding, pick_finding
from core.ui.risk.surge_words import KIN, marked, pieces_of, slice_words, strength


def finding(view: SurgesView, seen: SeenFinding) -> None:
    """A finding in full."""
    with st.container(border=True, gap="xsmall", key=f"finding-{seen.key}"):
        st.markdown(marked(pieces_of(view, seen)))
        st.caption(strength(seen))
        _weeks(view, seen)
        acted(view, seen)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            chosen = chosen_finding(view)
            st.button(
                "Its cases",
                icon=":material/list:",
                key=f"cases-{seen.key}",
                type="primary" if chosen is seen else "secondary",
                on_click=pick_finding,
                args=(seen.key,),
                help="List them beside",
            )
            act_buttons(view, seen)
        _related(view, seen)


def dismissed(view: SurgesView) -> None:
    """Dismissed findings, folded, each with who, when and why."""
    found = view.dismissed
    if not found:
        return
    with st.expander(f"Dismissed ({len(found)})", key="surge-dismissed"):
        for seen in found:
            with st.container(border=True, gap="xsmall", key=f"finding-{seen.key}"):
                st.markdown(marked(pieces_of(view, seen)))
                acted(view, seen)
                with st.container(horizontal=True, gap="small"):
                    take_back_button(view, seen)
                    st.button(
                        "Its cases",
                        icon=":material/list:",
                        key=f"cases-{seen.key}",
                        on_click=pick_finding,
                        args=(seen.key,),
                    )


def _weeks(view: SurgesView, seen: SeenFinding) -> None:
    marks = seen.sighting.weeks
    drawing = slice_chart(
        [SliceWeek(m.first_day, m.count, m.expected, m.low, m.high) for m in marks]
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        band = f"band: {share(view.rules.band)} of quiet weeks; a bar opens its cases"
        st.caption(f"Cases per week · line: expected · {band}", width="stretch")
        table_behind(drawing, f"weeks-table-{seen.key}")
    show(drawing, f"weeks-{seen.key}", _opener(view, seen.sighting))


def _opener(view: SurgesView, sighting: Sighting) -> Callable[[Mapping[str, Any]], None]:
    def opened(picked: Mapping[str, Any]) -> None:
        wanted = str(picked.get("week", ""))
        for mark in sighting.weeks:
            if mark.first_day.isoformat() == wanted and mark.count:
                go_to_queue(mark.of(view.filter, view.zone))

    return opened


def _related(view: SurgesView, seen: SeenFinding) -> None:
    related = seen.sighting.finding.related
    if not related:
        return
    with st.expander(f"Rises for the same reason ({len(related)})", key=f"related-{seen.key}"):
        for number, (one, mark) in enumerate(zip(related, seen.sighting.related, strict=True)):
            told = f"{escape(slice_words(view, one.slice))} ({KIN[one.kin]}): "
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(
                    f"{told}{mark.count:,} against {one.expected:,.1f} expected", width="stretch"
                )
                st.button(
                    f"Open {count(mark.count)}",
                    key=f"related-{seen.key}-{number}",
                    type="tertiary",
                    on_click=partial(go_to_queue, mark.of(view.filter, view.zone)),
                )
