"""Opens the desk: settings, store, snapshot and service rules wired together once per process."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.model import Person
from core.clock import Clock, SystemClock
from core.settings import Settings
from core.sla.model import SlaBook
from core.storage.engine import Store, open_store
from core.storage.imports import recover
from core.storage.reference import load_book, seed_reference
from core.storage.schema import migrate
from core.storage.snapshot import Snapshot
from core.storage.stale_clocks import follow_rules

OPERATOR = Person(username="operator", name="Operator", role="admin", is_operator=True)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a use case needs besides the person who asks."""

    settings: Settings
    clock: Clock
    store: Store
    snapshot: Snapshot
    book: SlaBook


def open_desk(settings: Settings, clock: Clock | None = None) -> Desk:
    """Open the store at its newest version, with reference data in place and no half import."""
    clock = clock or SystemClock()
    store = open_store(settings, clock)
    migrate(store)
    added = seed_reference(store)
    recover(store)
    book = load_book(store)
    if added:
        # A version that the store did not have may be in force already, and for long.
        follow_rules(store, book)
    snapshot = Snapshot(store, book, folder=settings.local_dir / "snapshot")
    return Desk(settings, clock, store, snapshot, book)
