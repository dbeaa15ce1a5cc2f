"""An import that is killed in the middle leaves nothing of it behind, and the history says so."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.exports import TICKET_COLUMNS, TICKET_MAPPING, TICKET_ROWS, as_csv, write
from tests.support.program import PROJECT, CommandLine, desk_environment

CASES = 30_000
WAIT_SECONDS = 120


def running(database: Path) -> bool:
    """True once the batch is seen to run and its rows are being read."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("SELECT status FROM import_batches").fetchall()
        except sqlite3.OperationalError:
            return False
    return found == [("running",)]


@pytest.mark.parametrize("pause", [0.5])
def test_a_killed_import_leaves_nothing_and_says_so(
    command_line: CommandLine, tmp_path: Path, pause: float
) -> None:
    rows = tuple(TICKET_ROWS[0].replace("T1", f"T{i}") for i in range(CASES))
    export = write(tmp_path, "tickets.csv", as_csv(TICKET_COLUMNS, rows))
    mapping = write(tmp_path, "map.yaml", TICKET_MAPPING)
    assert command_line.run("migrate").returncode == 0
    child = subprocess.Popen(
        [sys.executable, "-m", "core", "import", str(export), "--mapping", str(mapping)],
        cwd=PROJECT,
        env=desk_environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + WAIT_SECONDS
    while not running(tmp_path / "desk.db"):
        assert child.poll() is None, "the import ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(pause)
    child.kill()
    child.wait()
    listed = command_line.run("imports", "list").stdout
    assert "failed" in listed
    assert "Nothing of it was stored" in listed
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("cases", "case_events", "case_texts", "import_rejects")
        ]
    assert counts == [0, 0, 0, 0]
    left = {p.name.split(".")[0] for p in tmp_path.iterdir()} - {"desk", "tickets", "map"}
    assert not {name for name in left if name.startswith("tmp")}
