"""Commands about people: users add, list, disable, enable, role, partners, password, sessions."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from core.cli.frame import DONE, Commands, OpenDesk, say, say_json
from core.desk import people
from core.desk.boot import OPERATOR
from core.errors import BadInput
from core.taxonomy import taxonomy


def add_commands(commands: Commands) -> None:
    """Hang the commands of this file on the command line."""
    users = commands.add_parser("users", help="people who may sign in")
    acts = users.add_subparsers(dest="act", required=True, metavar="ACT")

    add = acts.add_parser("add", help="add a person")
    add.add_argument("username", metavar="NAME")
    add.add_argument("--role", required=True, choices=tuple(taxonomy().roles))
    add.add_argument("--name", default="", help="how the person is shown")
    add.add_argument("--team", default="")
    add.add_argument("--zone", default="", help="time zone, such as Europe/Madrid")
    _take_partners(add)
    _take_password(add)
    add.set_defaults(run=run_add)

    listing = acts.add_parser("list", help="everybody with role, partners and sessions")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)

    _add_changes(acts)


def _add_changes(acts: Commands) -> None:
    for act, run, words in (
        ("disable", run_disable, "stop a person from signing in and end the sessions"),
        ("enable", run_enable, "let a person sign in again"),
    ):
        _named(acts, act, words).set_defaults(run=run)

    role = _named(acts, "role", "give a person another role and end the sessions")
    role.add_argument("role", choices=tuple(taxonomy().roles))
    role.set_defaults(run=run_role)

    partners = _named(acts, "partners", "say which partners a partner manager serves")
    _take_partners(partners)
    partners.set_defaults(run=run_partners)

    password = _named(acts, "password", "set a new password and end the sessions")
    _take_password(password)
    password.set_defaults(run=run_password)

    sessions = acts.add_parser("sessions", help="sign-ins that are going on")
    revoke = _named(
        sessions.add_subparsers(dest="what", required=True, metavar="WHAT"),
        "revoke",
        "sign a person out everywhere",
    )
    revoke.set_defaults(run=run_revoke)


def run_add(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users add NAME --role ROLE --password-stdin``."""
    new = people.NewPerson(
        username=arguments.username,
        role=arguments.role,
        password=_read_password(),
        name=arguments.name,
        team=arguments.team,
        zone=arguments.zone,
        partners=tuple(arguments.partners),
    )
    people.add_person(open_desk(), OPERATOR, new)
    say(f"{arguments.username} may sign in as {_label(arguments.role)}.")
    return DONE


def run_list(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users list``: passwords are not in it, in no form."""
    found = people.list_people(open_desk(), OPERATOR)
    if arguments.json:
        say_json([asdict(line) for line in found])
        return DONE
    for line in found:
        state = "disabled" if not line.is_active else "locked" if line.is_locked else "active"
        served = f"  partners {', '.join(line.partners)}" if line.partners else ""
        say(f"{line.username:<24} {line.role:<16} {state:<9} {line.session_count} open{served}")
    if not found:
        say("Nobody may sign in yet; add somebody with: users add NAME --role ROLE")
    return DONE


def run_disable(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users disable NAME``."""
    ended = people.disable_person(open_desk(), OPERATOR, arguments.username)
    say(f"{arguments.username} may no longer sign in; {ended} sessions ended.")
    return DONE


def run_enable(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users enable NAME``."""
    people.enable_person(open_desk(), OPERATOR, arguments.username)
    say(f"{arguments.username} may sign in again.")
    return DONE


def run_role(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users role NAME ROLE``."""
    ended = people.set_role(open_desk(), OPERATOR, arguments.username, arguments.role)
    say(f"{arguments.username} is now {_label(arguments.role)}; {ended} sessions ended.")
    return DONE


def run_partners(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users partners NAME --partners …``."""
    count = people.set_partners(
        open_desk(), OPERATOR, arguments.username, tuple(arguments.partners)
    )
    say(f"{arguments.username} serves {count} partners.")
    return DONE


def run_password(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users password NAME --password-stdin``."""
    ended = people.set_password(open_desk(), OPERATOR, arguments.username, _read_password())
    say(f"{arguments.username} has a new password; {ended} sessions ended.")
    return DONE


def run_revoke(arguments: argparse.Namespace, open_desk: OpenDesk) -> int:
    """``users sessions revoke NAME``."""
    ended = people.end_sessions(open_desk(), OPERATOR, arguments.username)
    say(f"{ended} sessions of {arguments.username} ended.")
    return DONE


def _named(acts: Commands, act: str, words: str) -> argparse.ArgumentParser:
    parser = acts.add_parser(act, help=words)
    parser.add_argument("username", metavar="NAME")
    return parser


def _take_partners(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--partners",
        nargs="*",
        default=[],
        metavar="PARTNER",
        help="references or names, also separated by commas",
    )


def _take_password(parser: argparse.ArgumentParser) -> None:
    # Only from standard input: an argument would stand in the shell's history for all to read.
    parser.add_argument(
        "--password-stdin", action="store_true", required=True, help="read it from standard input"
    )


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise BadInput("No password came in.", at="standard input", hint="pipe it in as one line")
    return password


def _label(role: str) -> str:
    return taxonomy().label("roles", role)
