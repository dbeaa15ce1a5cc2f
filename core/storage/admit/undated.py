"""Ends whose moment the source does not tell: the case is over, when it ended stays unknown."""

from __future__ import annotations

import pandas as pd

UNDATED = "undated"  # stands in ``field`` of a status event
MOMENTS = {
    "resolved": ("first_resolved_at", "resolved_at", "ttr_first_us", "ttr_us"),
    "closed": ("closed_at",),
}
VERDICTS = ("sla_ttr_first", "sla_ttr")


def forget_undated(clocks: pd.DataFrame, lines: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The clocks (one row per line) without the moments and durations that nobody stated."""
    told = events[(events["field"] == UNDATED) & (events["kind"] == "status")]
    if told.empty:
        return clocks
    clocks = clocks.copy()
    for status, columns in MOMENTS.items():
        keys = told.loc[told["value"] == status, "key"]
        rows = lines["key"].isin(keys).to_numpy() & (clocks["status"] == status).to_numpy()
        clocks.loc[rows, list(columns)] = pd.NA
        if status == "resolved":
            clocks.loc[rows, list(VERDICTS)] = "none"
    return clocks
