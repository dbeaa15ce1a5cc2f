"""The imports so far: what each read and refused, its rejected rows as a file, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from core.desk.export import escaped
from core.storage.imports import Batch
from core.ui.format import exact, plural

STATES = {"done": "Done", "failed": "Failed", "undone": "Undone", "running": "Running"}


def listing(batches: Sequence[Batch], zone: str) -> Batch | None:
    """All imports, the newest first; the ticked one is given back."""
    event = st.dataframe(
        pd.DataFrame(
            {
                "Import": [b.ref for b in batches],
                "State": [STATES.get(b.status, b.status) for b in batches],
                "Started": [exact(b.started_at, zone) for b in batches],
                "By": [b.by for b in batches],
                "Source": [b.source for b in batches],
                "File": [b.file_name for b in batches],
                "Read": [b.count.read for b in batches],
                "Accepted": [b.count.accepted for b in batches],
                "Updated": [b.count.updated for b in batches],
                "Unchanged": [b.count.unchanged for b in batches],
                "Rejected": [b.count.rejected for b in batches],
                "Message": [b.message for b in batches],
            }
        ),
        hide_index=True,
        key="import-history",
        on_select="rerun",
        selection_mode="single-row",
        alt=f"{plural(len(batches), 'import')}, the newest first",
    )
    ticked = event["selection"]["rows"]
    return batches[ticked[0]] if ticked and ticked[0] < len(batches) else None


def what_undo_changes(batch: Batch) -> str:
    """Told before anything is taken back."""
    return (
        f"Undo of {batch.ref} removes the {plural(batch.count.cases_created, 'case')} that it "
        f"created and restores the {plural(batch.count.cases_updated, 'case')} that it changed. "
        "Cases that were changed since stay as they are and are named."
    )


def rejects_csv(rows: pd.DataFrame) -> bytes:
    """Rejected rows as a file that a spreadsheet opens without running anything in it."""
    safe = rows.copy()
    for column in safe.columns:
        if safe[column].dtype != "int64":
            safe[column] = [escaped(str(cell)) for cell in safe[column]]
    return safe.to_csv(index=False).encode("utf-8-sig")


def download(batch: Batch, read: Callable[[], pd.DataFrame]) -> None:
    """The rejected rows of one import, read when the button is clicked."""
    st.download_button(
        f"Download {plural(batch.count.rejected, 'rejected row')}",
        data=lambda: rejects_csv(read()),
        file_name=f"rejected-{batch.ref}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="download-rejects",
    )
