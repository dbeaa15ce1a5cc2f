"""``export cases``: the cases of a filter as CSV or JSON Lines, to a file or to standard output."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

from core.cases.filter import CaseFilter
from core.cli.frame import DONE, OpenDesk, say, say_json
from core.desk.boot import OPERATOR
from core.desk.export import FORMATS, export_cases
from core.errors import BadInput

STANDARD_OUTPUT = "-"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands of this file."""
    export = commands.add_parser("export", help="take data out of the desk")
    kinds = export.add_subparsers(dest="kind", required=True, metavar="WHAT")
    cases = kinds.add_parser("cases", help="cases with their times and verdicts, without texts")
    cases.add_argument("--format", choices=FORMATS, default="csv")
    cases.add_argument("--out", default=STANDARD_OUTPUT, help="file to write; - is standard output")
    cases.add_argument(
        "--where",
        default="",
        metavar="FILTER",
        help="what follows the ? in the address of the queue; without it every case",
    )
    cases.add_argument("--json", action="store_true", help="say the result as one JSON object")
    cases.set_defaults(run=run_cases)


def run_cases(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """Write the file, then say how many cases are in it."""
    chosen = _filter(arguments.where)
    export = export_cases(open_desk(), OPERATOR, chosen, arguments.format)
    if arguments.out == STANDARD_OUTPUT:
        for portion in export.portions:
            sys.stdout.write(portion)
        return DONE
    _write(Path(arguments.out), export.portions)
    if arguments.json:
        say_json({"out": arguments.out, "format": arguments.format, "cases": export.count})
    else:
        say(f"{export.count} cases are in {arguments.out}.")
    return DONE


def _filter(where: str) -> CaseFilter:
    given = parse_qs(where.lstrip("?"), keep_blank_values=True)
    chosen, ignored = CaseFilter.from_params(given)
    if ignored:
        raise BadInput(ignored[0], at="--where", hint="copy the part after ? from the queue")
    return chosen if "segment" in given else chosen.but(segment="all")


def _write(path: Path, portions: Iterator[str]) -> None:
    """Write beside the file and put it in place when it is whole."""
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}", at="--out")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(portions)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
