"""A store of each kind without the desk around it, and a door to admit cases by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.desk.boot import Desk
from core.settings import Settings
from core.storage.engine import Store, open_store
from core.storage.schema import migrate
from tests.storage.builders import Door
from tests.support.partner_directory import fill_directory


@pytest.fixture
def store(ready_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Store]:
    """A store with tables and reference data, once on SQLite and once on PostgreSQL."""
    opened = open_store(Settings(database_url=ready_url, local_dir=tmp_path), clock)
    yield opened
    opened.close()


@pytest.fixture
def bare_store(store_settings: Settings, clock: FixedClock) -> Iterator[Store]:
    """A store with tables in which nothing has happened yet."""
    opened = open_store(store_settings, clock)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def door(store: Store) -> Door:
    """The way in for whole cases."""
    return Door(store)


@pytest.fixture
def filled(desk: Desk) -> Iterator[Door]:
    """A desk with the directory: two spellings of one partner and another one, two cases each."""
    yield fill_directory(desk)
    desk.snapshot.close()
