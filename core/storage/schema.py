"""Brings the tables of a store to the version that this code needs, under a lock.

Several processes may boot at once: one migrates, the others wait and then find nothing to do.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, exists, select, text

from core.storage.engine import WRITES, Store, sqlite_file
from core.storage.tables import CaseRow, UserRow

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
LOCK_KEY = 7_305_117  # any constant number that nothing else locks


def migrate(store: Store, target: str = "head") -> None:
    """Upgrade the store to ``target`` in one transaction; does nothing when it is there already."""
    if target == "head" and _revision_of(store) == newest_revision():
        return
    with _one_process(store), store.engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True})
        with connection.begin():
            command.upgrade(_config(connection), target)


def downgrade(store: Store, target: str) -> None:
    """Take the store back to ``target``; for tests of the way back, it loses what came later."""
    with _one_process(store), store.engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True})
        with connection.begin():
            command.downgrade(_config(connection), target)


def revision(store: Store) -> str:
    """The version that the store's tables are at, '' for an empty file or database."""
    return _revision_of(store)


@lru_cache(maxsize=1)
def newest_revision() -> str:
    """The version that this code needs; its migrations are read once per process."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def known_revisions() -> frozenset[str]:
    """Every version that this code can read and bring up to date."""
    return frozenset(str(s.revision) for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def is_empty(store: Store) -> bool:
    """True while there is neither a case nor a person in the store."""
    with store.read() as connection:
        return not connection.execute(
            select(exists(select(CaseRow.id)) | exists(select(UserRow.id)))
        ).scalar_one()


def _revision_of(store: Store) -> str:
    with store.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _one_process(store: Store) -> Iterator[None]:
    if store.dialect == "sqlite":
        file = sqlite_file(store)
        with file.with_name(file.name + ".migrating").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with store.engine.connect() as connection:
        # A session's lock outlives no process, so a killed migration blocks nobody.
        waiting = connection.execution_options(isolation_level="AUTOCOMMIT")
        waiting.execute(text("SET lock_timeout = 0"))
        waiting.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
        try:
            yield
        finally:
            waiting.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
            waiting.invalidate()
