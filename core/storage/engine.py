"""Opens the store of record and is the only door to it: consistent reads, and audited writes.

A write cannot begin without the draft of its audit entry; it commits as a whole or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from core.audit.model import Detail, Draft
from core.clock import Clock, from_micros, to_micros
from core.errors import Refused
from core.settings import Settings
from core.storage.trail import append

Dialect = Literal["sqlite", "postgresql"]

BUSY_SECONDS = 30  # how long a writer waits for the one before it
POOL_SIZE = 24  # one connection per script thread that reads at the same moment
WRITES = "desk_writes"
# Journal and waiting as the write pattern needs them; cache and map sized for a laptop.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA cache_size = -65536",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten, not just let go of
)


@dataclass(slots=True)
class Write:
    """One open write transaction: what it writes carries ``seq``, what it tells goes to audit."""

    connection: Connection
    dialect: Dialect
    seq: int
    at: int  # microseconds; the moment that everything in the transaction is recorded with
    draft: Draft
    subject: str
    details: dict[str, Detail] = field(default_factory=dict)

    @property
    def driver(self) -> Any:
        """The driver's own connection inside this transaction, for bulk statements."""
        return self.connection.connection.driver_connection

    def entry(self) -> Draft:
        """The draft with what the transaction added to it."""
        details = {**self.draft.details, **self.details}
        return Draft(self.draft.actor, self.draft.act, self.subject, details)


@dataclass(frozen=True, slots=True)
class Store:
    """The store of record, opened."""

    url: str
    dialect: Dialect
    clock: Clock
    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent read transaction: later commits of others do not show inside it."""
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, draft: Draft) -> Iterator[Write]:
        """One write transaction, numbered, serialised against all others and audited on leaving."""
        with self.engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            try:
                connection.begin()
                seq = _next_seq(connection)
            except OperationalError as failure:
                if _is_wait_over(failure):
                    raise _busy() from failure
                raise
            at = to_micros(self.clock.now())
            write = Write(connection, self.dialect, seq, at, draft, draft.subject)
            yield write
            append(connection, write.entry(), from_micros(write.at))
            connection.commit()

    def record(self, draft: Draft) -> None:
        """Put an act into the audit record that writes nothing else, such as an export."""
        with self.write(draft):
            pass

    def seq(self) -> int:
        """The number of the last committed write."""
        with self.read() as connection:
            return int(
                connection.execute(text("SELECT seq FROM app_seq WHERE id = 1")).scalar_one()
            )

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(settings: Settings, clock: Clock) -> Store:
    """Open the store that the settings name, creating the folder of an embedded one."""
    url = settings.store_url
    return open_url(url, clock)


def open_url(url: str, clock: Clock) -> Store:
    """Open a store by its address in SQLAlchemy's form."""
    if make_url(url).get_backend_name() == "sqlite":
        return Store(url, "sqlite", clock, _sqlite_engine(url))
    return Store(url, "postgresql", clock, _postgres_engine(url))


def sqlite_file(store: Store) -> Path:
    """The file of an embedded store."""
    return Path(str(make_url(store.url).database))


def _sqlite_engine(url: str) -> Engine:
    file = Path(str(make_url(url).database))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)  # it holds personal text; the files beside it take the same mode
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: its deferred ones fail under writers.
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_engine(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        connect_args={"options": f"-c timezone=UTC -c lock_timeout={BUSY_SECONDS * 1000}"},
    )


def _next_seq(connection: Connection) -> int:
    # A row, not a sequence: its lock is held to the commit, so numbers are in commit order.
    statement = text("UPDATE app_seq SET seq = seq + 1 WHERE id = 1 RETURNING seq")
    return int(connection.execute(statement).scalar_one())


def _is_wait_over(failure: OperationalError) -> bool:
    words = str(failure.orig).lower()
    return "locked" in words or "lock timeout" in words


def _busy() -> Refused:
    return Refused(
        "Another change is still being saved, so yours was not begun.",
        hint="Try again in a moment; a large import can take a few minutes.",
    )
