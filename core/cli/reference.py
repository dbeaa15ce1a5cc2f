"""Commands about the public report as reference: import a release, list them, take one back."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from core.cli.frame import DONE, DONE_WITH_REJECTS, Commands, OpenDesk, say, say_json
from core.cli.history import Past, add_history, say_rejects, write_rejects
from core.clock import from_micros
from core.desk import reference_series
from core.desk.boot import OPERATOR
from core.desk.reference_series import ReferenceResult
from core.risk.public_report import public_report
from core.risk.public_series import Figure, Restatement
from core.risk.public_words import figure_words

SHOWN = 10  # restatements


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    reference = commands.add_parser("reference", help="releases of the public enforcement report")
    acts = reference.add_subparsers(dest="act", required=True, metavar="ACT")
    bring = acts.add_parser("import", help="keep the figures of a release beside our own")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--name", default="", help="what to call the release")
    bring.add_argument("--published", default="", metavar="DATE", help="the day it came out")
    bring.add_argument("--dry-run", action="store_true", help="do everything but the writing")
    bring.add_argument("--json", action="store_true")
    bring.set_defaults(run=run_import)
    listed = "releases so far, the last imported first"
    add_history(acts, Past("a release", "ID", listed, run_list, run_rejects, run_undo))


def run_import(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``reference import FILE``: counts in rows; 3 when some were rejected."""
    result = reference_series.import_release(
        open_desk(),
        OPERATOR,
        arguments.file,
        name=arguments.name,
        published_on=arguments.published,
        dry_run=arguments.dry_run,
    )
    if arguments.json:
        say_json(as_json(result))
    else:
        say_result(result, arguments.file.name)
    return DONE_WITH_REJECTS if result.count.rejected else DONE


def as_json(result: ReferenceResult) -> dict[str, object]:
    """The result for a script; the largest restatements and the first rejected rows stand in it."""
    count = asdict(result.count)
    return {
        "release": result.ref or None,
        "name": result.name,
        "last_quarter": result.last_quarter,
        "is_known": result.is_known,
        **{n: count[n] for n in ("read", "accepted")},
        "updated": 0,
        "unchanged": count["repeated"],
        "rejected": count["rejected"],
        "not_published": count["not_published"],
        "restated": len(result.restatements),
        "notes": list(result.notes),
        "restatements": [_restated_json(r) for r in result.restatements[:SHOWN]],
        "rejects": result.rejects.to_dict("records"),
    }


def _restated_json(change: Restatement) -> dict[str, object]:
    after = change.after
    return {
        "series": after.series,
        "platform": after.platform,
        "area": after.area,
        "quarter": after.quarter,
        "before": _ends(change.before),
        "before_release": change.before_ref,
        "after": _ends(after),
        "after_release": change.after_ref,
        "change_share": change.change_share,
    }


def _ends(figure: Figure) -> dict[str, object]:
    return {"low": figure.low, "high": figure.high}


def say_result(result: ReferenceResult, file_name: str) -> None:
    """The result for a person."""
    count = result.count
    if result.is_known:
        say(f"{file_name}: the same release is here as {result.ref}; nothing changed.")
    else:
        say(f"{file_name}: {result.ref or 'dry run, nothing was written'}, {result.name}")
    say(
        f"  {count.read} rows read = {count.accepted} accepted + {count.repeated} unchanged"
        f" + {count.rejected} rejected; {count.not_published} say that no figure was published"
    )
    for note in result.notes:
        say(f"  {note}")
    _say_restatements(result)
    more = f"reference rejects {result.ref}" if result.ref else "import it, then: reference rejects"
    say_rejects(result.rejects, count.rejected, more)


def _say_restatements(result: ReferenceResult) -> None:
    if not result.restatements:
        return
    say(f"  Restated between releases: {len(result.restatements)}, by size:")
    for change in result.restatements[:SHOWN]:
        after = change.after
        unit = public_report().series[after.series].unit
        share = change.change_share
        by = "" if share is None else f" ({share:+.1%})"
        say(
            f"    {after.platform} · {after.area} · {public_report().series[after.series].label}"
            f" · {after.quarter}: {figure_words(change.before, unit)}"
            f" → {figure_words(after, unit)}{by}"
        )


def run_list(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``reference list``."""
    found = reference_series.list_releases(open_desk(), OPERATOR)
    if arguments.json:
        say_json([asdict(release) for release in found])
        return DONE
    for release in found:
        state = "taken back" if release.undone_at is not None else "in force"
        say(
            f"{release.ref}  {from_micros(release.imported_at):%Y-%m-%d %H:%M} UTC  {state:<10}"
            f"  up to {release.last_quarter}  {release.count.accepted} figures  {release.name}"
        )
    if not found:
        say("No release yet; bring one in with: reference import FILE")
    return DONE


def run_rejects(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``reference rejects ID``: CSV on standard output."""
    rows = reference_series.release_rejects(open_desk(), OPERATOR, arguments.ref)
    write_rejects(rows, sys.stdout)
    return DONE


def run_undo(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``reference undo ID``."""
    gone = reference_series.undo_release(open_desk(), OPERATOR, arguments.ref)
    if arguments.json:
        say_json({"release": arguments.ref, "figures": gone})
    else:
        say(f"{arguments.ref}: {gone} figures taken back.")
    return DONE
