"""The clause register: every clause with its version in force, and one of them in full."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.clause_register import ClauseLine, RegisterView, clause_register
from core.desk.policy_impact import Counted
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.address import seed
from core.ui.case_link import go_to_queue
from core.ui.flash import tell
from core.ui.format import DASH, exact, plural
from core.ui.heads import copy_link
from core.ui.policy.clause import show_clause
from core.ui.policy.policy_address import CLAUSE, choose, open_clause
from core.ui.policy.policy_words import day_of
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

FIND = "find"


def show_clauses(person: Person) -> None:
    """One clause, or the register, as the address says."""
    key = st.query_params.get(CLAUSE, "")
    if key:
        show_clause(person, key)
    else:
        show_register(person)


def show_register(person: Person) -> None:
    """Read once, then arrange."""
    with st.spinner("Counting decisions …"):
        view = clause_register(the_desk(), person)
    zone = the_zone(person)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="policy-head"):
        st.markdown("# Clause register", width="stretch")
        st.caption(f"as of {exact(view.at, zone)} · data {view.data_version:,}", width="content")
        copy_link("clauses")
    tell()
    lines = choices(view)
    if lines:
        table(lines)
        changing = sum(1 for line in lines if line.next_version)
        st.caption(
            f"{plural(len(lines), 'clause')} in force, {changing:,} with a version that waits. "
            "Cases are counted as far as you may see them."
        )
    else:
        states.empty("No clause fits.", "Search for another word or choose another area.")


def choices(view: RegisterView) -> list[ClauseLine]:
    """The cuts of the register; both stand in the address. Gives the lines that fit."""
    areas = tuple(st.query_params.get_all("area"))
    find = st.query_params.get(FIND, "")
    seed("register-area", [one for one in areas if one in taxonomy().abuse_types])
    seed("register-find", find)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(
            "Search",
            key="register-find",
            placeholder="Key or words of the title",
            width=240,
            on_change=lambda: choose(**{FIND: st.session_state["register-find"]}),
        )
        st.multiselect(
            "Area",
            list(taxonomy().abuse_types),
            key="register-area",
            format_func=lambda area: taxonomy().label("abuse_types", area),
            placeholder="All",
            width=320,
            on_change=lambda: choose(area=st.session_state["register-area"]),
        )
    wanted = find.strip().casefold()
    return [
        line
        for line in view.lines
        if (not areas or line.abuse_type in areas)
        and wanted in f"{line.key} {line.title}".casefold()
    ]


def table(lines: list[ClauseLine]) -> None:
    """One row each; the clause opens it, the numbers open their cases."""

    def read(row: int) -> None:
        open_clause(lines[row].key)

    def opens(found: list[Counted | None], row: int) -> None:
        counted = found[row]
        if counted is not None:
            go_to_queue(counted.filter)

    acts = {
        "Clause": Act("Clause", read, 76, "Click to read all versions", pinned=True),
        "Open cases": Act(
            "Open cases",
            partial(opens, [line.open_cases for line in lines]),
            84,
            "Open cases under the clause; click to open them",
            alignment="right",
        ),
        "Decided": Act(
            "Decided",
            partial(opens, [line.decided for line in lines]),
            84,
            "Cases with a decision that refers to the version in force; click to open them",
            alignment="right",
        ),
    }
    alt = f"{plural(len(lines), 'clause')} by key"
    click_list(readable(lines), "register", alt, acts, columns(), highest=760)


def columns() -> dict[str, Any]:
    """Widths and words of what is not clicked."""
    text = st.column_config.TextColumn
    return {
        "Title": text(width=220),
        "Area": text(width=180),
        "In force": text(width=64),
        "Since": text(width=90),
        "Next": text(width=150),
        "Versions": st.column_config.NumberColumn(width=66),
        "Updates": st.column_config.NumberColumn(
            width=66, help="Updates of the feed that touch it, its own versions included"
        ),
        "Open gaps": text(width=120),
    }


def readable(lines: list[ClauseLine]) -> pd.DataFrame:
    """Lines as a person reads them."""
    return pd.DataFrame(
        {
            "Clause": [line.key for line in lines],
            "Title": [line.title for line in lines],
            "In force": [line.version or DASH for line in lines],
            "Since": [day_of(line.since) for line in lines],
            "Open cases": [number(line.open_cases) for line in lines],
            "Decided": [number(line.decided) for line in lines],
            "Updates": [line.update_count for line in lines],
            "Open gaps": [", ".join(line.gaps) or DASH for line in lines],
            "Area": [taxonomy().label("abuse_types", line.abuse_type) for line in lines],
            "Next": [next_words(line) for line in lines],
            "Versions": [line.version_count for line in lines],
        }
    )


def next_words(line: ClauseLine) -> str:
    """The version that waits, and its day."""
    return f"{line.next_version} from {day_of(line.next_at)}" if line.next_version else DASH


def number(found: Counted | None) -> str:
    """A count, or a dash where the reader has no queue."""
    return DASH if found is None else f"{found.count:,}"
