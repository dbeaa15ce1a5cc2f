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
from core.ui.audit_words import ACTS, act_words, details, subject_words, who_words
from core.ui.format import DASH, count, exact, relative
from core.ui.state import the_desk, the_person, the_zone

PARTS = {"actor": "Who", "act": "Act", "subject": "Of what"}
BEFORE = "before"
SHOWN_AT_ONCE = 17


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
    ticked = entries(found.entries, zone)
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


def entries(found: Sequence[Entry], zone: str) -> Entry | None:
    """The entries as a table, the newest first; the ticked one is given back."""
    now = the_desk().clock.now()
    text = st.column_config.TextColumn
    event = st.dataframe(
        pd.DataFrame(
            {
                "At": [exact(e.at, zone) for e in found],
                "Ago": [relative(e.at, now) for e in found],
                "Who": [who_words(e) for e in found],
                "Act": [act_words(e.act) for e in found],
                "Of what": [subject_words(e) for e in found],
                "Details": [details(e, zone) for e in found],
                "No.": [e.id for e in found],
            }
        ),
        hide_index=True,
        height="content" if len(found) <= SHOWN_AT_ONCE else 560,
        key="audit-entries",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "No.": st.column_config.NumberColumn(width=56),
            "At": text(width=164),
            "Ago": text(width=76),
            "Who": text(width=100),
            "Act": text(width=156),
            "Of what": text(width=110),
            "Details": text(width=400),
        },
        alt=f"{len(found)} entries of the audit record, the newest first",
    )
    ticked = event["selection"]["rows"]
    return found[ticked[0]] if ticked and ticked[0] < len(found) else None


def whole(entry: Entry, zone: str) -> None:
    """One entry with nothing cut off, and its place in the chain."""
    with st.container(border=True, gap="xsmall", key="audit-chosen"):
        # As plain text: the subject and the details can carry what somebody typed.
        st.text(f"{entry.id:,} · {act_words(entry.act)} ({entry.act})")
        st.text(
            f"Who: {who_words(entry)} · Of what: {entry.subject or DASH} · {exact(entry.at, zone)}"
        )
        st.text(details(entry, zone) or "No details.")
        st.caption("Hash of this entry, and of the one before it")
        st.code(f"{entry.hash}\n{entry.previous_hash}", language=None)


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
