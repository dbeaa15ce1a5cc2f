"""What imports of every kind share on the command line: list, rejects, undo, and refused rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TextIO

import pandas as pd

from core.cli.frame import Commands, Run, say
from core.desk.export import escaped

SHOWN_REJECTS = 10


@dataclass(frozen=True, slots=True)
class Past:
    """How the things of a history are called, and what is done with them."""

    one: str
    metavar: str
    listed: str
    list: Run
    rejects: Run
    undo: Run


def add_history(acts: Commands, past: Past) -> None:
    """Hang ``list``, ``rejects`` and ``undo`` below a command."""
    listing = acts.add_parser("list", help=past.listed)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=past.list)
    refused = acts.add_parser("rejects", help=f"rejected rows of {past.one} as CSV")
    refused.add_argument("ref", metavar=past.metavar)
    refused.set_defaults(run=past.rejects)
    undo = acts.add_parser("undo", help=f"take {past.one} back")
    undo.add_argument("ref", metavar=past.metavar)
    undo.add_argument("--json", action="store_true")
    undo.set_defaults(run=past.undo)


def say_rejects(rows: pd.DataFrame, rejected: int, more: str) -> None:
    """The first refused rows for a person; ``more`` is the command that gives all of them."""
    for row in rows.head(SHOWN_REJECTS).to_dict("records"):
        place = f"line {row['line']}" + (f", {row['field']}" if row["field"] else "")
        shown = f" '{row['value']}'" if row["value"] else ""
        say(f"  {place}:{shown} {row['reason']}" + (f" ({row['hint']})" if row["hint"] else ""))
    if rejected > SHOWN_REJECTS:
        say(f"  … and {rejected - SHOWN_REJECTS} more: {more}")


def write_rejects(rows: pd.DataFrame, file: TextIO) -> None:
    """Rejected rows as CSV; a cell that a spreadsheet would calculate is written as text."""
    writer = csv.writer(file)
    writer.writerow(rows.columns)
    for row in rows.itertuples(index=False):
        writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])
