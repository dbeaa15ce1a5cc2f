"""Migrations lead to exactly the declared tables, both ways, also when several processes boot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.clock import FixedClock
from core.settings import Settings
from core.storage.engine import Store, open_store
from core.storage.migrations.options import OPTIONS
from core.storage.schema import downgrade, is_empty, migrate, newest_revision, revision
from core.storage.tables import Base

PROJECT = Path(__file__).resolve().parents[2]
BOOT = """
import sys
from core.clock import SystemClock
from core.storage.engine import open_url
from core.storage.schema import migrate
store = open_url(sys.argv[1], SystemClock())
migrate(store)
"""


def drift(store: Store) -> list[object]:
    options = {k: v for k, v in OPTIONS.items() if k != "target_metadata"}
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def test_the_tables_are_the_declared_ones_up_down_and_up_again(
    store_settings: Settings, clock: FixedClock
) -> None:
    store = open_store(store_settings, clock)
    migrate(store)
    assert drift(store) == []
    downgrade(store, "base")
    assert revision(store) == ""
    migrate(store)
    assert drift(store) == []
    assert revision(store) == newest_revision()
    store.close()


def test_migrating_a_store_of_today_changes_nothing(store: Store) -> None:
    migrate(store)
    assert revision(store) == newest_revision()


def test_a_new_store_is_empty(bare_store: Store) -> None:
    assert is_empty(bare_store)


def test_processes_that_boot_together_all_find_a_migrated_store(store_url: str) -> None:
    boots = [
        subprocess.Popen(
            [sys.executable, "-c", BOOT, store_url], cwd=PROJECT, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = [boot.communicate(timeout=60)[1] for boot in boots]
    assert [boot.returncode for boot in boots] == [0, 0, 0], outputs
