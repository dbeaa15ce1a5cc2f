"""Tells what an admission would do to each case, without a write: for dry runs and previews."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select

from core.storage.engine import Dialect
from core.storage.sets import among
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)


def foresee(
    connection: Connection, dialect: Dialect, lines: pd.DataFrame
) -> npt.NDArray[np.object_]:
    """'created', 'updated' or 'unchanged' for each line of CASE_LINES, in their order."""
    held: dict[tuple[str, str], str] = {}
    for source, part in lines.groupby("source", sort=False):
        names = part["external_id"].tolist()
        rows = connection.execute(
            select(CASES.c.external_id, CASES.c.content_hash).where(
                CASES.c.source == str(source), among(CASES.c.external_id, names, dialect)
            )
        )
        held |= {(str(source), row.external_id): row.content_hash for row in rows}
    keys = zip(lines["source"], lines["external_id"], lines["content_hash"], strict=True)
    told = [_outcome(held.get((source, name)), content) for source, name, content in keys]
    return np.array(told, dtype=object)


def _outcome(held: str | None, content: str) -> str:
    if held is None:
        return "created"
    return "unchanged" if held == content else "updated"
