"""Rows of sessions: the browser holds a token, the store only the hash of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from core.access.sign_in import Session
from core.clock import from_micros, to_micros
from core.storage.engine import BUSY_SECONDS, WRITES, Store, Write
from core.storage.people import User, user_of
from core.storage.tables import SessionRow, UserPartnerRow, UserRow

_USERS = UserRow.__table__
_SESSIONS = SessionRow.__table__
_SERVED = UserPartnerRow.__table__
# How long noting a visit may wait for another writer.
VISIT_WAIT_MS = 100
# Built once: every run of every page asks this.
_SESSION_READ = (
    select(
        _USERS,
        _SESSIONS.c.created_at.label("session_created_at"),
        _SESSIONS.c.seen_at,
        _SESSIONS.c.expires_at,
        _SESSIONS.c.revoked_at,
        _SERVED.c.partner_id,
    )
    .join_from(_SESSIONS, _USERS, _USERS.c.id == _SESSIONS.c.user_id)
    .outerjoin(_SERVED, _SERVED.c.user_id == _USERS.c.id)
    .where(_SESSIONS.c.token_hash == bindparam("token_hash"))
)


def add_session(write: Write, token_hash: str, user_id: int, expires: datetime) -> None:
    """Begin a session; only the hash of its token is kept."""
    write.connection.execute(
        insert(SessionRow).values(
            token_hash=token_hash,
            user_id=user_id,
            created_at=write.at,
            seen_at=write.at,
            expires_at=to_micros(expires),
            revoked_why="",
        )
    )


def session_of(connection: Connection, token_hash: str) -> tuple[Session, User] | None:
    """The session behind a token with its user as both are now: one indexed read."""
    rows = connection.execute(_SESSION_READ, {"token_hash": token_hash}).all()
    if not rows:
        return None
    row = rows[0]
    partner_ids = frozenset(r.partner_id for r in rows if r.partner_id is not None)
    session = Session(
        created_at=from_micros(row.session_created_at),
        seen_at=from_micros(row.seen_at),
        expires_at=from_micros(row.expires_at),
        is_revoked=row.revoked_at is not None,
        is_active_user=row.is_active,
    )
    return session, user_of(row, partner_ids)


def forget_sessions(write: Write, over_before: datetime) -> int:
    """Remove sessions whose time was up before a moment; the audit keeps who signed in when."""
    statement = delete(SessionRow).where(_SESSIONS.c.expires_at < to_micros(over_before))
    return write.connection.execute(statement).rowcount


def revoke_session(write: Write, token_hash: str, why: str) -> int:
    """End one session; how many were still going on (0 or 1)."""
    return _revoke(write, _SESSIONS.c.token_hash == token_hash, why)


def revoke_sessions(write: Write, user_id: int, why: str) -> int:
    """End all sessions of a person; how many were still going on."""
    return _revoke(write, _SESSIONS.c.user_id == user_id, why)


def sessions_open(connection: Connection, at: datetime) -> dict[int, int]:
    """How many sessions each person has that are neither revoked nor expired, by user id."""
    statement = (
        select(_SESSIONS.c.user_id, func.count())
        .where(_SESSIONS.c.revoked_at.is_(None), _SESSIONS.c.expires_at > to_micros(at))
        .group_by(_SESSIONS.c.user_id)
    )
    return {row.user_id: row[1] for row in connection.execute(statement)}


def note_visit(store: Store, token_hash: str, at: datetime) -> bool:
    """Remember when a session was last used; gives up while another write is on.

    Outside the audited writes on purpose: it changes nothing that anybody decided, and a click
    must not wait for an import. The next click tries again.
    """
    seen = (
        update(SessionRow).where(_SESSIONS.c.token_hash == token_hash).values(seen_at=to_micros(at))
    )
    with store.engine.connect() as plain:
        driver = plain.connection.driver_connection
        if store.dialect == "sqlite" and driver is not None:
            driver.execute(f"PRAGMA busy_timeout = {VISIT_WAIT_MS}")
        connection = plain.execution_options(**{WRITES: True})
        try:
            with connection.begin():
                if store.dialect == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {VISIT_WAIT_MS}")
                connection.execute(seen)
        except OperationalError:
            return False
        finally:
            if store.dialect == "sqlite" and driver is not None:
                driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    return True


def _revoke(write: Write, which: ColumnElement[bool], why: str) -> int:
    statement = update(SessionRow).where(which, _SESSIONS.c.revoked_at.is_(None))
    return write.connection.execute(statement.values(revoked_at=write.at, revoked_why=why)).rowcount
