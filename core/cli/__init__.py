"""The command line: parses, calls one use case, prints, and turns failures into exit codes.

0 done, 1 our fault, 2 unusable input or arguments, 3 done with rejected rows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.cli import directory, export, imports, people, policy, reference, store, workspace
from core.cli.frame import BAD_INPUT, BROKEN, say_failure
from core.desk.boot import Desk, open_desk
from core.errors import BadInput, DeskError, Refused
from core.logs import log, start_logging
from core.settings import Settings

GROUPS = (imports, reference, policy, export, people, directory, workspace, store)


def parser() -> argparse.ArgumentParser:
    """The whole command line, one group of commands per file."""
    found = argparse.ArgumentParser(prog="python -m core", description="Escalation Desk")
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_commands(commands)
    return found


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    settings = Settings()
    start_logging(settings.log_level)
    opened: list[Desk] = []

    def desk() -> Desk:
        if not opened:
            opened.append(open_desk(settings))
        return opened[0]

    try:
        return int(arguments.run(arguments, desk))
    except (BadInput, Refused) as problem:
        say_failure(problem, as_json=getattr(arguments, "json", False))
        return BAD_INPUT
    except DeskError as problem:
        say_failure(problem, as_json=getattr(arguments, "json", False))
        return BROKEN
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return BROKEN
    except Exception as unexpected:  # noqa: BLE001 -- the one catch-all of the command line
        log("cli").exception("command failed", extra={"command": arguments.command})
        sys.stderr.write(f"The command failed inside the desk ({type(unexpected).__name__}).\n")
        return BROKEN
    finally:
        for each in opened:
            each.store.close()
