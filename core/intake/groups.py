"""Staged rows of one part brought together by case: order, copies, first and last row of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.mapping import Mapping
from core.intake.model import TextColumn, TextTable

UNKNOWN_AT = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows in order of their case, then of happening; ``case`` counts from 0 inside the part."""

    rows: TextTable
    case: np.ndarray  # of each row
    start: np.ndarray  # first row of each case
    end: np.ndarray  # behind the last row of each case
    at: np.ndarray  # moment of each row of an event log
    ids: list[str]  # identity of each case
    row_counts: np.ndarray  # rows of the file that speak of the case, exact copies left out
    copies: int  # exact copies that were left out
    moved: int  # rows whose time was after that of the row below them

    @property
    def count(self) -> int:
        """Number of cases."""
        return len(self.start)

    @property
    def last(self) -> np.ndarray:
        """Place of the last row of each case."""
        return self.end - 1

    def text(self, name: str, rows: np.ndarray) -> TextColumn:
        """The texts of a column in some rows."""
        return self.rows[name].combine_chunks().take(pa.array(rows))

    def micros(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The moments of a column in some rows, ``UNKNOWN_AT`` where there is none."""
        return moments_of(self.rows[name].combine_chunks().take(pa.array(rows)))


def moments_of(column: TextColumn) -> np.ndarray:
    """A nullable column of microseconds as plain numbers."""
    return np.asarray(pc.fill_null(column, int(UNKNOWN_AT)).to_numpy(zero_copy_only=False))


def group(rows: TextTable, mapping: Mapping) -> Groups:
    """Order the rows of a part and find its cases."""
    ids, codes = _identities(rows, mapping)
    at = moments_of(rows["at"].combine_chunks()) if mapping.events else np.zeros(len(codes), int)
    number = rows["row"].to_numpy()
    by_time = mapping.events is not None and mapping.events.order == "time"
    order = np.lexsort((number, at, codes) if by_time else (number, codes))
    rows, codes, at = rows.take(pa.array(order)), codes[order], at[order]
    extra = _copies(rows, codes, at) if mapping.identity.repeats == "copies" else None
    copies = 0
    if extra is not None and extra.any():
        copies = int(extra.sum())
        rows, codes, at = rows.filter(pa.array(~extra)), codes[~extra], at[~extra]
    start = np.flatnonzero(np.diff(codes, prepend=-1))
    end = np.append(start[1:], len(codes))
    moved = 0
    if mapping.events and not by_time:
        at, moved = _in_file_order(at, codes)
    return Groups(rows, codes, start, end, at, ids, end - start, copies, moved)


def _identities(rows: TextTable, mapping: Mapping) -> tuple[list[str], np.ndarray]:
    encoded = pc.dictionary_encode(rows["id"].combine_chunks())
    names: list[str] = encoded.dictionary.to_pylist()
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    if mapping.identity.repeats == "copies":
        return names, codes
    nth = pd.Series(codes).groupby(codes).cumcount().to_numpy()
    told = [names[c] if not k else f"{names[c]}-{k + 1}" for c, k in zip(codes, nth, strict=True)]
    return told, np.arange(len(codes))


def _copies(rows: TextTable, codes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Rows that repeat an earlier row of their case in every cell."""
    extra = np.zeros(len(codes), dtype=bool)
    moment = pd.DataFrame({"case": codes, "at": at})
    suspects = np.flatnonzero(moment.duplicated(keep=False).to_numpy())
    if not len(suspects):
        return extra
    compared = [c for c in rows.column_names if c not in {"row", "line", "case"}]
    some = rows.select(compared).take(pa.array(suspects))
    frame = pd.DataFrame({c: _codes(some[c].combine_chunks()) for c in compared})
    extra[suspects] = frame.duplicated().to_numpy()
    return extra


def _codes(column: TextColumn) -> np.ndarray:
    if not pa.types.is_string(column.type):
        return moments_of(column)
    return np.asarray(pc.dictionary_encode(column).indices.to_numpy(zero_copy_only=False))


def _in_file_order(at: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, int]:
    """No row later than the row below it: the file's order is believed over single times."""
    # A running minimum from below inside each case: shift each case out of the others' reach.
    if not len(at):
        return at, 0
    reach = int(at.max()) - int(at.min()) + 1
    if reach * (int(codes[-1]) + 1) > np.iinfo(np.int64).max // 2:
        series = pd.Series(at[::-1]).groupby(codes[::-1]).cummin().to_numpy()[::-1]
    else:
        shifted = at - at.min() + codes * reach
        series = np.minimum.accumulate(shifted[::-1])[::-1] - codes * reach + at.min()
    return series, int((series != at).sum())
