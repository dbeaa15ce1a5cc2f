"""Signing in and out: lock before password, the same words and work for a name that nobody has.

A session lives in the store and is looked up on every run, so that ending it counts at once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.access.model import Person
from core.access.sign_in import Attempts
from core.audit.model import Draft
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.keys import mark_of
from core.errors import Refused
from core.storage import people, sessions
from core.storage.engine import Write
from core.storage.partner_assignments import covered_ids
from core.storage.passwords import NOBODY, check_password
from core.storage.people import Account, User

CheckPassword = Callable[[str, str], bool]
TOKEN_BYTES = 32
VISIT_EVERY = timedelta(minutes=1)  # how exactly the last use of a session is known
OVER_KEPT = timedelta(days=30)  # how long a session that is over can still be looked up
NAME_LENGTH = 200  # longer than any username; what is beyond is not looked at


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun; the token is told to the browser and kept nowhere else."""

    person: Person
    expires_at: datetime
    token: str = field(repr=False)


def sign_in(
    desk: Desk, username: str, password: str, check: CheckPassword = check_password
) -> SignedIn:
    """Begin a session, or refuse in words that do not tell whether the name is known."""
    name = username.strip().lower()[:NAME_LENGTH]
    unknown = f"unknown:{mark_of(desk.settings, name)}"
    with desk.store.read() as connection:
        account = people.account_named(connection, name, unknown)
    at = desk.clock.now()
    # The slow check runs outside the write, so that it holds up nobody.
    kept = account.user.password_hash if account.user else ""
    is_right = not account.attempts.is_locked(at) and check(password, kept or NOBODY)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with desk.store.write(Draft("", "person.sign_in", account.subject)) as write:
        # Looked up again: guesses sent at the same moment must not get past the lock.
        account = people.account_named(write.connection, name, unknown)
        refusal = _judge(desk, write, account, at, is_right)
        if refusal is None and account.user:
            expires = at + timedelta(hours=desk.settings.session_hours)
            sessions.add_session(write, token_hash(token), account.user.id, expires)
            sessions.forget_sessions(write, at - OVER_KEPT)
            covered = covered_ids(write.connection, account.user, to_micros(at))
    if refusal or not account.user:
        raise refusal or _wrong()
    return SignedIn(person_of(desk, account.user, covered), expires, token)


def person_of_token(desk: Desk, token: str, *, is_visit: bool = True) -> Person | None:
    """Who is signed in with this token; None once the session is over, whatever the reason.

    A page that refreshes itself is no visit: it must not keep an idle session alive.
    """
    hashed, at = token_hash(token), desk.clock.now()
    with desk.store.read() as connection:
        found = sessions.session_of(connection, hashed)
        # Asked on every run: a cover ends at its moment, also within a session.
        covered = covered_ids(connection, found[1], to_micros(at)) if found else frozenset()
    if found is None:
        return None
    session, user = found
    idle = timedelta(minutes=desk.settings.session_idle_minutes)
    if session.is_over(at, idle):
        return None
    if is_visit and at - session.seen_at >= min(VISIT_EVERY, idle / 4):
        sessions.note_visit(desk.store, hashed, at)
    return person_of(desk, user, covered)


def sign_out(desk: Desk, token: str) -> None:
    """End the session; a token of no session is left alone."""
    person = person_of_token(desk, token)
    if person is None:
        return
    with desk.store.write(Draft(person.username, "person.sign_out", person.username)) as write:
        sessions.revoke_session(write, token_hash(token), "signed out")


def person_of(desk: Desk, user: User, covered: frozenset[int] = frozenset()) -> Person:
    """The user as the rules know people; ``covered`` are partners served for a while only."""
    return Person(
        username=user.username,
        name=user.name or user.username,
        role=user.role,
        team=user.team,
        zone=user.zone or desk.settings.default_zone,
        user_id=user.id,
        partner_ids=user.partner_ids | covered,
        covered_ids=covered - user.partner_ids,
    )


def token_hash(token: str) -> str:
    """What the store keeps of a token; plain SHA-256 will do for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _judge(
    desk: Desk, write: Write, account: Account, at: datetime, is_right: bool
) -> Refused | None:
    """Count the attempt, note what came of it for the audit, and say why not."""
    user, attempts = account.user, account.attempts
    if attempts.is_locked(at):
        outcome, refusal = "locked", _locked(attempts)
    elif is_right and user and user.is_active:
        outcome, refusal, attempts = "let_in", None, Attempts()
    else:
        outcome = "disabled" if user and not user.is_active else "wrong"
        lock_for = timedelta(minutes=desk.settings.lockout_minutes)
        attempts = attempts.after_wrong(at, desk.settings.lockout_attempts, lock_for)
        refusal = _locked(attempts) if attempts.is_locked(at) else _wrong()
    if user and attempts != account.attempts:
        people.set_attempts(write, user.id, attempts)
    write.details |= {
        "outcome": outcome,
        "failed": attempts.failed,
        "locked_until": attempts.locked_until.isoformat() if attempts.locked_until else None,
    }
    return refusal


def _wrong() -> Refused:
    return Refused(
        "The username or the password is not right.",
        hint="After several wrong passwords in a row a sign-in is locked for a while.",
    )


def _locked(attempts: Attempts) -> Refused:
    until = attempts.locked_until
    moment = f"{until:%H:%M} UTC" if until else "later"
    return Refused(
        f"Too many wrong passwords: this sign-in is locked until {moment}.",
        hint="Wait until then, or ask an admin to set a new password.",
    )
