"""Both stores of record for tests that must hold on each: a SQLite file and a PostgreSQL database.

Migrating and seeding happens once per test process and kind; a test gets a copy of the result.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.clock import FixedClock
from core.settings import Settings, normal_url
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from core.desk.boot import Desk
    from core.storage.engine import Store

BOTH_STORES = [
    pytest.param("sqlite"),
    pytest.param("postgres", marks=pytest.mark.postgres),
]
MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """A Monday morning that only moves when told to."""
    return FixedClock(MONDAY_MORNING)


@pytest.fixture(params=BOTH_STORES)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Which of the two stores this run of the test is about.

    A test that needs one only says so: ``@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)``.
    """
    return str(request.param)


@pytest.fixture
def store_url(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a store without any table; the test runs once on each kind."""
    if store_kind == "sqlite":
        yield sqlite_url(tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield normal_url(server.url(name))
    server.drop(name)


@pytest.fixture
def store_settings(store_url: str, tmp_path: Path) -> Settings:
    """Settings that point at the store without any table and write nowhere else."""
    return Settings(database_url=store_url, local_dir=tmp_path)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed SQLite file with tables and reference data."""
    folder = tmp_path_factory.mktemp("template")
    fill(Settings(database_url=sqlite_url(folder), local_dir=folder))
    return folder / "desk.db"


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with tables and reference data."""
    name = postgres.create()
    local_dir = tmp_path_factory.mktemp("template")
    fill(Settings(database_url=postgres.url(name), local_dir=local_dir))
    return name


@pytest.fixture
def ready_url(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a store with tables and reference data, on each kind."""
    if store_kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "desk.db")
        yield sqlite_url(tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_template"))
    yield normal_url(server.url(name))
    server.drop(name)


@pytest.fixture
def desk(ready_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Desk]:
    """An opened desk without cases or people, once on SQLite and once on PostgreSQL."""
    from core.desk.boot import open_desk  # noqa: PLC0415 -- tests below the desk do not pay for it

    opened = open_desk(Settings(database_url=ready_url, local_dir=tmp_path), clock)
    yield opened
    opened.store.close()


@pytest.fixture
def store(desk: Desk) -> Store:
    """The store of that desk."""
    return desk.store


def sqlite_url(folder: Path) -> str:
    """The address of the embedded store in a folder."""
    return f"sqlite:///{folder / 'desk.db'}"


def fill(settings: Settings) -> None:
    """Give an empty store its tables and reference data, and let go of it."""
    from core.desk.boot import open_desk  # noqa: PLC0415 -- tests below the desk do not pay for it

    opened = open_desk(settings, FixedClock(MONDAY_MORNING))
    opened.store.close()
