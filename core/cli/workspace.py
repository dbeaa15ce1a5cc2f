"""Commands that prepare and examine a workspace: prepare, demo, migrate, doctor."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from core.cli.frame import BROKEN, DONE, Commands, OpenDesk, say, say_json
from core.desk import upkeep, workspace
from core.errors import BadInput
from core.taxonomy import taxonomy


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    demo = commands.add_parser("demo", help="create the demo workspace in an empty store")
    demo.add_argument("--cases", type=int, default=None, help="how many cases")
    demo.add_argument("--partners", type=int, default=None, help="how many partners")
    demo.add_argument("--seed", type=int, default=7, help="same seed, same workspace")
    demo.add_argument("--as-of", type=a_date, default=None, help="last day of the demo data")
    demo.add_argument("--json", action="store_true")
    demo.set_defaults(run=run_demo)

    prepare = commands.add_parser("prepare", help="make the store ready and say how to sign in")
    prepare.add_argument("--address", default="", help="where the desk will be served")
    prepare.set_defaults(run=run_prepare)

    migrate = commands.add_parser("migrate", help="bring the store to the newest version")
    migrate.set_defaults(run=run_migrate)

    doctor = commands.add_parser("doctor", help="check the store, the keys and the audit chain")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=run_doctor)


def a_date(text: str) -> datetime:
    """A day as its last moment's start in UTC; argparse turns the ValueError into its message."""
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def run_demo(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``demo``: refuse on a store in use and in production, else create and tell the sign-ins."""
    desk = open_desk()
    cases = desk.settings.demo_cases if arguments.cases is None else arguments.cases
    if cases < 1:
        raise BadInput("A demo needs at least one case.", at="--cases")
    least = len(taxonomy().partner_categories)
    if arguments.partners is not None and arguments.partners < least:
        hint = f"at least {least}, one of each category"
        raise BadInput("A demo needs more partners.", at="--partners", hint=hint)
    made = workspace.create_demo(
        desk,
        cases,
        seed=arguments.seed,
        as_of=arguments.as_of,
        partners=arguments.partners,
        progress=show_progress,
    )
    if arguments.json:
        say_json({"cases": made.cases, "partners": made.partners, "people": made.people})
        return DONE
    say(f"Demo workspace: {made.cases} cases, {made.partners} partners, {made.people} people.")
    say_sign_ins(made)
    return DONE


def run_prepare(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``prepare``: what ``make run`` does before it serves."""
    desk = open_desk()
    if workspace.wants_demo(desk):
        say("Creating the demo workspace …")
        say_sign_ins(workspace.create_demo(desk, desk.settings.demo_cases, progress=show_progress))
    elif workspace.has_demo(desk):
        say(f"Demo sign-ins: {', '.join(workspace.DEMO_SIGN_INS)} (password as first printed).")
    if arguments.address:
        say(f"Escalation Desk: {arguments.address}")
    return DONE


def say_sign_ins(made: workspace.DemoWorkspace) -> None:
    """Who may sign in to the demo; the password is told here and nowhere else."""
    say(f"Demo sign-ins: {', '.join(made.sign_ins)}")
    say(f"Password of all of them (shown once): {made.password}")


def show_progress(share: float, what: str) -> None:
    """One line that rewrites itself, only where a person watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%} {what:<50}" + ("\n" if share >= 1 else ""))


def run_migrate(_arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``migrate``: opening the desk migrates; say where it stands."""
    say(f"The store is at version {upkeep.store_version(open_desk())}.")
    return DONE


def run_doctor(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``doctor``: every check with its finding; our fault when one fails."""
    findings = upkeep.examine(open_desk())
    if arguments.json:
        say_json([{"check": f.check, "ok": f.ok, "finding": f.finding} for f in findings])
    else:
        for finding in findings:
            say(f"{'ok ' if finding.ok else 'BAD'}  {finding.check}: {finding.finding}")
    return DONE if all(f.ok for f in findings) else BROKEN
