"""The audit: who saw, changed or exported what, and whether the record is whole."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk.audit import TrailFilter, trail_page, verify_trail
from core.ui import states
from core.ui.address import read_params, seed
from core.ui.audit_list import entries, whole
from core.ui.audit_words import ACTS, act_words
from core.ui.format import count
from core.ui.state import the_desk, the_person, the_zone

PARTS = {"actor": "Who", "act": "Act", "subject": "Of what"}
BEFORE = "before"


def page() -> None:
    """Filters, entries from the newest down, and the proof on demand."""
    person = the_person()
    zone = the_zone(person)
    with st.container(horizontal=True, vertical_alignment="bottom", key="desk-head"):
        st.markdown("# Audit", width="stretch")
        check = st.button(
            "Verify the chain",
            icon=":material/verified:",
            help="Proves that no entry was changed or taken away since it was written",
            key="verify",
        )
    if check:
        proof(person)
    wanted = filters()
    before = st.query_params.get(BEFORE, "")
    found = trail_page(the_desk(), person, wanted, int(before) if before.isdecimal() else None)
    if not found.entries:
        states.empty(
            "No entry fits.",
            "Names and references have to be in full. Empty a filter to see more of the record.",
        )
        return
    ticked = entries(found.entries, zone, the_desk().clock.now())
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Newest", disabled=not before, on_click=turn, args=(None,), key="newest")
        older = found.before_id
        st.button("Older", disabled=older is None, on_click=turn, args=(older,), key="older")
    if ticked:
        whole(ticked, zone)
    else:
        st.caption("Tick an entry to read it in full.")


def filters() -> TrailFilter:
    """Exact values of who, act and subject; they stand in the address."""
    chosen = {part: st.query_params.get(part, "") for part in PARTS}
    for part, value in chosen.items():
        seed(f"audit-{part}", value)
    who, act, subject = st.columns(3)
    _exact(who, "actor", "a username, in full")
    acts = sorted(ACTS, key=act_words)
    if chosen["act"] and chosen["act"] not in ACTS:
        acts.append(chosen["act"])
    act.selectbox(
        PARTS["act"],
        ["", *acts],
        format_func=lambda a: act_words(a) or "Every act",
        key="audit-act",
        on_change=narrow,
        args=("act",),
    )
    _exact(subject, "subject", "a reference or username, in full")
    return TrailFilter(**chosen)


def _exact(column: st.delta_generator.DeltaGenerator, part: str, asks_for: str) -> None:
    column.text_input(
        PARTS[part],
        key=f"audit-{part}",
        placeholder=asks_for,
        on_change=narrow,
        args=(part,),
        max_chars=80,
    )


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
