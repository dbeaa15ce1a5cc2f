"""Commands about imports: import a file, see the history, read rejected rows, take a batch back."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from core.cli.frame import DONE, DONE_WITH_REJECTS, Commands, OpenDesk, say, say_json
from core.cli.history import SHOWN_REJECTS, Past, add_history, say_rejects, write_rejects
from core.clock import from_micros
from core.desk import imports
from core.desk.boot import OPERATOR
from core.desk.imports import ImportPreview, ImportResult
from core.intake.mapping_files import read_mapping


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    bring = commands.add_parser("import", help="bring in the cases of a file")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--mapping", default="", help="a mapping file, or the name of a ready one")
    bring.add_argument("--suggest", action="store_true", help="write a mapping proposal, no import")
    bring.add_argument("--dry-run", action="store_true", help="do everything but the writing")
    bring.add_argument("--rejects", type=Path, default=None, help="write rejected rows to this CSV")
    bring.add_argument("--json", action="store_true")
    bring.set_defaults(run=run_import)

    several = commands.add_parser("imports", help="imports so far")
    acts = several.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = "history, the newest first"
    add_history(acts, Past("an import", "BATCH", listed, run_list, run_rejects, run_undo))


def run_import(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``import FILE``: counts in rows; 3 when some were rejected."""
    desk = open_desk()
    if arguments.suggest:
        return _suggest(imports.preview(desk, OPERATOR, arguments.file), as_json=arguments.json)
    name = arguments.mapping or imports.fitting_mapping(desk, OPERATOR, arguments.file)
    result = imports.run_import(
        desk,
        OPERATOR,
        arguments.file,
        read_mapping(name),
        dry_run=arguments.dry_run,
        progress=show_progress,
    )
    if arguments.rejects:
        with arguments.rejects.open("w", encoding="utf-8", newline="") as file:
            write_rejects(result.rejects, file)
    if arguments.json:
        say_json(as_json(result))
    else:
        say_result(result, arguments.file.name)
    return DONE_WITH_REJECTS if result.count.rejected else DONE


def _suggest(seen: ImportPreview, *, as_json: bool) -> int:
    if as_json:
        told = {"fits": seen.fits, "questions": list(seen.questions), "moments": seen.moments}
        say_json({"mapping": seen.suggestion, **told})
    else:
        say(seen.suggestion.rstrip())
    return DONE


def as_json(result: ImportResult) -> dict[str, object]:
    """The result for a script; the first rejected rows stand in it."""
    return {
        "batch": result.batch or None,
        **asdict(result.count),
        "dry_run": result.dry_run,
        "source": result.source,
        "notes": list(result.notes),
        "rejects": result.rejects.head(SHOWN_REJECTS).to_dict("records"),
    }


def say_result(result: ImportResult, file_name: str) -> None:
    """The result for a person."""
    count = result.count
    say(f"{file_name}: {'dry run, nothing was written' if result.dry_run else result.batch}")
    say(
        f"  {count.read} rows read = {count.accepted} accepted + {count.updated} updated"
        f" + {count.unchanged} unchanged + {count.rejected} rejected"
    )
    say(f"  {count.cases_created} cases created, {count.cases_updated} updated")
    for note in result.notes:
        say(f"  {note}")
    more = f"imports rejects {result.batch}" if result.batch else "--rejects FILE"
    say_rejects(result.rejects, count.rejected, more)


def run_list(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``imports list``."""
    batches = imports.history(open_desk(), OPERATOR)
    if arguments.json:
        say_json([asdict(b) for b in batches])
        return DONE
    for batch in batches:
        count = batch.count
        say(
            f"{batch.ref}  {from_micros(batch.started_at):%Y-%m-%d %H:%M} UTC  {batch.status:<8}"
            f"  {batch.file_name}  read {count.read} = {count.accepted} + {count.updated}"
            f" + {count.unchanged} + {count.rejected}  {batch.message}".rstrip()
        )
    return DONE


def run_rejects(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``imports rejects BATCH``: CSV on standard output."""
    write_rejects(imports.rejects(open_desk(), OPERATOR, arguments.ref), sys.stdout)
    return DONE


def run_undo(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``imports undo BATCH``: what was removed, restored, and kept because it was edited since."""
    undone = imports.undo(open_desk(), OPERATOR, arguments.ref)
    if arguments.json:
        say_json({"batch": arguments.ref, **asdict(undone)})
        return DONE
    say(f"{arguments.ref}: {undone.removed} cases removed, {undone.restored} restored.")
    for ref in undone.kept:
        say(f"  {ref} was changed since and was left as it is.")
    return DONE


def show_progress(share: float, what: str) -> None:
    """One line that rewrites itself, only where a person watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%} {what:<50}" + ("\n" if share >= 1 else ""))
