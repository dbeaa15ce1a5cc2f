"""When wrong passwords lock, and when a session is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.access.password_rules import why_not_password
from core.access.sign_in import Attempts, Session

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOCK = 15 * MINUTE


def wrong(attempts: Attempts, times: int, at: datetime = NOON) -> Attempts:
    for _ in range(times):
        attempts = attempts.after_wrong(at, 5, LOCK)
    return attempts


def test_the_last_wrong_password_of_a_row_locks() -> None:
    assert not wrong(Attempts(), 4).is_locked(NOON)
    assert wrong(Attempts(), 5).is_locked(NOON)


def test_a_lock_ends_at_its_last_moment() -> None:
    locked = wrong(Attempts(), 5)
    assert locked.is_locked(NOON + LOCK - timedelta(microseconds=1))
    assert not locked.is_locked(NOON + LOCK)


def test_tries_during_a_lock_do_not_prolong_it() -> None:
    locked = wrong(Attempts(), 5)
    assert wrong(locked, 20, NOON + 10 * MINUTE) == locked


def test_after_a_lock_there_are_as_many_tries_as_before() -> None:
    later = NOON + LOCK
    assert not wrong(wrong(Attempts(), 5), 4, later).is_locked(later)
    assert wrong(wrong(Attempts(), 5), 5, later).is_locked(later)


SESSION = Session(NOON, NOON, NOON + timedelta(hours=12), False, True)
IDLE = timedelta(hours=1)


@pytest.mark.parametrize(
    ("session", "at", "is_over"),
    [
        (SESSION, NOON, False),
        (SESSION, NOON + IDLE - MINUTE, False),
        (SESSION, NOON + IDLE, True),
        (replace(SESSION, seen_at=NOON + 11 * IDLE), NOON + 12 * IDLE - MINUTE, False),
        (replace(SESSION, seen_at=NOON + 11 * IDLE), NOON + 12 * IDLE, True),
        (replace(SESSION, is_revoked=True), NOON, True),
        (replace(SESSION, is_active_user=False), NOON, True),
    ],
    ids=["fresh", "in use", "idle", "used to the end", "too old", "revoked", "user disabled"],
)
def test_a_session_is_over(session: Session, at: datetime, is_over: bool) -> None:
    assert session.is_over(at, IDLE) == is_over


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "5 characters"),
        ("x" * 300, "300 characters"),
        (" secret phrase", "space"),
        ("Somebody.Else", "guessed"),
        ("aaaaaaaaaaaa", "guessed"),
    ],
)
def test_a_password_is_refused_with_the_reason(password: str, why: str) -> None:
    refusal = why_not_password(password, "somebody.else")
    assert refusal is not None
    assert why in refusal.message
    assert password not in str(refusal)


def test_an_ordinary_long_password_is_taken() -> None:
    assert why_not_password("four words and a comma,", "somebody") is None
