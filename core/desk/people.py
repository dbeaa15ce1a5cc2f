"""Adds, changes and disables people and ends their sessions; each act is an audit entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from core.access.model import Person
from core.access.password_rules import why_not_password
from core.access.permissions import is_bound_to_partners
from core.access.rules import require
from core.audit.model import Draft
from core.desk.boot import Desk
from core.errors import BadInput, Conflict, NotFound, Refused
from core.storage import people, sessions
from core.storage.engine import Write
from core.storage.passwords import hash_password
from core.storage.people import User
from core.taxonomy import taxonomy

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list of people."""

    username: str
    name: str
    role: str
    team: str
    zone: str
    partners: tuple[str, ...]  # references
    is_active: bool
    is_locked: bool
    session_count: int


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is asked of somebody who adds a person."""

    username: str
    role: str
    password: str = field(repr=False)
    name: str = ""
    team: str = ""
    zone: str = ""
    partners: tuple[str, ...] = ()  # references or spellings


def list_people(desk: Desk, person: Person) -> list[PersonLine]:
    """Everybody who may or might sign in, by username."""
    require(person, "people.manage")
    at = desk.clock.now()
    with desk.store.read() as connection:
        found = people.users(connection)
        refs = people.partner_refs(connection)
        counts = sessions.sessions_open(connection, at)
    return [
        PersonLine(
            username=user.username,
            name=user.name,
            role=user.role,
            team=user.team,
            zone=user.zone,
            partners=tuple(sorted(refs[p] for p in user.partner_ids)),
            is_active=user.is_active,
            is_locked=user.attempts.is_locked(at),
            session_count=counts.get(user.id, 0),
        )
        for user in found
    ]


def add_person(desk: Desk, person: Person, new: NewPerson) -> int:
    """Add somebody who may sign in from now on; gives the id."""
    require(person, "people.manage")
    username = new.username.strip().lower()
    _check(username, new.role, new.zone, new.partners)
    weak = why_not_password(new.password, username)
    if weak:
        raise weak
    hashed = hash_password(new.password)
    draft = Draft(person.username, "person.add", username, {"role": new.role})
    with desk.store.write(draft) as write:
        if people.user_named(write.connection, username):
            raise Conflict(
                f"There is already a person called {username}.", hint="Choose another username."
            )
        served = people.partner_ids_named(write.connection, new.partners)
        write.details["partners"] = len(served)
        return people.add_user(
            write,
            people.NewUser(
                username=username,
                name=new.name.strip() or username,
                role=new.role,
                team=new.team.strip(),
                zone=new.zone,
                password_hash=hashed,
                partner_ids=served,
            ),
        )


def disable_person(desk: Desk, person: Person, username: str) -> int:
    """Stop somebody from signing in and end their sessions; gives how many ended."""
    require(person, "people.manage")
    if username == person.username:
        raise Refused("Nobody disables themselves.", hint="Ask another admin.")
    with desk.store.write(Draft(person.username, "person.disable", username)) as write:
        user = _user(people.user_named(write.connection, username), username)
        people.set_active(write, user.id, False)
        return _end_sessions(write, user, "disabled")


def enable_person(desk: Desk, person: Person, username: str) -> None:
    """Let somebody sign in again."""
    require(person, "people.manage")
    with desk.store.write(Draft(person.username, "person.enable", username)) as write:
        user = _user(people.user_named(write.connection, username), username)
        people.set_active(write, user.id, True)


def set_role(desk: Desk, person: Person, username: str, role: str) -> int:
    """Give somebody another role and end their sessions; gives how many ended."""
    require(person, "people.manage")
    _check(username, role, "", ())
    if username == person.username:
        raise Refused("Nobody changes their own role.", hint="Ask another admin.")
    draft = Draft(person.username, "person.set_role", username, {"role": role})
    with desk.store.write(draft) as write:
        user = _user(people.user_named(write.connection, username), username)
        write.details["before"] = user.role
        people.set_role(write, user.id, role)
        if not is_bound_to_partners(role):
            people.set_partners(write, user.id, ())
        return _end_sessions(write, user, "role changed")


def set_partners(desk: Desk, person: Person, username: str, partners: Sequence[str]) -> int:
    """Say which partners a partner manager serves, by reference or spelling; gives how many."""
    require(person, "people.manage")
    draft = Draft(person.username, "person.set_partners", username)
    with desk.store.write(draft) as write:
        user = _user(people.user_named(write.connection, username), username)
        _check(username, user.role, "", tuple(partners))
        served = people.partner_ids_named(write.connection, partners)
        people.set_partners(write, user.id, served)
        refs = people.partner_refs(write.connection)
        write.details["partners"] = [refs[p] for p in sorted(served)]
        return len(served)


def set_password(desk: Desk, person: Person, username: str, password: str) -> int:
    """Replace somebody's password, end a lock and all sessions; gives how many ended."""
    require(person, "people.manage")
    weak = why_not_password(password, username)
    if weak:
        raise weak
    hashed = hash_password(password)
    with desk.store.write(Draft(person.username, "person.set_password", username)) as write:
        user = _user(people.user_named(write.connection, username), username)
        people.set_password(write, user.id, hashed)
        return _end_sessions(write, user, "password changed")


def end_sessions(desk: Desk, person: Person, username: str) -> int:
    """Sign somebody out everywhere; gives how many sessions ended."""
    require(person, "people.manage")
    with desk.store.write(Draft(person.username, "person.end_sessions", username)) as write:
        user = _user(people.user_named(write.connection, username), username)
        return _end_sessions(write, user, "revoked")


def _end_sessions(write: Write, user: User, why: str) -> int:
    ended = sessions.revoke_sessions(write, user.id, why)
    write.details["sessions_ended"] = ended
    return ended


def _user(found: User | None, username: str) -> User:
    if found is None:
        raise NotFound("Person", username)
    return found


def _check(username: str, role: str, zone: str, partners: tuple[str, ...]) -> None:
    if not USERNAME.fullmatch(username):
        raise BadInput(
            f"'{username}' cannot be a username.",
            at="username",
            hint="use small letters, digits, dots, dashes and underscores",
        )
    if role not in taxonomy().roles:
        known = ", ".join(taxonomy().roles)
        raise BadInput(f"There is no role '{role}'.", at="role", hint=f"one of {known}")
    if zone and zone not in available_timezones():
        raise BadInput(f"There is no time zone '{zone}'.", at="zone", hint="such as Europe/Madrid")
    if partners and not is_bound_to_partners(role):
        raise BadInput(
            f"A {taxonomy().label('roles', role).lower()} is not held to partners.",
            at="partners",
            hint="leave them out, or choose the role partner_manager",
        )
