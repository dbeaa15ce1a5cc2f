"""Streams cases out of the store of record in the columns of an export; texts are not among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, select

from core.access.model import Scope
from core.frames import FrameShape
from core.storage.cases import CASES, GRANTS, LIVE, PARTNERS, with_live_verdicts
from core.storage.scope import visible
from core.storage.sets import among

CHUNK = 5_000
_FIRST = ("ref", "external_id", "received_at", "first_response_at", "resolved_at", "closed_at")
_CODES = (
    *("status", "priority", "channel", "surface", "abuse_type", "partner", "tier", "market"),
    *("language", "assignee"),
)
_MORE = (
    *("partner_ref", "source", "owner", "source_type", "requester_kind", "platform", "clause"),
    *("team", "calendar", "outcome", "overturn_reason", "enforcement_action", "restriction"),
    *("data_fault", "policy_version"),
)
MOMENTS = ("received_at", "first_response_at", "resolved_at", "closed_at")
COLUMNS = (
    *_FIRST,
    *_CODES,
    "reopen_count",
    *("sla_frt", "sla_ttr", "sla_nrt", "sla_upd"),
    *_MORE,
    *("frt_seconds", "ttr_seconds", "csat", "transfer_count", "legal_hold", "unsupported_pause"),
)
EXPORT_LINES = FrameShape(
    name="export lines",
    grain="one case as it leaves the desk; moments as ISO 8601 UTC, '' is unknown",
    columns=dict.fromkeys(COLUMNS, "str"),
)
_WHOLE = (
    *MOMENTS,
    *LIVE.values(),
    *("frt_us", "ttr_us", "csat", "reopen_count", "transfer_count"),
)
_TEXT = (
    *("ref", "external_id", *_CODES, *LIVE, *_MORE),
    *("legal_hold", "unsupported_pause"),
)


def export_lines(
    connection: Connection, scope: Scope, ids: Sequence[int], at: int, *, most: int = CHUNK
) -> Iterator[pd.DataFrame]:
    """Frames of a few thousand lines in the order of ``ids``; each read applies the scope."""
    for start in range(0, len(ids), most):
        part = ids[start : start + most]
        rows = connection.execute(_statement(connection, scope, part)).all()
        yield EXPORT_LINES.check(_lines(rows, at))


def _statement(connection: Connection, scope: Scope, ids: Sequence[int]) -> Any:
    dialect: Any = connection.dialect.name
    names = {*_WHOLE, *_TEXT} - {"partner", "partner_ref"}
    return (
        select(
            *(CASES.c[name] for name in sorted(names)),
            PARTNERS.c.name.label("partner"),
            PARTNERS.c.ref.label("partner_ref"),
        )
        .select_from(CASES.outerjoin(PARTNERS, PARTNERS.c.id == CASES.c.partner_id))
        .where(among(CASES.c.id, ids, dialect), visible(CASES, GRANTS, scope))
        .order_by(CASES.c.id)
    )


def _lines(rows: Sequence[Row[Any]], at: int) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name in _WHOLE:
        columns[name] = pd.Series([getattr(row, name) for row in rows], dtype="Int64")
    for name in _TEXT:
        columns[name] = pd.Series([_code(getattr(row, name)) for row in rows], dtype="str")
    frame = with_live_verdicts(pd.DataFrame(columns), at, LIVE)
    for name in LIVE:
        frame[name] = frame[name].where(frame[name] != "", "none")
    for name in MOMENTS:
        frame[name] = _iso(frame[name])
    for name, micros in (("frt_seconds", "frt_us"), ("ttr_seconds", "ttr_us")):
        frame[name] = frame[micros] // 1_000_000
    for name in ("frt_seconds", "ttr_seconds", "csat", "reopen_count", "transfer_count"):
        frame[name] = frame[name].astype("str").where(frame[name].notna(), "").astype("str")
    return frame[list(COLUMNS)]


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value or "")


def _iso(micros: pd.Series[Any]) -> pd.Series[str]:
    """``2026-03-02T09:00:00Z``, with a fraction only where there is one."""
    known = micros.notna().to_numpy()
    moments = micros.fillna(0).to_numpy(dtype="int64").astype("datetime64[us]")
    texts = np.char.replace(np.datetime_as_string(moments, unit="us"), ".000000", "")
    return pd.Series(np.where(known, np.char.add(texts, "Z"), ""), index=micros.index, dtype="str")
