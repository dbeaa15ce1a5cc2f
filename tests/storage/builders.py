"""Builds case and event lines that name only what a test is about, and admits them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import select

from core.audit.model import Draft
from core.cases.lines import CASE_LINES, ENTITY_LINES, EVENT_LINES
from core.frames import FrameShape
from core.sla.policies import read_book
from core.storage.admit import Admission, AdmitCount
from core.storage.engine import Store
from core.storage.imports import BatchCount, BatchFacts, finish_batch, running_batch
from core.storage.search import find
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of
from core.storage.undo import UndoResult, undo_batch

CASES = table_of(CaseRow)
HOUR = 3_600_000_000
RECEIVED = 1_771_837_200_000_000  # 2026-02-23 09:00 UTC, the Monday before
BLANK = {"str": "", "int64": 0, "Int64": None, "bool": False}

Case = Mapping[str, Any]


def frame(shape: FrameShape, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of a shape, with blanks for what a row does not name."""
    whole = [{c: row.get(c, BLANK[d]) for c, d in shape.columns.items()} for row in rows]
    return pd.DataFrame(whole, columns=list(shape.columns)).astype(dict(shape.columns))


def a_case(number: int, **named: Any) -> dict[str, Any]:
    """One case line; ``events`` and ``entities`` may stand in it."""
    line = {
        "source": "tickets",
        "external_id": f"T{number}",
        "received_at": RECEIVED,
        "channel": "partner_email",
        "priority": "P2",
        "first_priority": "P2",
        "first_tier": "T1",
        "tier": "T1",
        "calendar": "emea-berlin",
        "restriction": "open",
        "title": f"Case {number}",
    }
    return line | named


def an_event(kind: str, value: str = "", after: float = 0, **named: Any) -> dict[str, Any]:
    """One event line, so many hours after the case was received."""
    return {"kind": kind, "value": value, "at": RECEIVED + int(after * HOUR), **named}


def lines_of(cases: Sequence[Case]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Case, event and entity lines; a case without events has been received and nothing else."""
    heads, events, things = [], [], []
    for key, case in enumerate(cases):
        said = case.get("events") or [an_event("received")]
        digest = hashlib.sha256(repr(sorted(case.items())).encode()).hexdigest()
        heads.append({"key": key, "content_hash": digest, **case})
        events += [{"key": key, **event} for event in said]
        things += [{"key": key, "kind": k, "value": v} for k, v in case.get("entities", [])]
    return frame(CASE_LINES, heads), frame(EVENT_LINES, events), frame(ENTITY_LINES, things)


@dataclass(slots=True)
class Door:
    """Admits cases as an import would, and undoes it."""

    store: Store
    last: AdmitCount | None = None
    batch_ids: list[int] = field(default_factory=list)

    def admit(self, *cases: Case, by: str = "ana") -> int:
        """Admit the cases as one batch; gives the batch's key."""
        facts = BatchFacts(by=by, source="tickets", file_name="tickets.csv")
        draft = Draft(by, "import.run", "import")
        with running_batch(self.store, facts) as batch, self.store.write(draft) as write:
            self.last = Admission(write, batch.id, read_book()).cases(*lines_of(cases))
            counts = BatchCount(read=len(cases), accepted=self.last.created)
            finish_batch(write, batch.id, counts)
        self.batch_ids.append(batch.id)
        return batch.id

    def undo(self, batch_id: int) -> UndoResult:
        """Undo one batch."""
        with self.store.write(Draft("ana", "import.undo", "import")) as write:
            return undo_batch(write, batch_id)

    def case(self, number: int) -> Any:
        """The row of one case, by its number in the source; None when it is not there."""
        with self.store.read() as connection:
            return connection.execute(
                select(CASES).where(CASES.c.external_id == f"T{number}")
            ).one_or_none()

    def rows(self, row: Any) -> list[Any]:
        """All rows of a table, by key."""
        table = table_of(row)
        with self.store.read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key)))

    def found(self, query: str) -> list[str]:
        """Numbers in the source of the cases that a search finds, the newest first."""
        with self.store.read() as connection:
            ids = find(connection, query)
            rows = connection.execute(select(CASES.c.id, CASES.c.external_id))
            names = {row.id: str(row.external_id) for row in rows}
        return [names[case_id] for case_id in ids]
