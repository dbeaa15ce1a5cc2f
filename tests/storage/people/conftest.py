"""A desk whose people sign in, without the parts that signing in does not touch."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from core.audit.model import Draft
from core.clock import FixedClock
from core.desk.boot import Desk
from core.settings import Settings
from core.sla.model import SlaBook
from core.storage import people
from core.storage.engine import Store
from core.storage.passwords import hash_password
from core.storage.snapshot import Snapshot
from tests.storage.people.sign_ins import (
    FAST,
    RIGHT,
    Add,
    CountingCheck,
)


@pytest.fixture
def desk(store: Store, clock: FixedClock, tmp_path: Path) -> Desk:
    """A desk without the parts that signing in does not touch, which cost most to open."""
    return Desk(
        Settings(local_dir=tmp_path), clock, store, cast("Snapshot", None), cast("SlaBook", None)
    )


@pytest.fixture
def check() -> CountingCheck:
    return CountingCheck()


@pytest.fixture
def add(desk: Desk) -> Add:
    def add_somebody(username: str = "lee", role: str = "analyst", zone: str = "") -> int:
        new = people.NewUser(
            username, username.title(), role, hash_password(RIGHT, FAST), zone=zone
        )
        with desk.store.write(Draft("test", "person.add", username)) as write:
            return people.add_user(write, new)

    return add_somebody
