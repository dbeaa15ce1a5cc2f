"""``partners export|import``: the directory as a file, in and out at the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.cli.frame import DONE, DONE_WITH_REJECTS, Commands, OpenDesk, say, say_json
from core.desk.boot import OPERATOR
from core.desk.directory_csv import (
    DirectoryPlan,
    export_directory,
    import_directory,
    preview_directory,
)
from core.errors import BadInput

STANDARD_OUTPUT = "-"


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    partners = commands.add_parser("partners", help="the directory of partners as a file")
    acts = partners.add_subparsers(dest="act", required=True, metavar="ACT")

    out = acts.add_parser("export", help="every partner as CSV; read back it changes nothing")
    out.add_argument("--out", default=STANDARD_OUTPUT, help="file to write; - is standard output")
    out.set_defaults(run=run_export)

    bring = acts.add_parser("import", help="add and change partners from a CSV file")
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="say what would happen and stop")
    bring.add_argument("--json", action="store_true", help="say the result as one JSON object")
    bring.set_defaults(run=run_import)


def run_export(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``partners export``: to a file or to standard output."""
    found = export_directory(open_desk(), OPERATOR)
    if arguments.out == STANDARD_OUTPUT:
        sys.stdout.write(found.text)
        return DONE
    path = Path(arguments.out)
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}", at="--out")
    path.write_text(found.text, encoding="utf-8", newline="")
    say(f"{found.count} partners are in {path}.")
    return DONE


def run_import(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``partners import FILE``: as a whole; rejected lines are named with the reason."""
    path: Path = arguments.file
    if not path.is_file():
        raise BadInput(f"There is no file {path}", at="FILE")
    content = path.read_bytes()
    plan = preview_directory(open_desk(), OPERATOR, content, path.name)
    if not arguments.dry_run and not plan.is_idle:
        plan = import_directory(open_desk(), OPERATOR, content, path.name, plan.mark)
    _tell(plan, as_json=arguments.json, is_dry=arguments.dry_run)
    return DONE_WITH_REJECTS if plan.counts["rejected"] else DONE


def _tell(plan: DirectoryPlan, *, as_json: bool, is_dry: bool) -> None:
    rejects = [line for line in plan.lines if line.fault]
    if as_json:
        told = [
            {
                "line": line.number,
                "at": line.fault.at if isinstance(line.fault, BadInput) else "",
                "reason": line.fault.message,
                "hint": line.fault.hint,
            }
            for line in rejects
            if line.fault
        ]
        say_json({"dry_run": is_dry, "read": len(plan.lines), **plan.counts, "rejects": told})
        return
    for line in rejects:
        sys.stderr.write(f"{line.fault}\n")
    counts = ", ".join(f"{number} {state}" for state, number in plan.counts.items())
    say(f"{len(plan.lines)} lines read: {counts}{', nothing was written' if is_dry else ''}.")
