"""Declared shapes of the data frames that cross from one room into another.

A shape names the columns, their dtypes and the grain (what one row is), so that a room can say
what it hands over and ``check`` can refuse anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class FrameShape:
    """Columns with their dtypes and the sentence that says what one row is."""

    name: str
    grain: str
    columns: Mapping[str, str]

    def empty(self) -> pd.DataFrame:
        """A frame of this shape without rows."""
        return pd.DataFrame({c: pd.Series(dtype=d) for c, d in self.columns.items()})

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give the frame back, in declared column order, or raise with every difference named."""
        missing = [c for c in self.columns if c not in frame.columns]
        extra = [c for c in frame.columns if c not in self.columns]
        wrong = [
            f"{c} is {frame[c].dtype}, not {d}"
            for c, d in self.columns.items()
            if c in frame.columns and str(frame[c].dtype) != d
        ]
        if missing or extra or wrong:
            msg = f"{self.name}: missing {missing}, unexpected {extra}, dtypes {wrong}"
            raise TypeError(msg)
        return frame[list(self.columns)]
