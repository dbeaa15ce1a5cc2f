"""The imports so far: what each read and refused, and what taking it back would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from core.storage.imports import Batch
from core.ui.format import DASH, duration, exact, plural, relative

STATES = {"done": "Done", "failed": "Failed", "undone": "Taken back", "running": "Running"}
COUNTS = ("read", "accepted", "updated", "unchanged", "rejected")
SHOWN_AT_ONCE = 10


def listing(batches: Sequence[Batch], zone: str, now: datetime) -> Batch | None:
    """All imports, the newest first; the ticked one is given back."""
    rows = pd.DataFrame(
        {
            "Import": [b.ref for b in batches],
            "State": [STATES.get(b.status, b.status) for b in batches],
            "Started": [exact(b.started_at, zone) for b in batches],
            "File": [b.file_name for b in batches],
            **{c.capitalize(): [getattr(b.count, c) for b in batches] for c in COUNTS},
            "Ago": [relative(b.started_at, now) for b in batches],
            "By": [b.by for b in batches],
            "Source": [b.source for b in batches],
        }
    )
    event = st.dataframe(
        # Styled, not turned into text: the columns sort by number and read with thousands apart.
        rows.style.format(thousands=",", subset=[c.capitalize() for c in COUNTS]),
        hide_index=True,
        height="content" if len(batches) <= SHOWN_AT_ONCE else 360,
        key="import-history",
        on_select="rerun",
        selection_mode="single-row",
        column_config=_columns(),
        alt=f"{plural(len(batches), 'import')}, the newest first",
    )
    ticked = event["selection"]["rows"]
    return batches[ticked[0]] if ticked and ticked[0] < len(batches) else None


def _columns() -> Mapping[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "Import": text(width=72),
        "State": text(width=84),
        "Started": text(width=160),
        "Ago": text(width=84),
        "By": text(width=84),
        "File": text(width=130),
        "Source": text(width=80),
        **{c.capitalize(): number(width=78, help="Rows of the file") for c in COUNTS},
    }


def first_step(*, can_import: bool) -> str:
    """What to do while there is no import: told to those who can, and who it is to the others."""
    if can_import:
        return "Upload a file above to bring its cases in."
    return "A team lead brings files in; each is listed here with its counts."


def told(batch: Batch, zone: str) -> None:
    """One import in full: every row and what the rows came to, and why it failed if it did."""
    # As plain text: the name of the file and the message are not ours.
    st.text(f"{batch.ref} · {batch.file_name or DASH}")
    st.caption(f"{rows_told(batch)}  \n{cases_told(batch)}")
    if batch.finished_at is not None:
        took = duration(batch.finished_at - batch.started_at)
        st.caption(f"Ended {exact(batch.finished_at, zone)} after {took}.")
    if batch.undone_at is not None:
        st.caption(f"Taken back {exact(batch.undone_at, zone)}.")
    if batch.message:
        st.text(batch.message)


def rows_told(batch: Batch) -> str:
    """``31 rows read = 30 accepted + 0 updated + 0 unchanged + 1 rejected.``"""
    read, *parts = COUNTS
    sums = " + ".join(f"{getattr(batch.count, part):,} {part}" for part in parts)
    return f"{plural(getattr(batch.count, read), 'row')} read = {sums}."


def cases_told(batch: Batch) -> str:
    """What the rows came to in cases."""
    count = batch.count
    return f"{plural(count.cases_created, 'case')} created, {count.cases_updated:,} updated."


def what_undo_changes(batch: Batch) -> str:
    """Told before anything is taken back."""
    return (
        f"Undo of {batch.ref} removes the {plural(batch.count.cases_created, 'case')} that it "
        f"created and restores the {plural(batch.count.cases_updated, 'case')} that it changed. "
        "Cases that were changed since stay as they are and are named."
    )
