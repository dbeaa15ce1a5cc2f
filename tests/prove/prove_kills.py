"""Imports killed at random moments leave the whole batch or none of it, and the book says which."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select, text

from core.clock import SystemClock
from core.settings import normal_url
from core.storage.engine import Store, open_url
from core.storage.imports import batches, recover
from core.storage.reference import seed_reference
from core.storage.schema import migrate
from core.storage.search import find
from core.storage.tables import CaseEventRow, CaseRow, CaseTextRow, MessageRow
from core.storage.tables.base import table_of
from core.storage.trail import verify
from tests.prove.report import Report
from tests.support.postgres import running_postgres
from tests.support.stores import sqlite_url

SEED = 4_711
KILLS = 40  # for each store
CASES = 2_000
CHUNKS = 4
NOTICE_SECONDS = 30
EVENTS = 3  # of each case, one of them with a message
PROJECT = Path(__file__).resolve().parents[2]
IMPORT = f"""
import sys
from core.audit.model import Draft
from core.clock import SystemClock
from core.sla.policies import read_book
from core.storage.admit import Admission
from core.storage.engine import open_url
from core.storage.imports import BatchCount, BatchFacts, finish_batch, running_batch
from tests.storage.builders import a_case, an_event, lines_of
story = [an_event("received"), an_event("note", text="a note"), an_event("status", "closed", 1)]
prefix, size = sys.argv[2], {CASES // CHUNKS}
parts = [
    lines_of([a_case(f"{{prefix}}-{{n}}", events=story) for n in range(at, at + size)])
    for at in range(0, {CASES}, size)
]
store, book = open_url(sys.argv[1], SystemClock()), read_book()
print("ready", flush=True)
facts = BatchFacts(by="proof", source="tickets", file_name=prefix)
with running_batch(store, facts) as batch:
    with store.write(Draft("proof", "import.run", batch.ref)) as write:
        admission = Admission(write, batch.id, book)
        for part in parts:
            admission.cases(*part)
        finish_batch(write, batch.id, BatchCount(read={CASES}, accepted={CASES}))
"""


def prove(report: Report) -> None:
    """Kill imports into a file, then into a server."""
    with tempfile.TemporaryDirectory() as folder:
        _prove_on(report, "SQLite", sqlite_url(Path(folder)))
    with running_postgres() as server:
        _prove_on(report, "PostgreSQL", normal_url(server.url(server.create())))


def _prove_on(report: Report, name: str, url: str) -> None:
    store = open_url(url, SystemClock())
    migrate(store)
    seed_reference(store)
    faults, ends = kill_often(store, random.Random(SEED), KILLS)
    store.close()
    report.add(
        f"A killed import leaves all or nothing on {name}, and says which",
        seed=SEED,
        runs=KILLS,
        holds=not faults,
        detail="; ".join(faults) or f"{ends['done']} were done, {ends['failed']} left nothing",
    )


def kill_often(store: Store, draw: random.Random, kills: int) -> tuple[list[str], Counter[str]]:
    """Faults found, and how the batches ended; the first import runs to its end to be timed."""
    whole, ends, faults = _run(store, "whole", None), Counter[str](), []
    for number in range(kills):
        _run(store, f"kill{number}", draw.uniform(0, 0.9 * whole))
        _await_end(store)
        recover(store)
        fault = _fault(store)
        if fault:
            faults.append(f"kill {number}: {fault}")
    with store.read() as connection:
        ends.update(batch.status for batch in batches(connection, kills + 1))
    ends["done"] -= 1
    return faults, ends


def _run(store: Store, prefix: str, kill_after: float | None) -> float:
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, store.url, prefix],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            msg = "the import did not begin"
            raise AssertionError(msg)
        started = time.perf_counter()
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return time.perf_counter() - started


def _await_end(store: Store) -> None:
    """Wait until the server has noticed that the killed process is gone; it holds a lock till then."""
    if store.dialect != "postgresql":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    store.engine.dispose()  # what is connected now is the killed process, and the question itself
    deadline = time.monotonic() + NOTICE_SECONDS
    while time.monotonic() < deadline:
        with store.read() as connection:
            if connection.execute(others).scalar_one() == 0:
                return
        time.sleep(0.05)
    msg = f"a killed import is still connected after {NOTICE_SECONDS} s"
    raise AssertionError(msg)


def _fault(store: Store) -> str:
    """What is not as the book of imports says; '' when everything is."""
    with store.read() as connection:
        found = batches(connection, 10_000)
        cases = CASES * sum(batch.status == "done" for batch in found)
        if any(batch.status not in {"done", "failed"} for batch in found):
            return "a batch is neither done nor failed"
        for row, expected in (
            (CaseRow, cases),
            (CaseTextRow, cases),
            (CaseEventRow, cases * EVENTS),
            (MessageRow, cases),
        ):
            table = table_of(row)
            count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if count != expected:
                return f"{count} rows in {table.name}, {expected} were expected"
        if len(find(connection, "case")) != cases:
            return "the search finds other cases than there are"
        return verify(connection).why
