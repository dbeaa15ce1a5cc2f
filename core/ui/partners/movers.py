"""Who got worse: each fall as a sentence with its numbers, what pulled it down, and the cases."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.partner_movers import CauseCases, MoversView, SeenMover, movers_view
from core.ui import states
from core.ui.case_link import go_to_queue, open_partner
from core.ui.format import escape, plural
from core.ui.heads import copy_link, page_head
from core.ui.input_words import input_label
from core.ui.partners.mover_words import cause_sentence, fall_sentence, part_sentence
from core.ui.partners.partner_address import read_ask
from core.ui.partners.partner_choices import chips, filters_open, line
from core.ui.state import the_desk, the_zone

SMALL = 0.5  # points below which a cause is not worth a line
MOST_CAUSES = 3


def show_movers(person: Person) -> None:
    """Read once, then arrange."""
    ask, ignored = read_ask()
    view = movers_view(the_desk(), person, ask, the_zone(person), filters_open())
    around = view.around
    head = page_head(
        "Partners", around.at, around.zone, around.version, is_refreshing=around.is_refreshing
    )
    with head:
        copy_link("partners")
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    if not around.in_scope:
        states.empty("No partner is in your scope.")
        return
    line(around, with_order=False)
    chips(around)
    _headline(view)
    for seen in view.sure:
        _mover(seen, around.rules.interval)
    _perhaps(view)


def _headline(view: MoversView) -> None:
    """How many fell, of how many, and by what measure."""
    share = f"{100 * view.around.rules.interval:.0f} %"
    days = f"{view.before:%a %Y-%m-%d} to {view.day:%a %Y-%m-%d}, days of UTC"
    among = f"of {plural(view.compared, 'partner')} with a score on both days"
    if not view.sure:
        hint = f"{days}; {among}. A fall is told where its whole {share} interval lies below zero."
        states.empty("Nobody got worse beyond chance.", hint)
        return
    told = f"**{plural(view.sure_count, 'partner')} got worse** {among}"
    more = view.sure_count - len(view.sure)
    rest = f" The surest {len(view.sure)} stand here." if more > 0 else " The surest falls first."
    st.markdown(
        f"{told}  \n:small[{days}. The whole {share} interval of each fall lies below zero.{rest}]"
    )


def _mover(seen: SeenMover, level: float) -> None:
    ref = seen.found.ref
    with st.container(border=True, gap="xsmall", key=f"mover-{ref}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(fall_sentence(seen, level), width="stretch")
            st.button(
                "Open partner",
                icon=":material/storefront:",
                key=f"mover-open-{ref}",
                on_click=open_partner,
                args=(ref,),
            )
        told = [one for one in seen.causes if -one.cause.part >= SMALL] or [*seen.causes[:1]]
        for place, cause in enumerate(told[:MOST_CAUSES]):
            _cause(seen, cause, is_first=place == 0)
        if more := [input_label(one.cause.name) for one in told[MOST_CAUSES:]]:
            st.caption(f"Also: {', '.join(more)}.")


def _cause(seen: SeenMover, one: CauseCases, *, is_first: bool) -> None:
    ref, name = seen.found.ref, one.cause.name
    parts = seen.found.parts if is_first else ()
    told = cause_sentence(one) + (f"; mostly {part_sentence(parts[0], one)}" if parts else ".")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(told, width="content")
        if parts:
            count, cases = parts[0].after_of, parts[0].of
            if not one.is_hit_good:
                count, cases = parts[0].after_hits, parts[0].hits
            _cases(f"mover-part-{ref}-{name}", f"these {plural(count, 'case')}", cases)
        if one.of is not None and one.of_count:
            _cases(f"mover-all-{ref}-{name}", f"all its {plural(one.of_count, 'case')}", one.of)


def _cases(key: str, label: str, cases: CaseFilter) -> None:
    st.button(label, key=key, type="tertiary", on_click=go_to_queue, args=(cases,))


def _perhaps(view: MoversView) -> None:
    """Falls that chance may explain: one line each, folded."""
    if not view.perhaps:
        return
    label = f"Fell, but chance may explain it ({len(view.perhaps)})"
    with st.expander(label, key="movers-perhaps"):
        for seen in view.perhaps:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(fall_sentence(seen, view.around.rules.interval), width="stretch")
                st.button(
                    f"Open {escape(seen.found.name)}",
                    type="tertiary",
                    key=f"perhaps-{seen.found.ref}",
                    on_click=partial(open_partner, seen.found.ref),
                )
