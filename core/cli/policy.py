"""Commands about policy documents: import fetched versions, list documents and imports, take one back."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from core.cli.frame import DONE, DONE_WITH_REJECTS, Commands, OpenDesk, say, say_json
from core.cli.imports import show_progress
from core.clock import from_micros
from core.desk import policy_documents
from core.desk.boot import OPERATOR
from core.desk.policy_documents import PolicyImportResult
from core.policy.words import reason_words

SHOWN_REJECTS = 10


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    policy = commands.add_parser("policy", help="versions of policy documents")
    acts = policy.add_subparsers(dest="act", required=True, metavar="ACT")
    bring = acts.add_parser("import", help="bring in fetched versions and tell what changed")
    bring.add_argument(
        "path", type=Path, metavar="PATH", help="a folder, archive or git repository"
    )
    bring.add_argument("--service", default="", metavar="NAME", help="whose document it is")
    bring.add_argument("--document", default="", metavar="NAME", help="what it is called")
    bring.add_argument("--json", action="store_true")
    bring.set_defaults(run=run_import)
    listing = acts.add_parser("list", help="documents and imports so far")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    undo = acts.add_parser("undo", help="take an import back")
    undo.add_argument("ref", metavar="ID")
    undo.add_argument("--json", action="store_true")
    undo.set_defaults(run=run_undo)


def run_import(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``policy import PATH``: counts in versions; 3 when some were rejected."""
    result = policy_documents.import_policy(
        open_desk(),
        OPERATOR,
        arguments.path,
        service=arguments.service,
        document=arguments.document,
        progress=show_progress,
    )
    if arguments.json:
        say_json(as_json(result))
    else:
        say_result(result, arguments.path.name)
    return DONE_WITH_REJECTS if result.count.rejected else DONE


def as_json(result: PolicyImportResult) -> dict[str, object]:
    """The result for a script, with all that was refused."""
    return {
        "import": result.ref or None,
        "source": result.source,
        **asdict(result.count),
        "documents": list(result.documents),
        "notes": list(result.notes),
        "rejects": [asdict(reject) for reject in result.rejects],
    }


def say_result(result: PolicyImportResult, name: str) -> None:
    """The result for a person."""
    count = result.count
    say(f"{name}: {result.ref or 'nothing new, so nothing was written'}")
    say(
        f"  {count.read} versions read = {count.first} first + {count.change} changes"
        f" + {count.noise} noise + {count.revert} reverts + {count.duplicate} duplicates"
        f" + {count.rejected} rejected + {count.known} known before"
    )
    for document in result.documents:
        say(f"  {document}")
    for note in result.notes:
        say(f"  {note}")
    for reject in result.rejects[:SHOWN_REJECTS]:
        hint = f" ({reject.hint})" if reject.hint else ""
        say(f"  {reject.name}: {reason_words(reject.reason)}{hint}")
    if len(result.rejects) > SHOWN_REJECTS:
        say(f"  … and {len(result.rejects) - SHOWN_REJECTS} more; --json gives all of them")


def run_list(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``policy list``."""
    desk = open_desk()
    documents = policy_documents.list_policy_documents(desk, OPERATOR)
    imports = policy_documents.list_policy_imports(desk, OPERATOR)
    if arguments.json:
        told = {
            "documents": [asdict(d) for d in documents],
            "imports": [asdict(i) for i in imports],
        }
        say_json(told)
        return DONE
    for one in documents:
        say(
            f"{one.service} · {one.name}: {one.versions} versions, {one.changes} changes,"
            f" {one.first_at:%Y-%m-%d} to {one.last_at:%Y-%m-%d}"
        )
    for done in imports:
        state = "taken back" if done.undone_at is not None else "in force"
        say(
            f"{done.ref}  {from_micros(done.imported_at):%Y-%m-%d %H:%M} UTC  {state:<10}"
            f"  {done.source:<7}  read {done.count.read}, {done.count.change} changes"
            f"  {done.file_name}"
        )
    if not imports:
        say("No version yet; bring some in with: policy import PATH")
    return DONE


def run_undo(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``policy undo ID``."""
    gone = policy_documents.undo_policy_import(open_desk(), OPERATOR, arguments.ref)
    if arguments.json:
        say_json({"import": arguments.ref, "versions": gone})
    else:
        say(f"{arguments.ref}: {gone} versions taken back.")
    return DONE
