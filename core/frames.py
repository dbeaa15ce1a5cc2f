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
        found = dict(zip(frame.columns, map(str, frame.dtypes), strict=True))
        missing = [c for c in self.columns if c not in found]
        extra = [c for c in found if c not in self.columns]
        wrong = [
            f"{c} is {found[c]}, not {d}"
            for c, d in self.columns.items()
            if c in found and found[c] != d
        ]
        if missing or extra or wrong:
            msg = f"{self.name}: missing {missing}, unexpected {extra}, dtypes {wrong}"
            raise TypeError(msg)
        names = list(self.columns)
        return frame if list(found) == names else frame[names]
