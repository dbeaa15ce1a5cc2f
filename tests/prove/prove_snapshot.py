"""The snapshot counts what the store holds, after long random weather on both stores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.clock import FixedClock
from core.desk.boot import Desk, open_desk
from core.settings import Settings, normal_url
from tests.prove.report import Report
from tests.support.postgres import running_postgres
from tests.support.store_storms import weather
from tests.support.stores import MONDAY_MORNING, sqlite_url

SEED = 9_100
STORMS, STEPS, EVERY = 12, 120, 3


def prove(report: Report) -> None:
    """Every figure of queue and heatmap, again and again."""
    for kind in ("SQLite", "PostgreSQL"):
        agreed, steps, failure = 0, 0, ""
        for number in range(STORMS):
            with a_desk(kind) as desk:
                try:
                    found, done = weather(desk, SEED + number, STEPS, EVERY)
                except AssertionError as apart:
                    failure = f"; seed {SEED + number}: {apart}"
                    continue
            agreed, steps = agreed + found, steps + sum(done.values())
        report.add(
            f"snapshot = {kind} after random writes, imports and undone imports",
            seed=SEED,
            runs=STORMS,
            holds=not failure,
            detail=f"{agreed:,} figures equal over {steps:,} changes{failure}",
        )


@contextmanager
def a_desk(kind: str) -> Iterator[Desk]:
    """A desk on an empty store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if kind == "SQLite":
            yield from opened(sqlite_url(folder), folder)
            return
        with running_postgres() as server:
            yield from opened(normal_url(server.url(server.create())), folder)


def opened(url: str, folder: Path) -> Iterator[Desk]:
    """The desk at a moment that stands still."""
    desk = open_desk(Settings(database_url=url, local_dir=folder), FixedClock(MONDAY_MORNING))
    yield desk
    desk.snapshot.close()
    desk.store.close()
