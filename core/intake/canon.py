"""Canonical texts of many cases at once: attributes as JSON with sorted keys, and content hashes."""

from __future__ import annotations

import json
from hashlib import blake2b

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.model import TextColumn

CONTROLS = r"[\x00-\x1f\x7f]"
UNIT, RECORD = "\x1f", "\x1e"


def attributes_json(columns: dict[str, TextColumn], n: int) -> TextColumn:
    """One JSON object per case; an empty cell has no key."""
    parts = []
    for name in sorted(columns):
        key = json.dumps(name, ensure_ascii=False)
        pair = pc.binary_join_element_wise(f',{key}:"', _escaped(columns[name]), '"', "")
        parts.append(pc.if_else(pc.equal(columns[name], ""), "", pair))
    if not parts:
        return pa.repeat(pa.scalar("{}", pa.string()), n)
    inner = pc.replace_substring_regex(pc.binary_join_element_wise(*parts, ""), "^,", "")
    return pc.binary_join_element_wise("{", inner, "}", "")


def _escaped(column: TextColumn) -> TextColumn:
    text = pc.replace_substring(column, "\\", "\\\\")
    text = pc.replace_substring(text, '"', '\\"')
    controls = pc.match_substring_regex(text, CONTROLS)
    if not pc.any(controls).as_py():
        return text
    for sign, written in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = pc.replace_substring(text, sign, written)
    if not pc.any(pc.match_substring_regex(text, CONTROLS)).as_py():
        return text
    return pa.array([json.dumps(t, ensure_ascii=False)[1:-1] for t in column.to_pylist()])


def content_hashes(cases: pd.DataFrame, events: pd.DataFrame, things: pd.DataFrame) -> list[str]:
    """A hash per case of all that its source says: fields, events and entities, not the lines."""
    n = len(cases)
    own = _joined(cases, [c for c in cases.columns if c not in {"key", "line", "content_hash"}])
    parts = [own]
    for frame in (events, things):
        told = _joined(frame, [c for c in frame.columns if c not in {"key", "line"}])
        parts.append(_by_case(told, frame["key"].to_numpy(), cases["key"].to_numpy(), n))
    whole = pc.binary_join_element_wise(*parts, "\x1d")
    return [blake2b(text.encode(), digest_size=16).hexdigest() for text in whole.to_pylist()]


def _joined(frame: pd.DataFrame, columns: list[str]) -> TextColumn:
    return pc.binary_join_element_wise(*[_text(frame[c]) for c in columns], UNIT)


def _text(series: pd.Series) -> TextColumn:
    column = pa.array(series)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _by_case(told: TextColumn, keys: np.ndarray, cases: np.ndarray, n: int) -> TextColumn:
    """The texts of each case as one; ``keys`` and ``cases`` are sorted."""
    if not len(keys):
        return pa.repeat(pa.scalar("", pa.string()), n)
    offsets = np.append(np.searchsorted(keys, cases), len(keys)).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), told), RECORD)
