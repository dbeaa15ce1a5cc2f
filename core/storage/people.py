"""Rows of people and of the partners they serve; nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from core.access.sign_in import Attempts
from core.clock import from_micros, to_micros
from core.errors import NotFound
from core.storage.directory import lead_id
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.tables import (
    AuditRow,
    PartnerAliasRow,
    PartnerRow,
    UserPartnerRow,
    UserRow,
)

_USERS = UserRow.__table__
_SERVED = UserPartnerRow.__table__


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in, as stored."""

    id: int
    username: str
    name: str
    role: str
    team: str
    zone: str
    is_active: bool
    attempts: Attempts
    password_hash: str = field(repr=False)
    partner_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """What a typed username stands for: a user, or nobody with the same rules of locking."""

    subject: str  # how the audit names it
    attempts: Attempts
    user: User | None


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is needed to add a person."""

    username: str
    name: str
    role: str
    password_hash: str = field(repr=False)
    team: str = ""
    zone: str = ""
    partner_ids: frozenset[int] = frozenset()


def add_user(write: Write, new: NewUser) -> int:
    """Add a person; a username stands once and the caller has seen that it is free."""
    found = write.connection.execute(
        insert(UserRow)
        .values(
            username=new.username,
            name=new.name,
            role=new.role,
            team=new.team,
            zone=new.zone,
            password_hash=new.password_hash,
            is_active=True,
            failed_attempts=0,
            created_at=write.at,
        )
        .returning(_USERS.c.id)
    )
    user_id = int(found.scalar_one())
    set_partners(write, user_id, new.partner_ids)
    return user_id


def user_named(connection: Connection, username: str) -> User | None:
    """The person of that username, or None."""
    row = connection.execute(select(_USERS).where(_USERS.c.username == username)).one_or_none()
    return user_of(row, _partner_ids(connection, row.id)) if row else None


def users(connection: Connection) -> list[User]:
    """Everybody, by username."""
    served: dict[int, set[int]] = {}
    for user_id, partner_id in connection.execute(select(_SERVED)):
        served.setdefault(user_id, set()).add(partner_id)
    rows = connection.execute(select(_USERS).order_by(_USERS.c.username))
    return [user_of(row, frozenset(served.get(row.id, ()))) for row in rows]


def set_role(write: Write, user_id: int, role: str) -> None:
    """Give the person another role."""
    _set(write, user_id, role=role)


def set_active(write: Write, user_id: int, is_active: bool) -> None:
    """Let the person sign in, or no longer."""
    _set(write, user_id, is_active=is_active)


def set_password(write: Write, user_id: int, password_hash: str) -> None:
    """Replace the password; a lock ends with it."""
    _set(write, user_id, password_hash=password_hash, failed_attempts=0, locked_until_at=None)


def set_attempts(write: Write, user_id: int, attempts: Attempts) -> None:
    """Note wrong passwords and the lock they led to."""
    until = to_micros(attempts.locked_until) if attempts.locked_until else None
    _set(write, user_id, failed_attempts=attempts.failed, locked_until_at=until)


def set_partners(write: Write, user_id: int, partner_ids: Iterable[int]) -> None:
    """Say anew which partners the person serves."""
    write.connection.execute(delete(UserPartnerRow).where(UserPartnerRow.user_id == user_id))
    rows = [{"user_id": user_id, "partner_id": p} for p in sorted(partner_ids)]
    if rows:
        write.connection.execute(insert(UserPartnerRow), rows)


def account_named(connection: Connection, username: str, unknown: str) -> Account:
    """The account of a typed name; ``unknown`` is the audit's subject when nobody has it."""
    user = user_named(connection, username)
    if user:
        return Account(user.username, user.attempts, user)
    return Account(unknown, _attempts_told(connection, unknown), None)


def partner_ids_named(connection: Connection, partners: Iterable[str]) -> frozenset[int]:
    """Partners by reference or by any known spelling; one that is unknown is named.

    A text with commas that is no spelling as a whole is read as a list.
    """
    found: set[int] = set()
    for partner in partners:
        partner_id = _partner_id(connection, partner)
        pieces = [p.strip() for p in partner.split(",") if p.strip()]
        if partner_id is not None:
            found.add(partner_id)
        elif len(pieces) > 1:
            found |= partner_ids_named(connection, pieces)
        else:
            raise NotFound("Partner", partner)
    return frozenset(found)


def partner_refs(connection: Connection) -> dict[int, str]:
    """References of all partners that anybody serves, by id."""
    served = select(_SERVED.c.partner_id)
    statement = select(PartnerRow.id, PartnerRow.ref).where(PartnerRow.id.in_(served))
    return {row.id: row.ref for row in connection.execute(statement)}


def _partner_id(connection: Connection, partner: str) -> int | None:
    by_ref = lead_id(connection, partner.strip())
    if by_ref is not None:
        return by_ref
    by_spelling = select(PartnerAliasRow.partner_id).where(PartnerAliasRow.folded == fold(partner))
    return connection.execute(by_spelling).scalars().first()


def _attempts_told(connection: Connection, subject: str) -> Attempts:
    # Nobody has no row to count in; the last audit entry about the name tells where it stands.
    last = connection.execute(
        select(AuditRow.details)
        .where(AuditRow.subject == subject)
        .order_by(AuditRow.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    details = json.loads(last) if last else {}
    until = details.get("locked_until")
    return Attempts(details.get("failed", 0), datetime.fromisoformat(until) if until else None)


def _set(write: Write, user_id: int, **values: object) -> None:
    write.connection.execute(update(UserRow).where(UserRow.id == user_id).values(**values))


def _partner_ids(connection: Connection, user_id: int) -> frozenset[int]:
    statement = select(_SERVED.c.partner_id).where(_SERVED.c.user_id == user_id)
    return frozenset(connection.execute(statement).scalars())


def user_of(row: Row[tuple[object, ...]], partner_ids: frozenset[int]) -> User:
    until = row.locked_until_at
    return User(
        id=row.id,
        username=row.username,
        name=row.name,
        role=row.role,
        team=row.team,
        zone=row.zone,
        is_active=row.is_active,
        attempts=Attempts(row.failed_attempts, from_micros(until) if until is not None else None),
        password_hash=row.password_hash,
        partner_ids=partner_ids,
    )
