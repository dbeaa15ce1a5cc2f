"""Reads of cases from the store of record: rows of a list, one case whole, and what is related to it.

Every read applies the scope itself, whatever led to the ids that it is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import pandas_dtype
from sqlalchemy import ColumnElement, Connection, Select, case, select

from core.access.model import Scope
from core.cases.case import OPEN_LEVEL
from core.frames import FrameShape
from core.storage.queue_conditions import Look
from core.storage.scope import is_granted_to, visible
from core.storage.tables import CaseGrantRow, CaseRow, CaseTextRow, PartnerRow
from core.storage.tables.base import table_of
from core.taxonomy import taxonomy

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)
TEXTS = table_of(CaseTextRow)
PARTNERS = table_of(PartnerRow)

LIVE = {
    "sla_frt": "frt_due_at",
    "sla_nrt": "nrt_due_at",
    "sla_upd": "upd_due_at",
    "sla_ttr": "ttr_due_at",
}
_STORED = {
    "id": "int64",
    "ref": "str",
    "version": "int64",
    "priority": "str",
    "status": "str",
    "owner": "str",  # who holds the time now, '' when the case is finished
    "channel": "str",
    "abuse_type": "str",
    "tier": "str",
    "market": "str",
    "assignee": "str",
    "restriction": "str",
    "received_at": "int64",
    "sla_frt": "str",
    "sla_nrt": "str",
    "sla_upd": "str",
    "sla_ttr": "str",
    "next_clock": "str",  # '' when none runs
    "next_due_at": "Int64",
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
# Looked up once: pandas takes as long to read the name of a type as to fill a column of a page.
_KINDS = {name: pandas_dtype(kind) for name, kind in QUEUE_ROWS.columns.items()}


def rows_by_ids(
    connection: Connection, scope: Scope, ids: Sequence[int], look: Look
) -> pd.DataFrame:
    """Cases in the order of ``ids``; one that the scope does not contain is not in it."""
    in_scope = visible(CASES, GRANTS, scope, is_granted_to(CASES, GRANTS, scope))
    statement = _rows(scope).where(CASES.c.id.in_(ids), in_scope)
    found = connection.execute(statement).mappings().all() if ids else []
    order = {id_: place for place, id_ in enumerate(ids)}
    judge = Judge(look)
    in_order = sorted((dict(row) for row in found), key=lambda row: order[row["id"]])
    lines = [judge.line(row) for row in in_order]
    columns = {
        name: pd.array([line[name] for line in lines], dtype=kind)  # type: ignore[arg-type]  # any dtype
        for name, kind in _KINDS.items()
    }
    return pd.DataFrame(columns)


class Judge:
    """Adds to a stored row what depends on the moment; a page is too short for arrays to pay."""

    def __init__(self, look: Look) -> None:
        lists = taxonomy()
        self._look = look
        self._worked = dict(look.worked)
        self._weights = {name: lists.harm_weight(name) for name in lists.priorities}
        self._least = min(self._weights.values())

    def line(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A line that has all that ``QUEUE_ROWS`` has."""
        share = self._share(row)
        line = dict(row)
        for name in ("partner", "partner_name", "title"):
            line[name] = row.get(name) or ""
        for verdict, due in LIVE.items():
            if row[verdict] == "running" and self._is_past(row[due]):
                line[verdict] = "breached"
        weight = self._weights.get(row["priority"], self._least)
        line["age_us"] = self._look.at - row["received_at"]
        line["share_used"] = share
        line["urgency"] = share * weight
        line["state"] = self._state(row, share)
        return line

    def _share(self, row: Mapping[str, Any]) -> float:
        worked, target = self._worked.get(row["next_calendar"]), row["next_target_us"]
        if not row["next_clock"] or worked is None or not target or row["next_base_us"] is None:
            return math.nan
        return float((worked - row["next_base_us"]) / target)

    def _state(self, row: Mapping[str, Any], share: float) -> str:
        if row["next_clock"]:
            if self._is_past(row["next_due_at"]):
                return "breached"
            return "at_risk" if share >= self._look.at_risk_share else "running"
        return "paused" if "paused" in [row[verdict] for verdict in LIVE] else "none"

    def _is_past(self, due: int | None) -> bool:
        return due is not None and due < self._look.at


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
        # Whoever may see a restricted case asks for its content, and that is recorded.
        shown = case((CASES.c.restriction == OPEN_LEVEL, TEXTS.c.title), else_="")
        columns.append(shown.label("title"))
    return select(*columns).select_from(source)
