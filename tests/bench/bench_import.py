"""Whole imports and a whole demo workspace against the floor of raw statements, and their memory.

Two shapes of export: a log with five rows for each case, and a row for each case with six moments,
so that every case has at least five events either way. All run through the command line.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.bench_import_floor import floor_seconds
from tests.bench.report import Report
from tests.support.program import PROJECT, desk_environment

ROWS = 1_000_000
ROWS_OF_A_CASE = 5
BAR, DEMO_BAR, MEMORY_BAR = 3.0, 4.0, 1024.0
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
SEED = 7
ACTIVITIES = ("Insert", "Take", "Ask", "Answer", "Resolve")
FIELDS = """\
fields:
  priority: prio
  market: country
  channel: {column: channel, values: {Mail: partner_email, Portal: partner_portal, Phone: phone}}
  partner: company
  assignee: agent
  title: subject
  requester_kind: {constant: partner}
"""
LOG_MAPPING = f"""\
name: log
source: bench
shape: event_log
identity: {{column: case}}
times: {{format: "%d/%m/%Y %H:%M:%S"}}
events:
  at: at
  actor: agent
  activities:
    column: activity
    values:
      Insert: new
      Take: [first_response, in_progress]
      Ask: [question, awaiting_requester]
      Answer: [message_in, in_progress]
      Resolve: resolved
{FIELDS}"""
ROW_MAPPING = f"""\
name: rows
source: bench
shape: case_per_row
identity: {{column: case}}
times: {{format: "%d/%m/%Y %H:%M:%S"}}
received_at: opened
moments: {{triaged: sorted, first_response: answered, in_progress: begun, resolved: solved, closed: closed}}
{FIELDS}"""
SHARED = "agent,prio,country,channel,company,subject,category"


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of export: its mapping and how its lines are made."""

    name: str
    mapping: str
    lines: Callable[[int], Iterator[str]]


def bench(report: Report, rows: int = ROWS) -> None:
    """Import both shapes, and measure each against the floor of its own rows."""
    for shape in (
        Shape("log", LOG_MAPPING, log_lines),
        Shape("row a case", ROW_MAPPING, row_lines),
    ):
        with tempfile.TemporaryDirectory() as folder:
            _bench_import(report, shape, Path(folder), rows)
    with tempfile.TemporaryDirectory() as folder:
        command = ["demo", "--cases", rows, "--seed", SEED]
        _measured(report, f"Demo of {rows:,} cases", Path(folder), command, DEMO_BAR)


def _bench_import(report: Report, shape: Shape, folder: Path, rows: int) -> None:
    export, mapping = folder / "export.csv", folder / "mapping.yaml"
    mapping.write_text(shape.mapping)
    with export.open("w") as file:
        file.writelines(shape.lines(rows))
    command = ["import", export, "--mapping", mapping, "--json"]
    _measured(report, f"Import {rows:,} rows ({shape.name})", folder, command, BAR)


def _measured(
    report: Report, name: str, folder: Path, command: Sequence[object], bar: float
) -> None:
    """Run a command on a store of its own, then the floor of the rows that it left there."""
    took, megabytes = _run(folder, command)
    floor = floor_seconds(folder / "desk.db")
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in floor.tables.items())
    report.note(f"floor by table: {told}; {floor.rows:,} rows")
    report.add(name, took, "s", floor=floor.seconds, bar=bar, of_floor=True)
    report.add(f"{name}: memory", megabytes, "MB", bar=MEMORY_BAR)


def _run(folder: Path, command: Sequence[object]) -> tuple[float, float]:
    """Seconds and the largest memory of one ``python -m core …`` on the store of a folder."""
    environment = desk_environment(folder)
    started = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    words = [sys.executable, "-m", "core", *map(str, command)]
    child = os.posix_spawn(sys.executable, words, environment, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - started
    if status:
        msg = f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}"
        raise RuntimeError(msg)
    return took, usage.ru_maxrss / 1024


def log_lines(rows: int) -> Iterator[str]:
    """A log in order of its cases."""
    draw = random.Random(SEED)
    yield f"case,activity,at,{SHARED}\n"
    for case in range(rows // ROWS_OF_A_CASE):
        shared = _shared(draw, case)
        at = _begin(draw, case)
        for activity in ACTIVITIES:
            yield f"C{case},{activity},{at:%d/%m/%Y %H:%M:%S},{shared}\n"
            at += timedelta(seconds=draw.randrange(60, 30_000))


def row_lines(rows: int) -> Iterator[str]:
    """A row for each case."""
    draw = random.Random(SEED)
    yield f"case,opened,sorted,answered,begun,solved,closed,{SHARED}\n"
    for case in range(rows):
        shared = _shared(draw, case)
        at = _begin(draw, case)
        moments = []
        for _ in range(6):
            moments.append(f"{at:%d/%m/%Y %H:%M:%S}")
            at += timedelta(seconds=draw.randrange(60, 30_000))
        yield f"C{case},{','.join(moments)},{shared}\n"


def _begin(draw: random.Random, case: int) -> datetime:
    return BEGIN + timedelta(seconds=case * 60 % 60_000_000 + draw.randrange(60))


def _shared(draw: random.Random, case: int) -> str:
    agent, company = draw.randrange(200), draw.randrange(2000)
    priority, country = draw.choice(("P0", "P1", "P2", "P3")), draw.choice(("DE", "FR", "US", "NA"))
    channel = draw.choice(("Mail", "Portal", "Phone"))
    subject = f"Page {case} was unpublished by mistake in the night"
    category = draw.randrange(40)
    return f"Agent {agent},{priority},{country},{channel},Partner {company},{subject},Category {category}"


if __name__ == "__main__":
    os.chdir(PROJECT)
    bench(Report(), int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
