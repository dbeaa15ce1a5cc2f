"""Rows of posts, confirmations and reminders; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from core.clock import from_micros, to_micros
from core.policy.feed import Confirmation, Member, Reminder
from core.storage.engine import Write
from core.storage.tables import (
    PolicyConfirmationRow,
    PolicyPostRow,
    PolicyReminderRow,
    UserRow,
)
from core.storage.tables.base import table_of

POSTS = table_of(PolicyPostRow)
CONFIRMATIONS = table_of(PolicyConfirmationRow)
REMINDERS = table_of(PolicyReminderRow)
USERS = table_of(UserRow)


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it is kept."""

    id: int
    ref: str
    version: int
    asks_from: int
    asks_since: datetime
    kind: str
    importance: str
    title: str
    body: str
    effective_at: datetime
    abuse_types: tuple[str, ...]
    clauses: tuple[str, ...]
    roles: tuple[str, ...]
    posted_by: str
    posted_at: datetime
    changed_at: datetime | None
    withdrawn_by: str
    withdrawn_at: datetime | None
    is_erased: bool


def posts(connection: Connection) -> tuple[Post, ...]:
    """All posts, the newest first."""
    rows = connection.execute(select(POSTS).order_by(POSTS.c.posted_at.desc(), POSTS.c.id.desc()))
    return tuple(_post(row) for row in rows)


def post_by_ref(connection: Connection, ref: str) -> Post | None:
    """The post of a reference, or None."""
    row = connection.execute(select(POSTS).where(POSTS.c.ref == ref)).one_or_none()
    return _post(row) if row else None


def add_post(write: Write, **facts: object) -> str:
    """Write a post; gives its reference."""
    last = write.connection.execute(select(func.max(POSTS.c.id))).scalar()
    key = (last or 0) + 1  # no other write runs, so nobody else takes this number
    ref = f"PU-{key:04d}"
    first = {"version": 1, "asks_from": 1, "asks_since_at": write.at}
    own = {"posted_by": write.draft.actor, "posted_at": write.at}
    write.connection.execute(
        insert(POSTS).values(id=key, ref=ref, **{**first, **own, **_stored(facts)})
    )
    return ref


def change_post(write: Write, post: Post, **facts: object) -> None:
    """Give a post its next version with changed facts."""
    write.connection.execute(
        update(POSTS)
        .where(POSTS.c.id == post.id)
        .values(
            version=post.version + 1,
            changed_by=write.draft.actor,
            changed_at=write.at,
            **_stored(facts),
        )
    )


def confirmations(
    connection: Connection, refs: Sequence[str] | None = None
) -> tuple[Confirmation, ...]:
    """Who confirmed what, of some updates or of all."""
    statement = select(CONFIRMATIONS)
    if refs is not None:
        statement = statement.where(CONFIRMATIONS.c.ref.in_(refs))
    return tuple(
        Confirmation(row.ref, row.username, row.role, row.version, from_micros(row.confirmed_at))
        for row in connection.execute(statement)
    )


def confirm(write: Write, given: Confirmation) -> None:
    """Keep that a person confirmed an update; an older confirmation of theirs gives way."""
    take_back(write, given.ref, given.username)
    write.connection.execute(
        insert(CONFIRMATIONS).values(
            ref=given.ref,
            username=given.username,
            role=given.role,
            version=given.version,
            confirmed_at=to_micros(given.at),
        )
    )


def take_back(write: Write, ref: str, username: str) -> bool:
    """Forget that a person confirmed an update; False when they had not."""
    gone = write.connection.execute(
        delete(CONFIRMATIONS).where(
            CONFIRMATIONS.c.ref == ref, CONFIRMATIONS.c.username == username
        )
    )
    return bool(gone.rowcount)


def reminders(connection: Connection, refs: Sequence[str] | None = None) -> tuple[Reminder, ...]:
    """Who was reminded of what, of some updates or of all."""
    statement = select(REMINDERS)
    if refs is not None:
        statement = statement.where(REMINDERS.c.ref.in_(refs))
    return tuple(
        Reminder(row.ref, row.username, row.reminded_by, from_micros(row.reminded_at))
        for row in connection.execute(statement)
    )


def remind(write: Write, given: Sequence[Reminder]) -> None:
    """Keep that people were reminded of an update."""
    rows = [
        {
            "ref": one.ref,
            "username": one.username,
            "reminded_by": one.by,
            "reminded_at": to_micros(one.at),
        }
        for one in given
    ]
    if rows:
        write.connection.execute(insert(REMINDERS), rows)


def members(connection: Connection) -> tuple[Member, ...]:
    """Everybody who is active, by name."""
    rows = connection.execute(
        select(USERS.c.username, USERS.c.name, USERS.c.role)
        .where(USERS.c.is_active)
        .order_by(USERS.c.name, USERS.c.username)
    )
    return tuple(Member(row.username, row.name or row.username, row.role) for row in rows)


def _stored(facts: dict[str, object]) -> dict[str, object]:
    """Facts as columns hold them: codes with blanks between."""
    return {k: " ".join(v) if isinstance(v, tuple) else v for k, v in facts.items()}


def _post(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        ref=row.ref,
        version=row.version,
        asks_from=row.asks_from,
        asks_since=from_micros(row.asks_since_at),
        kind=row.kind,
        importance=row.importance,
        title=row.title,
        body=row.body,
        effective_at=from_micros(row.effective_at),
        abuse_types=tuple(row.abuse_types.split()),
        clauses=tuple(row.clauses.split()),
        roles=tuple(row.roles.split()),
        posted_by=row.posted_by,
        posted_at=from_micros(row.posted_at),
        changed_at=None if row.changed_at is None else from_micros(row.changed_at),
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=None if row.withdrawn_at is None else from_micros(row.withdrawn_at),
        is_erased=row.erased_at is not None,
    )
