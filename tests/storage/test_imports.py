"""The book of imports tells what every batch did, also when its process is killed in the middle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.audit.model import Draft
from core.errors import NotFound
from core.storage.engine import Store
from core.storage.imports import (
    BatchFacts,
    add_rejects,
    batch_by_ref,
    batches,
    recover,
    rejects,
    running_batch,
    start_batch,
)
from core.storage.reject_lines import REJECT_LINES
from core.storage.trail import audit_entries, verify
from tests.storage.builders import Door, a_case, frame

PROJECT = Path(__file__).resolve().parents[2]
FACTS = BatchFacts(by="ana", source="tickets", file_name="tickets.csv")
# Admits one chunk, says so, and then waits inside the transaction to be killed.
HALF_AN_IMPORT = """
import sys, time
from core.audit.model import Draft
from core.clock import SystemClock
from core.sla.policies import read_book
from core.storage.admit import Admission
from core.storage.engine import open_url
from core.storage.imports import BatchFacts, start_batch
from tests.storage.builders import a_case, lines_of
store = open_url(sys.argv[1], SystemClock())
batch = start_batch(store, BatchFacts(by="ana", source="tickets", file_name="tickets.csv"))
with store.write(Draft("ana", "import.run", batch.ref)) as write:
    Admission(write, batch.id, read_book()).cases(*lines_of([a_case(n) for n in range(50)]))
    print("half", flush=True)
    time.sleep(60)
"""


def statuses(store: Store) -> list[str]:
    with store.read() as connection:
        return [batch.status for batch in batches(connection)]


def fail_in(store: Store) -> None:
    with running_batch(store, FACTS):
        raise ConnectionError


def test_a_batch_is_seen_while_it_runs_and_carries_its_facts(store: Store) -> None:
    with running_batch(store, FACTS) as running, store.read() as connection:
        batch = batch_by_ref(connection, running.ref)
        assert (batch.ref, batch.status, batch.by) == ("B-0001", "running", "ana")
        assert (batch.source, batch.file_name) == ("tickets", "tickets.csv")


def test_an_import_that_raises_is_marked_as_failed(store: Store) -> None:
    with pytest.raises(ConnectionError):
        fail_in(store)
    with store.read() as connection:
        (batch,) = batches(connection)
    assert batch.status == "failed"
    assert "Nothing of it was stored" in batch.message


def test_a_running_batch_of_a_living_process_is_left_alone(store: Store) -> None:
    with running_batch(store, FACTS):
        assert recover(store) == []
        assert statuses(store) == ["running"]


def test_a_killed_import_leaves_nothing_and_the_book_says_so(store: Store) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HALF_AN_IMPORT, store.url],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    assert statuses(store) == ["running"]
    assert recover(store) == []
    process.kill()
    process.wait()
    assert recover(store) == ["B-0001"]
    with store.read() as connection:
        (batch,) = batches(connection)
        assert verify(connection).holds
        assert audit_entries(connection)[0].act == "import.recover"
    assert (batch.status, batch.finished_at is not None) == ("failed", True)
    assert "Nothing of it was stored" in batch.message
    door = Door(store)
    assert door.found("case") == []
    assert door.case(1) is None
    door.admit(a_case(1))
    assert door.case(1).ref == "E-000001"


def test_a_batch_whose_process_let_go_without_ending_is_recovered(store: Store) -> None:
    start_batch(store, FACTS).life.release()
    assert recover(store) == ["B-0001"]
    assert recover(store) == []


def test_refused_rows_are_kept_in_the_order_of_the_file(door: Door) -> None:
    batch_id = door.admit(a_case(1))
    refused = [
        {"line": 9, "field": "severity", "value": "hgih", "reason": "unknown", "hint": "high?"},
        {"line": 4, "field": "opened", "value": "31/31/2020", "reason": "no date"},
    ]
    with door.store.write(Draft("ana", "import.rejects", "B-0001")) as write:
        add_rejects(write, batch_id, frame(REJECT_LINES, refused))
        add_rejects(write, batch_id, REJECT_LINES.empty())
    with door.store.read() as connection:
        found = rejects(connection, batch_id)
        assert rejects(connection, batch_id, limit=1)["line"].tolist() == [4]
    assert found["line"].tolist() == [4, 9]
    expected = frame(REJECT_LINES, refused[::-1])
    pd.testing.assert_frame_equal(found.drop(columns="id"), expected)


def test_an_unknown_batch_is_not_found(store: Store) -> None:
    with store.read() as connection, pytest.raises(NotFound):
        batch_by_ref(connection, "B-0042")
