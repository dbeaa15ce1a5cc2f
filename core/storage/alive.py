"""Tells whether the process that runs an import is still there, by a lock that dies with it.

A file lock beside an embedded store, a session's advisory lock on PostgreSQL: both are let go by
the system when the process is killed, and neither depends on process numbers.
"""

from __future__ import annotations

import fcntl
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text

from core.storage.engine import Store, sqlite_file

LOCK_SPACE = 730_512  # the first half of the advisory locks that imports hold


@dataclass(slots=True)
class Hold:
    """The sign of life of one running import; let go of it when the import has ended."""

    batch_id: int
    file: IO[str] | None = None
    connection: Connection | None = None

    def release(self) -> None:
        """Give the lock back."""
        if self.file is not None:
            Path(self.file.name).unlink(missing_ok=True)
            self.file.close()
        if self.connection is not None:
            # Closing the session is what frees its locks, whatever state it is in.
            self.connection.invalidate()
            self.connection.close()


def hold(store: Store, batch_id: int) -> Hold | None:
    """Take the lock of an import; None when a living process has it."""
    if store.dialect == "sqlite":
        return _hold_file(store, batch_id)
    connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    statement = text("SELECT pg_try_advisory_lock(:space, :batch)")
    taken = connection.execute(statement, {"space": LOCK_SPACE, "batch": batch_id}).scalar_one()
    if taken:
        return Hold(batch_id, connection=connection)
    connection.close()
    return None


def _hold_file(store: Store, batch_id: int) -> Hold | None:
    name = sqlite_file(store)
    file = name.with_name(f"{name.name}.import-{batch_id}").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return Hold(batch_id, file=file)
