"""Reads of cases from the store of record: rows of a list, one case whole, and what is related to it.

Every read applies the scope itself, whatever led to the ids that it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, select

from core.access.model import Scope
from core.cases.case import OPEN_LEVEL
from core.frames import FrameShape
from core.storage.queue_conditions import Look
from core.storage.scope import visible
from core.storage.tables import CaseGrantRow, CaseRow, CaseTextRow, PartnerRow
from core.storage.tables.base import table_of
from core.taxonomy import taxonomy

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)
TEXTS = table_of(CaseTextRow)
PARTNERS = table_of(PartnerRow)

_STORED = {
    "id": "int64",
    "ref": "str",
    "version": "int64",
    "priority": "str",
    "status": "str",
    "owner": "str",  # who holds the time now, '' when the case is finished
    "owner_since_at": "Int64",
    "channel": "str",
    "platform": "str",
    "surface": "str",
    "abuse_type": "str",
    "clause": "str",
    "requester_kind": "str",
    "tier": "str",
    "market": "str",
    "language": "str",
    "team": "str",
    "assignee": "str",
    "restriction": "str",
    "outcome": "str",
    "calendar": "str",
    "received_at": "int64",
    "first_response_at": "Int64",
    "resolved_at": "Int64",
    "closed_at": "Int64",
    "reopen_count": "int64",
    "sla_frt": "str",
    "sla_nrt": "str",
    "sla_upd": "str",
    "sla_ttr": "str",
    "next_clock": "str",  # '' when none runs
    "next_due_at": "Int64",
    "unsupported_pause": "bool",
    "data_fault": "str",
    "legal_hold": "bool",
}
_CLOCKS = ("next_target_us", "next_base_us", "next_calendar")
QUEUE_ROWS = FrameShape(
    name="queue rows",
    grain="one case of a page of the queue, judged at the moment of the view",
    columns={
        **_STORED,
        "title": "str",  # '' where the person may not read texts
        "partner": "str",  # reference, '' = no partner
        "partner_name": "str",
        "age_us": "int64",
        "share_used": "float64",  # of the target of the next clock; NaN when none runs
        "urgency": "float64",
        "state": "str",  # of the next clock: breached, at_risk, running, paused or none
    },
)


def rows_by_ids(
    connection: Connection, scope: Scope, ids: Sequence[int], look: Look
) -> pd.DataFrame:
    """Cases in the order of ``ids``; one that the scope does not contain is not in it."""
    statement = _rows(scope).where(CASES.c.id.in_(ids), visible(CASES, GRANTS, scope))
    found = connection.execute(statement).all() if ids else []
    order = {id_: place for place, id_ in enumerate(ids)}
    found = sorted(found, key=lambda row: order[row.id])
    return QUEUE_ROWS.check(_judged(_frame(found, scope), look))


def with_live_verdicts(frame: pd.DataFrame, at: int, clocks: Mapping[str, str]) -> pd.DataFrame:
    """Turn a running verdict into breached where its due time has passed."""
    frame = frame.copy()
    for verdict, due in clocks.items():
        missed = (frame[verdict] == "running") & (frame[due] < at).fillna(value=False)
        frame.loc[missed, verdict] = "breached"
    return frame


def _rows(scope: Scope) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [
        CASES.c[name] for name in (*_STORED, *_CLOCKS, "frt_due_at", "nrt_due_at")
    ]
    columns += [CASES.c.upd_due_at, CASES.c.ttr_due_at]
    columns += [PARTNERS.c.ref.label("partner"), PARTNERS.c.name.label("partner_name")]
    source = CASES.outerjoin(PARTNERS, PARTNERS.c.id == CASES.c.partner_id)
    if scope.sees_text:
        source = source.outerjoin(TEXTS, TEXTS.c.case_id == CASES.c.id)
        columns.append(TEXTS.c.title)
    return select(*columns).select_from(source)


LIVE = {
    "sla_frt": "frt_due_at",
    "sla_nrt": "nrt_due_at",
    "sla_upd": "upd_due_at",
    "sla_ttr": "ttr_due_at",
}
_KINDS = {
    **_STORED,
    **dict.fromkeys(LIVE.values(), "Int64"),
    "next_target_us": "Int64",
    "next_base_us": "Int64",
    "next_calendar": "str",
    "partner": "str",
    "partner_name": "str",
    "title": "str",
}


def _frame(rows: Sequence[Row[Any]], scope: Scope) -> pd.DataFrame:
    names = [name for name in _KINDS if name != "title" or scope.sees_text]
    columns = {}
    for name in names:
        values = [getattr(row, name) for row in rows]
        if _KINDS[name] == "str":
            values = [value or "" for value in values]
        columns[name] = pd.Series(values, dtype=_KINDS[name])
    frame = pd.DataFrame(columns)
    if not scope.sees_text:
        frame["title"] = pd.Series([""] * len(frame), dtype="str")
    # Whoever may see a restricted case asks for its content, and that is recorded.
    frame.loc[frame["restriction"] != OPEN_LEVEL, "title"] = ""
    return frame


def _judged(frame: pd.DataFrame, look: Look) -> pd.DataFrame:
    frame = with_live_verdicts(frame, look.at, LIVE)
    worked = frame["next_calendar"].map(dict(look.worked)).astype("Float64")
    target = frame["next_target_us"].astype("Float64")
    used = (worked - frame["next_base_us"].astype("Float64")) / target
    share = used.to_numpy(dtype="float64", na_value=np.nan)
    runs = (frame["next_clock"] != "").to_numpy()
    late = (frame["next_due_at"] < look.at).fillna(value=False).to_numpy(dtype=bool)
    weights = {name: taxonomy().harm_weight(name) for name in taxonomy().priorities}
    weight = frame["priority"].map(weights).fillna(min(weights.values()))
    paused = (frame[list(LIVE)] == "paused").any(axis=1).to_numpy()
    at_risk = np.nan_to_num(share) >= look.at_risk_share
    conditions = [runs & late, runs & at_risk, runs, paused]
    state = np.select(conditions, ["breached", "at_risk", "running", "paused"], "none")
    return frame.assign(
        age_us=look.at - frame["received_at"],
        share_used=np.where(runs, share, np.nan),
        urgency=np.where(runs, share * weight.to_numpy(dtype="float64"), np.nan),
        state=pd.Series(state, dtype="str", index=frame.index),
    )[list(QUEUE_ROWS.columns)]
