"""The audit: who saw, changed or exported what, and whether the record is whole."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.audit.model import Entry
from core.desk.audit import TrailFilter, trail_page, verify_trail
from core.ui import states
from core.ui.address import read_params, seed
from core.ui.format import count, exact
from core.ui.state import the_desk, the_person, the_zone

PARTS = {"actor": "Who", "act": "Act", "subject": "Of what"}
BEFORE = "before"


def page() -> None:
    """Filters, entries from the newest down, and the proof on demand."""
    person = the_person()
    zone = the_zone(person)
    with st.container(horizontal=True, vertical_alignment="bottom", key="desk-head"):
        st.markdown("# Audit", width="stretch")
        check = st.button("Verify the chain", icon=":material/verified:", key="verify")
    if check:
        proof(person)
    wanted = filters()
    before = st.query_params.get(BEFORE, "")
    found = trail_page(the_desk(), person, wanted, int(before) if before.isdecimal() else None)
    if not found.entries:
        states.empty("No entry fits.", "Empty a filter to see more of the record.")
        return
    entries(found.entries, zone)
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Newest", disabled=not before, on_click=turn, args=(None,), key="newest")
        older = found.before_id
        st.button("Older", disabled=older is None, on_click=turn, args=(older,), key="older")


def filters() -> TrailFilter:
    """Exact values of who, act and subject; they stand in the address."""
    chosen: dict[str, str] = {}
    for column, (part, label) in zip(st.columns(len(PARTS)), PARTS.items(), strict=True):
        chosen[part] = st.query_params.get(part, "")
        seed(f"audit-{part}", chosen[part])
        column.text_input(label, key=f"audit-{part}", on_change=narrow, args=(part,), max_chars=80)
    return TrailFilter(**chosen)


def entries(found: Sequence[Entry], zone: str) -> None:
    """The entries as a table, the newest first."""
    st.dataframe(
        pd.DataFrame(
            {
                "No.": [e.id for e in found],
                "At": [exact(e.at, zone) for e in found],
                "Who": [e.actor for e in found],
                "Act": [e.act for e in found],
                "Of what": [e.subject for e in found],
                "Details": [detail_words(e) for e in found],
                "Hash": [e.hash[:12] for e in found],
            }
        ),
        hide_index=True,
        height=min(560, 36 * (len(found) + 1)),
        key="audit-entries",
        alt=f"{len(found)} entries of the audit record, the newest first",
    )


def detail_words(entry: Entry) -> str:
    """The details of an entry as one line."""
    told = (f"{k.replace('_', ' ')}: {v}" for k, v in entry.details.items() if v is not None)
    return " · ".join(told)


def proof(person: Person) -> None:
    """Walk the chain and say what was found."""
    with st.spinner("Walking the whole chain …"):
        result = verify_trail(the_desk(), person)
    if result.holds:
        st.success(f"The chain holds: {count(result.count)} entries, none changed or missing.")
    else:
        st.error(f"The chain breaks at entry {result.broken_id}: {result.why}.")


def narrow(part: str) -> None:
    """Take a filter into the address and start at the newest entry."""
    value = str(st.session_state[f"audit-{part}"]).strip()
    kept = {n: v for n, v in read_params().items() if n not in {part, BEFORE}}
    st.query_params.from_dict({**kept, **({part: value} if value else {})})


def turn(before_id: int | None) -> None:
    """Go on to older entries, or back to the newest."""
    kept = {n: v for n, v in read_params().items() if n != BEFORE}
    st.query_params.from_dict({**kept, **({BEFORE: str(before_id)} if before_id else {})})


page()
