"""All partners in scope, one row each, the worst first."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk.partner_ask import PAGE_SIZES, PartnerAsk
from core.desk.partners import PartnersView, partners_view
from core.ui import flash, states
from core.ui.format import plural, span
from core.ui.heads import copy_link, page_head
from core.ui.partners.partner_address import change, clear, read_ask, turn
from core.ui.partners.partner_choices import chips, filters_open, line
from core.ui.partners.partner_download import download
from core.ui.partners.partner_summary import cases_line, summary
from core.ui.partners.partner_table import partner_table
from core.ui.partners.partner_words import ORDERS, RULES
from core.ui.state import the_desk, the_zone
from core.ui.views import switch


def show_list(person: Person) -> None:
    """Read once, then arrange."""
    ask, ignored = read_ask()
    view = partners_view(the_desk(), person, ask, the_zone(person), filters_open())
    head = page_head("Partners", view.at, view.zone, view.version, is_refreshing=view.is_refreshing)
    with head:
        download(person, ask, view)
        copy_link("partners")
    flash.tell()
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    if not view.in_scope:
        states.empty(
            "No partner is in your scope.",
            "Partners come with imported cases, or from the directory; a lead gives them to you.",
        )
        return
    summary(view)
    line(view)
    chips(view)
    if not view.total:
        states.empty("No partner satisfies all of this.", "Take a filter out.")
        st.button("Clear all filters", key="partners-clear-empty", on_click=clear)
        return
    _pager(view, ask)
    partner_table(view)


def _pager(view: PartnersView, ask: PartnerAsk) -> None:
    """The order in words and the cases of these partners, then the ways on and back."""
    last = -(-view.total // view.ask.size)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        told = f"{plural(view.total, 'partner')} · {ORDERS[ask.order].lower()}"
        st.caption(told, width="stretch", help=f"Order: {RULES[ask.order]}.")
        cases_line(view)
        sizes = {size: str(size) for size in PAGE_SIZES}
        switch("partner-size", "Rows", view.ask.size, sizes, lambda size: change(size=size))
        end = view.first + len(view.lines) - 1
        st.caption(span(view.first, end, view.total), width="content")
        _turn("page-previous", ":material/chevron_left:", "Previous page", view.ask.page - 1, last)
        _turn("page-next", ":material/chevron_right:", "Next page", view.ask.page + 1, last)


def _turn(key: str, icon: str, words: str, to: int, last: int) -> None:
    st.button(
        words,
        icon=icon,
        key=key,
        help=words,
        disabled=not 1 <= to <= last,
        on_click=turn,
        args=(to,),
    )
