"""Brings the cached due times of open cases up to date when a service rule has changed under them.

A write that changes a case works out its clocks. A policy or calendar version that takes effect
changes no case, and still moves what is due from then on.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from core.audit.model import Draft
from core.clock import from_micros, to_micros
from core.sla.batch import clock_frame
from core.sla.model import SlaBook
from core.storage.admit.rows import FROM_CLOCKS
from core.storage.bulk import plain, update_columns
from core.storage.engine import Dialect, Store, Write
from core.storage.sets import among
from core.storage.tables import CaseEventRow, CaseRow
from core.storage.tables.base import table_of

CASES, EVENTS = table_of(CaseRow), table_of(CaseEventRow)
AT_ONCE = 5_000
DUE = ("frt_due_at", "nrt_due_at", "upd_due_at", "ttr_due_at", "next_due_at", "next_target_us")


def stale_clocks(
    connection: Connection,
    dialect: Dialect,
    book: SlaBook,
    at: int,
    *,
    told_before: int | None = None,
    at_once: int = AT_ONCE,
) -> Iterator[pd.DataFrame]:
    """Clock columns, by case id, of open cases whose due times are others now; in portions.

    ``told_before`` looks only at cases without an event since that moment: the clocks of the
    others were worked out later.
    """
    facts = (
        *("first_priority", "first_tier", "first_requester_kind", "calendar", "version"),
        *DUE,
    )
    statement = select(CASES.c.id, *(CASES.c[name] for name in facts))
    statement = statement.where(CASES.c.owner != "")
    if told_before is not None:
        statement = statement.where(func.coalesce(CASES.c.last_event_at, 0) < told_before)
    rows = connection.execute(statement.order_by(CASES.c.id)).all()
    for begin in range(0, len(rows), at_once):
        held = pd.DataFrame(rows[begin : begin + at_once], columns=["id", *facts])
        clocks = _worked_out(connection, dialect, held, book, at)
        stale = np.zeros(len(held), dtype=bool)
        for name in DUE:
            old, new = held[name].astype("Int64"), clocks[name].astype("Int64").array
            stale |= ~((old == new).fillna(value=False) | (old.isna() & pd.isna(new))).to_numpy()
        if stale.any():
            clocks.index = pd.Index(held["id"])
            yield clocks.assign(version=held["version"].to_numpy() + 1)[stale]


def follow_rules(store: Store, book: SlaBook, told_before: int | None = None) -> int:
    """Bring every stale due time up to date, in a write only if there is one; gives how many."""
    at = to_micros(store.clock.now())
    with store.read() as connection:
        if not is_stale(connection, store.dialect, book, at, told_before):
            return 0
    with store.write(Draft("desk", "clocks.refresh", "open cases")) as write:
        count = refresh_clocks(write, book, told_before)
        write.details["cases"] = count
    return count


def refresh_clocks(write: Write, book: SlaBook, told_before: int | None = None) -> int:
    """Store the clocks of every open case whose due times are stale; gives how many those were."""
    count = 0
    stale = stale_clocks(write.connection, write.dialect, book, write.at, told_before=told_before)
    # All are found before the first is changed: the reading goes on in the same transaction.
    for clocks in list(stale):
        columns = {name: plain(clocks[name]) for name in FROM_CLOCKS}
        keys = {"id": clocks.index.tolist(), "version": clocks["version"].tolist()}
        stamp = {"change_seq": [write.seq] * len(clocks)}
        update_columns(write, CASES, "id", {**keys, **columns, **stamp})
        count += len(clocks)
    return count


def _worked_out(
    connection: Connection, dialect: Dialect, held: pd.DataFrame, book: SlaBook, at: int
) -> pd.DataFrame:
    ids = held["id"].tolist()
    statement = select(EVENTS.c.case_id, EVENTS.c.at, EVENTS.c.kind, EVENTS.c.value).where(
        among(EVENTS.c.case_id, ids, dialect), EVENTS.c.void_batch_id.is_(None)
    )
    found = connection.execute(statement.order_by(EVENTS.c.case_id, EVENTS.c.at, EVENTS.c.seq))
    events = pd.DataFrame(found.all(), columns=["key", "at", "kind", "value"])
    facts = held.rename(
        columns={
            "id": "key",
            "first_priority": "priority",
            "first_tier": "tier",
            "first_requester_kind": "requester_kind",
        }
    )
    cases = facts[["key", "priority", "tier", "requester_kind", "calendar"]]
    return clock_frame(cases, events, book, from_micros(at))


def is_stale(
    connection: Connection,
    dialect: Dialect,
    book: SlaBook,
    at: int,
    told_before: int | None = None,
) -> bool:
    """True when the due time of an open case is not what the rules say now."""
    found = stale_clocks(connection, dialect, book, at, told_before=told_before)
    return next(found, None) is not None
