"""One partner's health week by week."""

from __future__ import annotations

from datetime import date

import pandas as pd

from core.frames import FrameShape
from core.storage.snapshot import Reading

WEEKS = 26
HEALTH_POINTS = FrameShape(
    name="HEALTH_POINTS",
    grain="one row per week, oldest first; the last is the day asked for",
    columns={
        "day": "datetime64[us, UTC]",
        "score": "float64",  # NaN without enough cases
        "low": "float64",
        "high": "float64",
        "band": "str",  # of the taxonomy, not_enough_data included
        "effective": "float64",
    },
)


def health_history(reading: Reading, partner_id: int, day: date) -> pd.DataFrame:
    """HEALTH_POINTS of the last weeks."""
    raise NotImplementedError
