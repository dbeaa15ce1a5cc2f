"""A migrated store of each kind, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.clock import FixedClock
from core.settings import Settings
from core.storage.engine import Store, open_store
from core.storage.schema import migrate


@pytest.fixture
def clock() -> FixedClock:
    """A Monday morning that only moves when told to."""
    return FixedClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def store(store_settings: Settings, clock: FixedClock) -> Iterator[Store]:
    """An empty store with its tables, once on SQLite and once on PostgreSQL."""
    opened = open_store(store_settings, clock)
    migrate(opened)
    yield opened
    opened.close()
