"""Both stores of record for tests that must hold on each: a SQLite file and a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings, normal_url
from tests.support.postgres import Postgres

BOTH_STORES = [
    pytest.param("sqlite"),
    pytest.param("postgres", marks=pytest.mark.postgres),
]


@pytest.fixture(params=BOTH_STORES)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Which of the two stores this run of the test is about."""
    return str(request.param)


@pytest.fixture
def store_url(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty store in SQLAlchemy's form; the test runs once on each kind."""
    if store_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'desk.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield normal_url(server.url(name))
    server.drop(name)


@pytest.fixture
def store_settings(store_url: str, tmp_path: Path) -> Settings:
    """Settings that point at the empty store and write nowhere else."""
    return Settings(database_url=store_url, local_dir=tmp_path)
