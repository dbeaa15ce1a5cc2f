"""After random writes, imports and undone imports the snapshot counts what the store of record holds."""

from __future__ import annotations

import pytest

from core.desk.boot import Desk
from tests.support.store_storms import weather


@pytest.mark.parametrize("seed", [11, 12])
def test_every_figure_of_the_snapshot_is_that_of_the_store(desk: Desk, seed: int) -> None:
    agreed, done = weather(desk, seed, steps=20, every=5)
    assert agreed > 150
    assert {"bring", "bring_again", "edit", "undo"} <= set(done)
