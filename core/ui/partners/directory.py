"""The directory of partners: everybody in scope, who is probably there twice, and the file."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.directory import Directory, DirectoryLine, directory_view
from core.desk.spelling_proposals import proposal_count, proposals_view
from core.partners.directory_rules import shown
from core.ui import states
from core.ui.address import choose_one, read_one, seed
from core.ui.case_link import open_partner
from core.ui.drawer import opened_form, show_form
from core.ui.format import DASH, exact, plural, span
from core.ui.heads import copy_link
from core.ui.partners.directory_file import export_button, show_file
from core.ui.partners.facts_form import create_form, open_new
from core.ui.partners.same_partner import show_same
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list
from core.ui.undoable import tell_undoable
from core.ui.views import switch

PART, FIND, TURN = "part", "find", "from"
PARTS = ("all", "same", "file")
ROWS = 100  # of one page of the list
HIGHEST = 1_560
OVER = "partner-directory"  # what the form of a new partner is open over


def show_directory(person: Person) -> None:
    """Read once, then arrange."""
    desk = the_desk()
    part, unusable = read_one(PART, PARTS)
    text = st.query_params.get(FIND, "")
    asked = st.query_params.get(TURN, "")
    first = int(asked) // ROWS * ROWS if asked.isdigit() else 0
    view = directory_view(desk, person, text, first=first, most=ROWS)
    _head(person, view)
    tell_undoable()
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    parts: dict[str, Callable[[], None]] = {
        "all": lambda: _all(view, text),
        "same": lambda: show_same(person, proposals_view(desk, person), the_zone(person)),
        "file": lambda: show_file(person),
    }
    _choose_part(part, view, proposal_count(desk, person))
    parts[part]()
    if opened_form(OVER) == "create":
        show_form(OVER, create_form(person))


def _head(person: Person, view: Directory) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("# Directory", width="stretch")
        zone = the_zone(person)
        st.caption(f"as of {exact(view.at, zone)}", width="content")
        if view.may_write:
            st.button(
                "Add a partner",
                icon=":material/add:",
                type="primary",
                key="partner-add",
                on_click=open_new,
                args=(OVER,),
            )
        export_button(person, view.total)
        copy_link("directory")


def _choose_part(part: str, view: Directory, found: int) -> None:
    labels = {
        "all": f"Partners · {view.total:,}",
        "same": f"Probably the same · {found:,}",
        "file": "From a file",
    }
    offered = {each: labels[each] for each in PARTS if each != "file" or view.may_write}
    switch("directory-part", "Part", part, offered, lambda each: choose_one(PART, each, PARTS))


def _all(view: Directory, text: str) -> None:
    seed("directory-find", text)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Search",
            key="directory-find",
            placeholder="Name, spelling, reference, account or manager",
            on_change=_find,
            width=420,
        )
        if view.found > ROWS:
            st.caption(span(view.first + 1, view.first + len(view.lines), view.found))
            _turns(view.first, view.found)
        elif view.found:
            st.caption(plural(view.found, "partner"))
    if not view.total:
        hint = "Add one, or bring partners in from a file." if view.may_write else ""
        states.empty("No partner is in your scope yet.", hint)
    elif not view.found:
        states.empty(f"Nothing is found for “{text}”.", "Try a part of the name.")
    else:
        _listing(view.lines)


def _turns(first: int, total: int) -> None:
    for key, icon, words, to in (
        ("page-previous", ":material/chevron_left:", "Previous page", first - ROWS),
        ("page-next", ":material/chevron_right:", "Next page", first + ROWS),
    ):
        st.button(
            words,
            icon=icon,
            key=key,
            help=words,
            disabled=not 0 <= to < total,
            on_click=_go_to,
            args=(to,),
        )


def _listing(lines: tuple[DirectoryLine, ...]) -> None:
    def opened(row: int) -> None:
        open_partner(lines[row].entry.ref, view="details")

    column = st.column_config
    click_list(
        _readable(lines),
        "directory-list",
        f"{plural(len(lines), 'partner')} by name",
        {"partner": Act("Partner", opened, 230, "Click for its details", pinned=True)},
        {
            "ref": column.TextColumn("Ref", width=70),
            "tier": column.TextColumn("Tier", width=44),
            "category": column.TextColumn("Category", width=140),
            "market": column.TextColumn("Market", width=130),
            "language": column.TextColumn("Language", width=110),
            "managers": column.TextColumn("Served by", width=190),
            "spellings": column.TextColumn("Other spellings", width=230),
            "accounts": column.TextColumn("Accounts", width=320),
            "state": column.TextColumn("State", width=70),
        },
        highest=HIGHEST,
    )


def _readable(lines: tuple[DirectoryLine, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "partner": [line.entry.facts.name for line in lines],
            "ref": [line.entry.ref for line in lines],
            "tier": [line.entry.facts.tier or DASH for line in lines],
            "category": [shown("category", line.entry.facts.category) for line in lines],
            "market": [shown("market", line.entry.facts.market) for line in lines],
            "language": [shown("language", line.entry.facts.language) for line in lines],
            "managers": [_managers(line) for line in lines],
            "spellings": [", ".join(line.spellings) or DASH for line in lines],
            "accounts": [", ".join(a.handle for a in line.accounts) or DASH for line in lines],
            "state": ["active" if line.entry.facts.is_active else "inactive" for line in lines],
        }
    )


def _managers(line: DirectoryLine) -> str:
    told = (f"{who.name} (cover)" if who.is_cover else who.name for who in line.managers)
    return ", ".join(told) or "nobody"


def _find() -> None:
    text = st.session_state["directory-find"].strip()
    st.query_params.pop(TURN, None)
    if text:
        st.query_params[FIND] = text
    else:
        st.query_params.pop(FIND, None)


def _go_to(first: int) -> None:
    if first:
        st.query_params[TURN] = str(first)
    else:
        st.query_params.pop(TURN, None)
