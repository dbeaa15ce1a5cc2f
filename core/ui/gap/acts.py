"""What can be done with a gap from where it stands; greyed with the reason where one may not."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.access.rules import why_not
from core.desk.gap_views import GapDossier, Offer
from core.gaps.model import Gap
from core.gaps.workflow import LISTS, Move, moves_from
from core.taxonomy import taxonomy
from core.ui.drawer import open_form
from core.ui.gap.act_forms import ACT


def offers_of(person: Person, view: GapDossier) -> tuple[Offer, ...]:
    """Every act that is open to the gap, with why this person may not do it."""
    refusal = why_not(person, "gap.write")
    if refusal is None:
        return view.offers
    return tuple(Offer(move, refusal) for move in moves_from(view.gap.states))


def act_buttons(person: Person, view: GapDossier) -> None:
    """The acts on the response, then those on the implementation."""
    found = offers_of(person, view)
    for axis, title in (("response", "Answer"), ("implementation", "Change")):
        mine = [offer for offer in found if offer.move.axis == axis]
        if not mine:
            continue
        with st.container(
            horizontal=True, vertical_alignment="center", gap="xsmall", key=f"gap-acts-{axis}"
        ):
            st.caption(title, width=56)
            for offer in mine:
                _button(view.gap, offer)


def icon_of(move: Move) -> str:
    """The icon of the state that an act leads to."""
    return f":material/{taxonomy().terms(LISTS[move.axis])[move.to]['icon']}:"


def _button(gap: Gap, offer: Offer) -> None:
    move, refusal = offer.move, offer.why_not
    asks = ", ".join(words.lower() for words in move.needs.values())
    st.button(
        move.label,
        icon=icon_of(move),
        key=f"act-{move.act}",
        disabled=refusal is not None,
        help=f"{refusal.message} {refusal.hint}"
        if refusal
        else f"Asks for: {asks}"
        if asks
        else None,
        on_click=open_form,
        args=(gap.ref, f"{ACT}:{move.act}"),
    )
