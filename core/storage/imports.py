"""The book of imports: which batch ran, what it read, what it refused, and what became of it.

A batch is 'running' from its own small transaction on and 'done' in the transaction that holds its
rows, so that a batch whose process is gone has left nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, insert, select, update

from core.audit.model import Draft
from core.errors import DeskError, NotFound, Refused
from core.storage.alive import Hold, hold
from core.storage.bulk import take_ids
from core.storage.engine import Store, Write
from core.storage.reject_lines import keep_rejects, kept_rejects
from core.storage.tables import ImportBatchRow, ImportRejectRow
from core.storage.tables.base import table_of

BATCHES = table_of(ImportBatchRow)
REJECTS = table_of(ImportRejectRow)


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What is known of an import before its first row is read."""

    by: str
    source: str
    file_name: str
    file_hash: str = ""
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class BatchCount:
    """Rows: read = accepted + updated + unchanged + rejected. Cases: what the rows came to."""

    read: int = 0
    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    cases_created: int = 0
    cases_updated: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One line of the history of imports."""

    id: int
    ref: str
    source: str
    file_name: str
    status: str
    started_at: int
    finished_at: int | None
    undone_at: int | None
    by: str
    message: str
    count: BatchCount = field(default_factory=BatchCount)


@dataclass(frozen=True, slots=True)
class RunningBatch:
    """An import that has begun; its process holds the lock that says it is alive."""

    id: int
    ref: str
    life: Hold


@contextmanager
def running_batch(store: Store, facts: BatchFacts) -> Iterator[RunningBatch]:
    """Start a batch and see it to its end: an exception on the way marks it as failed."""
    recover(store)
    batch = start_batch(store, facts)
    try:
        yield batch
    except BaseException as failure:
        # While another import holds the store, the next ``recover`` marks it instead.
        with suppress(Refused):
            fail_batch(store, batch, f"{_reason(failure)} Nothing of it was stored.")
        raise
    finally:
        batch.life.release()


def _reason(failure: BaseException) -> str:
    # Only our own sentences: those of others may quote content of the file.
    return str(failure) if isinstance(failure, DeskError) else f"{type(failure).__name__}."


def start_batch(store: Store, facts: BatchFacts) -> RunningBatch:
    """Open a batch in a transaction of its own, so that it is seen while it runs."""
    with store.write(Draft(facts.by, "import.start", "")) as write:
        batch_id = take_ids(write, BATCHES, 1)
        ref = f"B-{batch_id:04d}"
        write.subject = ref
        life = hold(store, batch_id)
        if life is None:
            msg = f"the lock of the new batch {ref} is taken"
            raise RuntimeError(msg)
        row = {"id": batch_id, "ref": ref, "status": "running", "started_at": write.at}
        write.connection.execute(insert(BATCHES).values(**row, **asdict(facts)))
    return RunningBatch(batch_id, ref, life)


def finish_batch(write: Write, batch_id: int, count: BatchCount, message: str = "") -> None:
    """Mark the batch as done, in the transaction that holds its rows."""
    write.connection.execute(
        update(BATCHES)
        .where(BATCHES.c.id == batch_id)
        .values(
            status="done",
            finished_at=write.at,
            message=message,
            **asdict(count),
        )
    )
    write.details |= asdict(count)


def fail_batch(store: Store, batch: RunningBatch, message: str) -> None:
    """Mark a batch that ended early; a batch that is done already stays done."""
    with store.write(Draft("desk", "import.fail", batch.ref)) as write:
        _fail(write, batch.id, message)


def recover(store: Store) -> list[str]:
    """Mark the batches whose process is gone as failed; gives their references."""
    with store.read() as connection:
        running = connection.execute(
            select(BATCHES.c.id, BATCHES.c.ref).where(BATCHES.c.status == "running")
        ).all()
    found = []
    for row in running:
        life = hold(store, row.id)
        if life is None:
            continue
        message = "The process that ran it ended before it was done. Nothing of it was stored."
        with store.write(Draft("desk", "import.recover", row.ref)) as write:
            _fail(write, row.id, message)
        life.release()
        found.append(row.ref)
    return found


def _fail(write: Write, batch_id: int, message: str) -> None:
    write.connection.execute(
        update(BATCHES)
        .where(BATCHES.c.id == batch_id, BATCHES.c.status == "running")
        .values(status="failed", finished_at=write.at, message=message)
    )


def add_rejects(write: Write, batch_id: int, lines: pd.DataFrame) -> None:
    """Keep refused rows (REJECT_LINES) with the batch."""
    keep_rejects(write, REJECTS.c.batch_id, batch_id, lines)


def batches(connection: Connection, limit: int = 100) -> list[Batch]:
    """The history of imports, the newest first."""
    statement = select(BATCHES).order_by(BATCHES.c.id.desc()).limit(limit)
    return [_batch(row) for row in connection.execute(statement)]


def batch_by_ref(connection: Connection, ref: str) -> Batch:
    """One import by its reference, such as B-0001."""
    row = connection.execute(select(BATCHES).where(BATCHES.c.ref == ref)).one_or_none()
    if row is None:
        raise NotFound("Import", ref)
    return _batch(row)


def rejects(
    connection: Connection, batch_id: int, *, limit: int | None = None, after_id: int = 0
) -> pd.DataFrame:
    """The refused rows of a batch in the order of the file (``id`` and REJECT_LINES)."""
    owner = REJECTS.c.batch_id
    return kept_rejects(connection, owner, batch_id, limit=limit, after_id=after_id)


def _batch(row: Row[Any]) -> Batch:
    fields = row._asdict()
    count = BatchCount(**{name: fields[name] for name in BatchCount.__dataclass_fields__})
    own = [name for name in Batch.__dataclass_fields__ if name != "count"]
    return Batch(**{name: fields[name] for name in own}, count=count)
