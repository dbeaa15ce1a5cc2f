"""Commands that look after the store: audit verify, backup, restore, erase."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.frame import BROKEN, DONE, Commands, OpenDesk, say, say_json
from core.desk import upkeep
from core.desk.boot import OPERATOR
from core.errors import BadInput


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    audit = commands.add_parser("audit", help="the record of who did what")
    acts = audit.add_subparsers(dest="act", required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="check that no entry was changed or removed")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=run_verify)

    backup = commands.add_parser("backup", help="write the whole store into one file")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=run_backup)

    restore = commands.add_parser("restore", help="fill an empty store from a backup")
    restore.add_argument("file", type=Path)
    restore.set_defaults(run=run_restore)

    erase = commands.add_parser("erase", help="remove the personal text of one requester")
    erase.add_argument("requester", nargs="?", help="the contact address or exact name")
    erase.add_argument(
        "--overdue", action="store_true", help="instead, every case that was kept long enough"
    )
    erase.add_argument("--json", action="store_true")
    erase.set_defaults(run=run_erase)


def run_verify(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``audit verify``: our fault when the chain is broken, with the first broken entry."""
    found = upkeep.verify_audit(open_desk())
    if arguments.json:
        say_json({"ok": found.ok, "entries": found.entries, "finding": found.finding})
    else:
        say(found.finding)
    return DONE if found.ok else BROKEN


def run_backup(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``backup FILE``."""
    rows = upkeep.back_up(open_desk(), OPERATOR, arguments.file)
    say(f"The store, {rows:,} rows, was written to {arguments.file}.")
    return DONE


def run_restore(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``restore FILE``."""
    rows = upkeep.restore_from(open_desk(), OPERATOR, arguments.file)
    say(f"The store, {rows:,} rows, was restored from {arguments.file}.")
    return DONE


def run_erase(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``erase REQUESTER``: what was emptied, and which cases a legal hold kept."""
    if bool(arguments.requester) == arguments.overdue:
        raise BadInput("Name either a requester or --overdue.", at="erase")
    if arguments.overdue:
        erased = upkeep.erase_overdue(open_desk(), OPERATOR)
    else:
        erased = upkeep.erase(open_desk(), OPERATOR, arguments.requester)
    if arguments.json:
        say_json({"cases": erased.cases, "messages": erased.messages, "held": list(erased.held)})
        return DONE
    say(f"Personal text removed from {erased.cases} cases and {erased.messages} messages.")
    for ref in erased.held:
        say(f"  {ref} is under legal hold and was left as it is.")
    return DONE
