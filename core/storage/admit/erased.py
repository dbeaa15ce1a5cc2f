"""Keeps erased text erased when a newer file of the same source brings it again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import select

from core.storage.admit.rows import TEXTS as PERSONAL
from core.storage.engine import Write
from core.storage.sets import among
from core.storage.tables import CaseTextRow
from core.storage.tables.base import table_of

TEXTS = table_of(CaseTextRow)


def without_erased(
    write: Write, case_ids: Sequence[int], lines: pd.DataFrame, events: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lines and events without personal text where the case has been erased."""
    erased = write.connection.execute(
        select(TEXTS.c.case_id).where(
            among(TEXTS.c.case_id, case_ids, write.dialect), TEXTS.c.erased_at.is_not(None)
        )
    ).scalars()
    gone = np.isin(np.asarray(case_ids), list(erased))
    if not gone.any():
        return lines, events
    lines, events = lines.copy(), events.copy()
    lines.loc[gone, list(PERSONAL)] = ""
    events.loc[events["key"].isin(lines.loc[gone, "key"]), "text"] = ""
    return lines, events
