"""Policy gaps by the state of their response: a column for each, and the legal acts on every card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.access.model import Person
from core.desk.gap_views import GapLine, GapList, gap_list
from core.gaps.workflow import Move, moves, moves_from
from core.taxonomy import Term, taxonomy
from core.ui.case_link import go_to_queue, open_gap
from core.ui.drawer import open_form, opened_form, show_form
from core.ui.format import duration, escape
from core.ui.gap.act_forms import ACT, act_form
from core.ui.gap.gap_words import (
    NOBODY,
    implementation_badge,
    linked_filter,
    next_words,
    overdue_badge,
    severity_badge,
    title_of,
    when_words,
)
from core.ui.gaps.gap_address import change, is_narrowed, read_ask
from core.ui.gaps.listing import nothing
from core.ui.gaps.top import top
from core.ui.state import the_desk

MOST_CARDS = 8  # of a column; the list has them all


def show_board(person: Person) -> None:
    """Read once, then arrange."""
    ask, ignored = read_ask()
    view = gap_list(the_desk(), person, ask)
    top(person, view, ask, ignored)
    if not view.lines:
        nothing(view, is_narrow=is_narrowed(ask))
        return
    lines: dict[str, list[GapLine]] = {response: [] for response in taxonomy().gap_responses}
    for line in view.lines:
        lines[line.gap.response].append(line)
    shown = _columns_shown(lines)
    with st.container(key="gap-board"):
        for column, (response, term) in zip(
            st.columns(len(shown), gap="xsmall"), shown.items(), strict=True
        ):
            with column:
                _column(view, term, lines[response])
    _open_form(person, view.lines)


def _columns_shown(lines: Mapping[str, Sequence[GapLine]]) -> dict[str, Term]:
    """Every state that is open, and of those that end a gap the ones that have some."""
    terms = taxonomy().gap_responses
    return {r: t for r, t in terms.items() if lines[r] or not t.is_set("is_closed")}


def _column(view: GapList, term: Term, lines: Sequence[GapLine]) -> None:
    st.markdown(f"**:material/{term['icon']}: {escape(term.label)}** :gray[{len(lines)}]")
    if not lines:
        st.caption("None")
    for line in lines[:MOST_CARDS]:
        with st.container(border=True, gap="xxsmall", key=f"card-{line.gap.ref}"):
            _card(view, line)
    if len(lines) > MOST_CARDS:
        st.button(
            f"{len(lines) - MOST_CARDS:,} more in the list",
            type="tertiary",
            key=f"board-more-{term.value}",
            on_click=_to_list,
            args=(term.value,),
        )


def _card(view: GapList, line: GapLine) -> None:
    gap = line.gap
    st.button(
        f"{gap.ref} {escape(title_of(gap))}",
        type="tertiary",
        key=f"board-{gap.ref}",
        on_click=open_gap,
        args=(gap.ref,),
    )
    st.markdown(f"{severity_badge(gap.severity)} {implementation_badge(gap.implementation)}")
    if line.next:
        when = when_words(line, view.today)
        told = overdue_badge(when) if line.overdue else escape(when)
        st.markdown(f":small[{escape(next_words(line))}] {told}")
    since = duration(view.at - gap.response_at)
    st.caption(f"{escape(gap.owner or NOBODY)} · here for {since}")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.button(
            f"{line.linked:,} linked",
            type="tertiary",
            key=f"board-cases-{gap.ref}",
            help="Linked cases that you may see; click to open them in the queue",
            disabled=not line.linked,
            on_click=go_to_queue,
            args=(linked_filter(gap.ref),),
        )
        if view.can_write:
            _moves(line)


def _moves(line: GapLine) -> None:
    gap = line.gap
    found = {move.label: move for move in moves_from(gap.states)}
    if not found:
        return
    key = f"board-move-{gap.ref}"
    st.menu_button(
        "Move",
        list(found),
        key=key,
        type="tertiary",
        icon=":material/swap_horiz:",
        on_click=lambda: _begin(gap.ref, found[st.session_state[key]]),
    )


def _begin(ref: str, move: Move) -> None:
    open_form(ref, f"{ACT}:{move.act}")


def _open_form(person: Person, lines: Sequence[GapLine]) -> None:
    """The form of the act that was chosen on a card."""
    for line in lines:
        name, _, act = opened_form(line.gap.ref).partition(":")
        if name == ACT and act in moves():
            show_form(line.gap.ref, act_form(person, line.gap, moves()[act]))


def _to_list(response: str) -> None:
    st.query_params.pop("view", None)
    change(response=(response,))
