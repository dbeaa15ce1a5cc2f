"""What all commands share: exit codes, the type of a command, and how results are printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.desk.boot import Desk
from core.errors import BadInput, DeskError

DONE, BROKEN, BAD_INPUT, DONE_WITH_REJECTS = 0, 1, 2, 3

if TYPE_CHECKING:
    # argparse gives the type no public name, and none that takes a parameter at run time.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Commands = argparse._SubParsersAction  # noqa: SLF001 -- as above
OpenDesk = Callable[[], Desk]
Run = Callable[[argparse.Namespace, OpenDesk], int]


def say(line: str) -> None:
    """One line for a person."""
    sys.stdout.write(line + "\n")


def say_json(found: Mapping[str, object] | Sequence[object]) -> None:
    """One JSON document for a script."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")


def say_failure(problem: DeskError, *, as_json: bool) -> None:
    """A failure with its place and the way out, in the form that was asked for."""
    place = problem.at if isinstance(problem, BadInput) else ""
    if as_json:
        say_json({"error": problem.message, "at": place, "hint": problem.hint})
        return
    sys.stderr.write(f"{place}: {problem.message}\n" if place else f"{problem.message}\n")
    if problem.hint:
        sys.stderr.write(f"  {problem.hint}\n")
