"""The floor of every import: raw executemany of the same rows into the same indexed tables.

``floor_seconds`` takes a store that an import has filled and writes its rows again, without any
thought, into a fresh one; only the statements are timed, not the reading.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core.audit.model import Draft
from core.clock import FixedClock
from core.demo import generate
from core.settings import Settings
from core.sla.policies import read_book
from core.storage.admit import Admission
from core.storage.directory import add_partners
from core.storage.engine import SQLITE_PRAGMAS, open_store
from core.storage.imports import BatchCount, BatchFacts, finish_batch, running_batch
from core.storage.schema import migrate
from tests.bench.report import Report

CASES = 1_000_000
ROWS = 20_000  # of one statement
BAR = 3.0
AT = datetime(2026, 6, 30, tzinfo=UTC)
# In the order of their references; the search index last, as it reads the texts.
TABLES = (
    "import_batches",
    "partners",
    "partner_aliases",
    "partner_accounts",
    "cases",
    "case_texts",
    "case_events",
    "messages",
    "decisions",
    "entities",
    "case_entities",
    "import_rejects",
)
SEARCH = ("SELECT case_id, folded FROM case_texts", "INSERT INTO case_words (rowid, folded) VALUES")


@dataclass(slots=True)
class Floor:
    """Seconds by table, and the commit."""

    tables: dict[str, float] = field(default_factory=dict)
    rows: int = 0

    @property
    def seconds(self) -> float:
        """Everything together."""
        return sum(self.tables.values())


def floor_seconds(filled: Path) -> Floor:
    """How long raw statements need for the rows of ``filled`` in an empty store like it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=None, local_dir=Path(folder))
        store = open_store(settings, FixedClock(AT))
        migrate(store)
        store.close()
        with (
            closing(sqlite3.connect(f"file:{filled}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(Path(folder) / "desk.db", isolation_level=None)) as target,
        ):
            return _copy(source, target)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> Floor:
    for pragma in SQLITE_PRAGMAS:
        target.execute(pragma)
    floor = Floor()
    target.execute("BEGIN IMMEDIATE")
    for table in TABLES:
        select = f"SELECT * FROM {table}"  # names from the tuple above
        insert = f"INSERT INTO {table} VALUES"
        _pour(floor, table, _chunks(source, select), target, insert)
    _pour(floor, "search", _chunks(source, SEARCH[0]), target, SEARCH[1])
    started = time.perf_counter()
    target.execute("COMMIT")
    floor.tables["commit"] = time.perf_counter() - started
    return floor


def _pour(
    floor: Floor,
    name: str,
    chunks: Iterator[list[tuple[object, ...]]],
    target: sqlite3.Connection,
    insert: str,
) -> None:
    seconds = 0.0
    for rows in chunks:
        statement = f"{insert} ({', '.join('?' * len(rows[0]))})"
        started = time.perf_counter()
        target.executemany(statement, rows)
        seconds += time.perf_counter() - started
        floor.rows += len(rows)
    floor.tables[name] = seconds


def _chunks(source: sqlite3.Connection, select: str) -> Iterator[list[tuple[object, ...]]]:
    cursor = source.execute(select)
    while rows := cursor.fetchmany(ROWS):
        yield rows


def bench(report: Report, cases: int = CASES) -> None:
    """Admit the cases of a demo world, without the time to draw them, against the floor."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        took = admit_seconds(Path(folder), cases)
        floor = floor_seconds(file)
        report.note(f"floor by table: {_told(floor)}; {floor.rows:,} rows")
        size = file.stat().st_size / cases
        report.add(
            f"Store: admit {cases:,} cases", took, "s", floor=floor.seconds, bar=BAR, of_floor=True
        )
        report.add("Store: bytes for each case", size, "B")


def _told(floor: Floor) -> str:
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in floor.tables.items())


def admit_seconds(folder: Path, cases: int) -> float:
    """Seconds inside the admission, with its commit."""
    book = read_book()
    store = open_store(Settings(database_url=None, local_dir=folder), FixedClock(AT))
    migrate(store)
    world = generate(cases, 7, AT, book)
    facts = BatchFacts(by="bench", source="demo", file_name="demo")
    seconds, started = 0.0, 0.0
    with running_batch(store, facts) as batch:
        with store.write(Draft("bench", "import.run", batch.ref)) as write:
            found = world.directory
            add_partners(write, found.partners, found.aliases, found.accounts, batch.id)
            admission = Admission(write, batch.id, book)
            for part in world.batches():
                started = time.perf_counter()
                admission.cases(part.cases, part.events, part.entities)
                seconds += time.perf_counter() - started
            finish_batch(write, batch.id, BatchCount(read=cases, accepted=cases))
            started = time.perf_counter()
        seconds += time.perf_counter() - started
    store.close()
    return seconds
