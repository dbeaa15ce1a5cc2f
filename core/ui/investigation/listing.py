"""All investigations as a table: those that go on first, one's own before others'."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.investigation_views import InvestigationList, investigation_list
from core.risk.investigation import investigation_limits
from core.storage.investigation_lists import InvestigationLine
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.address import seed
from core.ui.format import DASH, exact, plural, relative
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

REF, STATE, PERSON = "investigation", "state", "person"  # in the address


def show_list(person: Person) -> None:
    """Read once, then arrange."""
    statuses, who, ignored = read_choice()
    found = investigation_list(the_desk(), person, statuses, who, the_zone(person))
    head(found)
    for notice in ignored:
        st.warning(notice, icon=":material/info:")
    choices(found, statuses, who)
    if found.lines:
        table(found)
    elif statuses or who:
        states.empty("No investigation fits.", "Choose another status or person.")
    else:
        states.empty("Nothing is being investigated.", first_step(can_write=found.can_write))


def head(found: InvestigationList) -> None:
    """What this is, as of when, and the way to a new one."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-head"):
        st.markdown("# Investigations", width="stretch")
        st.caption(f"as of {exact(found.at, found.zone)}", width="content")
        if found.can_write:
            st.button("New investigation", icon=":material/add:", key="new", on_click=ask_for_new)


def ask_for_new() -> None:
    """The form for a new one, over all open cases until a scope is chosen."""
    st.query_params.from_dict({"question": ""})


def first_step(*, can_write: bool) -> str:
    """What would bring something here."""
    if can_write:
        return "Open one from a surge or a cell of the heatmap, or with the button above."
    return "A team lead, senior analyst or policy liaison opens one; it is listed here then."


def read_choice() -> tuple[tuple[str, ...], str, list[str]]:
    """Statuses and the person that the address chooses, and what of it could not be used."""
    known = taxonomy().investigation_statuses
    asked = st.query_params.get_all(STATE)
    ignored = [f"{s!r} is no status; it was left out." for s in asked if s not in known]
    return tuple(s for s in asked if s in known), st.query_params.get(PERSON, ""), ignored


def choices(found: InvestigationList, statuses: tuple[str, ...], who: str) -> None:
    """The two cuts of the list; both stand in the address."""
    seed("inv-state", list(statuses))
    seed("inv-person", who)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.pills(
            "Status",
            list(taxonomy().investigation_statuses),
            selection_mode="multi",
            format_func=lambda s: taxonomy().label("investigation_statuses", s),
            key="inv-state",
            on_change=choose,
            width="content",
        )
        offered = sorted({*found.people, *([who] if who else [])})
        st.selectbox(
            "Person",
            ["", *offered],
            format_func=lambda name: name or "Anybody",
            key="inv-person",
            on_change=choose,
            width=200,
        )


def choose() -> None:
    """Bring the two cuts into the address."""
    st.query_params.from_dict(
        {
            **({STATE: st.session_state["inv-state"]} if st.session_state["inv-state"] else {}),
            **({PERSON: st.session_state["inv-person"]} if st.session_state["inv-person"] else {}),
        }
    )


def table(found: InvestigationList) -> None:
    """One row each; a click on a reference opens it."""
    refs = [line.ref for line in found.lines]

    def open_one(row: int) -> None:
        st.query_params.from_dict({REF: refs[row]})

    opened = Act("Ref", open_one, 76, "Click a reference to open the investigation", pinned=True)
    text = st.column_config.TextColumn
    columns = {
        "Status": text(width=100),
        "Question": text(width=430),
        "Lead": text(width=100),
        "With": text(width=130),
        "Cases": st.column_config.NumberColumn(width=60, help="Pinned cases that you may see"),
        "Changed": text(width=96),
        "Opened": text(width=160),
    }
    alt = f"{plural(len(refs), 'investigation')}, those that go on first"
    click_list(readable(found), "investigations", alt, {"Investigation": opened}, columns)
    most = investigation_limits().most_listed
    if len(refs) == most:
        st.caption(f"The first {most:,}; choose a status or person to see others.")


def readable(found: InvestigationList) -> pd.DataFrame:
    """Lines as a person reads them."""
    lines = found.lines
    return pd.DataFrame(
        {
            "Investigation": [line.ref for line in lines],
            "Status": [taxonomy().label("investigation_statuses", i.status) for i in lines],
            "Question": [question_words(line) for line in lines],
            "Lead": [line.lead or DASH for line in lines],
            "With": [", ".join(line.members) or DASH for line in lines],
            "Cases": [line.pin_count for line in lines],
            "Changed": [relative(line.changed_at, found.at) for line in lines],
            "Opened": [exact(line.opened_at, found.zone) for line in lines],
        }
    )


def question_words(line: InvestigationLine) -> str:
    """The question, or that it was erased."""
    return line.question or "(erased)"
