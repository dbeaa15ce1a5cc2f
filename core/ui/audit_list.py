"""Entries of the audit record as a table in which one can be ticked, and that one in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core.audit.model import Entry
from core.ui.audit_words import act_words, details, subject_words, who_words
from core.ui.format import DASH, exact, relative

SHOWN_AT_ONCE = 17


def entries(found: Sequence[Entry], zone: str, now: datetime) -> Entry | None:
    """The entries as a table, the newest first; the ticked one is given back."""
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
