"""Writes the events of admitted cases, with their messages and decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import func, select, update

from core.storage.bulk import insert_columns, plain, take_ids
from core.storage.engine import Write
from core.storage.reference import ClauseVersions
from core.storage.sets import among
from core.storage.tables import CaseEventRow, DecisionRow, MessageRow
from core.storage.tables.base import table_of

EVENTS = table_of(CaseEventRow)
MESSAGES = table_of(MessageRow)
DECISIONS = table_of(DecisionRow)
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class EventIds:
    """Where events belong: the keys of the cases, and how many events each has had before."""

    case_ids: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    lines: pd.DataFrame  # CASE_LINES of the same cases, in the same order
    batch_id: int | None

    def of(self, events: pd.DataFrame) -> npt.NDArray[np.intp]:
        """The position of each event's case."""
        return np.searchsorted(self.lines["key"].to_numpy(), events["key"].to_numpy())


def write_events(
    write: Write, place: EventIds, events: pd.DataFrame, clauses: ClauseVersions
) -> None:
    """Append the events (EVENT_LINES, sorted by key) to their cases."""
    if events.empty:
        return
    at = place.of(events)
    case_ids = place.case_ids[at]
    message_ids = _write_messages(write, case_ids, events["text"])
    first = take_ids(write, EVENTS, len(events))
    columns = {
        "id": range(first, first + len(events)),
        "case_id": case_ids.tolist(),
        "seq": _numbers(at, place.starts).tolist(),
        **{name: plain(events[name]) for name in ("at", "kind", "value", "field", "actor")},
        "actor_kind": plain(events["actor_kind"]),
        "message_id": message_ids.tolist(),
        "batch_id": repeat(place.batch_id),
        "recorded_at": repeat(write.at),
    }
    insert_columns(write, EVENTS, columns)
    chosen = (events["kind"] == DECISION).to_numpy()
    if chosen.any():
        _write_decisions(write, place, events[chosen], message_ids[chosen], clauses)


def _numbers(at: npt.NDArray[np.intp], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """1, 2, 3 … inside each case, going on from ``starts``."""
    order = np.arange(len(at))
    begins = np.flatnonzero(np.r_[True, at[1:] != at[:-1]])
    lengths = np.diff(np.r_[begins, len(at)])
    return order - np.repeat(begins, lengths) + 1 + starts[at]


def _write_messages(
    write: Write, case_ids: npt.NDArray[np.int64], texts: pd.Series[str]
) -> npt.NDArray[np.object_]:
    ids: npt.NDArray[np.object_] = np.full(len(texts), None, dtype=object)
    spoken = np.flatnonzero((texts != "").to_numpy())
    if len(spoken):
        bodies = texts.iloc[spoken].tolist()
        first = take_ids(write, MESSAGES, len(bodies))
        ids[spoken] = list(range(first, first + len(bodies)))
        columns = {
            "id": range(first, first + len(bodies)),
            "case_id": case_ids[spoken].tolist(),
            "body": bodies,
            "body_hash": [hashlib.sha256(body.encode()).hexdigest() for body in bodies],
        }
        insert_columns(write, MESSAGES, columns)
    return ids


def _write_decisions(
    write: Write,
    place: EventIds,
    events: pd.DataFrame,
    message_ids: npt.NDArray[np.object_],
    clauses: ClauseVersions,
) -> None:
    at = place.of(events)
    lines = place.lines.iloc[at]
    outcomes = plain(events["value"])
    # Reason and action are known of the case as it stands, so they belong to its last decision.
    last = (np.r_[at[1:], -1] != at) & (lines["outcome"].to_numpy() == events["value"].to_numpy())
    moments = events["at"].to_numpy()
    first = take_ids(write, DECISIONS, len(events))
    columns = {
        "id": range(first, first + len(events)),
        "case_id": place.case_ids[at].tolist(),
        "at": moments.tolist(),
        "decided_by": plain(events["actor"]),
        "clause": plain(lines["clause"]),
        "clause_version": clauses.in_force(lines["clause"], moments),
        "outcome": outcomes,
        "overturn_reason": np.where(last, lines["overturn_reason"], "").tolist(),
        "enforcement_action": np.where(last, lines["enforcement_action"], "").tolist(),
        "rationale_id": message_ids.tolist(),
        "batch_id": repeat(place.batch_id),
    }
    insert_columns(write, DECISIONS, columns)


def void_events(
    write: Write, case_ids: Sequence[int], batch_id: int | None
) -> npt.NDArray[np.int64]:
    """Void what earlier imports said of these cases; gives the last number used in each."""
    mine = among(EVENTS.c.case_id, case_ids, write.dialect)
    write.connection.execute(
        update(EVENTS)
        .where(mine, EVENTS.c.batch_id.is_not(None), EVENTS.c.void_batch_id.is_(None))
        .values(void_batch_id=batch_id)
    )
    rows = write.connection.execute(
        select(EVENTS.c.case_id, func.max(EVENTS.c.seq)).where(mine).group_by(EVENTS.c.case_id)
    )
    last: dict[int, int] = {row[0]: row[1] for row in rows}
    return np.array([last.get(case_id, 0) for case_id in case_ids], dtype=np.int64)


def desk_events(
    write: Write, keys: pd.Series[int], case_ids: Sequence[int], events: pd.DataFrame
) -> pd.DataFrame:
    """The imported events together with those that people of the desk added, in order of time."""
    names = ["case_id", "at", "kind", "value", "field"]
    rows: list[Any] = list(
        write.connection.execute(
            select(*(EVENTS.c[name] for name in names))
            .where(
                among(EVENTS.c.case_id, case_ids, write.dialect),
                EVENTS.c.batch_id.is_(None),
                EVENTS.c.void_batch_id.is_(None),
            )
            .order_by(EVENTS.c.case_id, EVENTS.c.seq)
        )
    )
    if not rows:
        return events
    own = pd.DataFrame(rows, columns=names)
    own["key"] = own.pop("case_id").map(dict(zip(case_ids, keys, strict=True)))
    whole = pd.concat([events[["key", "at", "kind", "value", "field"]], own], ignore_index=True)
    return whole.sort_values(["key", "at"], kind="stable", ignore_index=True)
