"""Sessions: how they begin, end and are remembered, on both stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.model import Draft
from core.clock import FixedClock
from core.desk import people as commands
from core.desk.boot import Desk
from core.desk.sessions import person_of_token, sign_out, token_hash
from core.storage import sessions
from core.storage.tables import SessionRow
from tests.storage.people.sign_ins import (
    ADMIN,
    Add,
    enter,
    last_entry,
)


def test_a_session_ends_when_it_is_not_used(desk: Desk, clock: FixedClock, add: Add) -> None:
    add()
    token = enter(desk).token
    clock.advance(timedelta(minutes=59))
    assert person_of_token(desk, token)
    clock.advance(timedelta(minutes=59))
    assert person_of_token(desk, token)
    clock.advance(timedelta(minutes=60))
    assert person_of_token(desk, token) is None


def test_a_session_ends_after_its_hours_however_busy(
    desk: Desk, clock: FixedClock, add: Add
) -> None:
    add()
    token = enter(desk).token
    for _ in range(23):
        clock.advance(timedelta(minutes=30))
        assert person_of_token(desk, token)
    clock.advance(timedelta(minutes=30))
    assert person_of_token(desk, token) is None


def test_the_last_use_is_noted_once_a_minute_at_most(
    desk: Desk, clock: FixedClock, add: Add
) -> None:
    add()
    token = enter(desk).token

    def seen_at() -> int:
        with desk.store.read() as connection:
            return int(connection.execute(select(SessionRow.seen_at)).scalar_one())

    before = seen_at()
    clock.advance(timedelta(seconds=59))
    person_of_token(desk, token)
    assert seen_at() == before
    clock.advance(timedelta(seconds=1))
    person_of_token(desk, token)
    assert seen_at() == before + 60_000_000


def test_noting_the_last_use_does_not_wait_for_an_import(
    desk: Desk, clock: FixedClock, add: Add
) -> None:
    add()
    token = enter(desk).token
    clock.advance(timedelta(minutes=2))
    with desk.store.write(Draft("test", "import.run", "B-1")):
        assert person_of_token(desk, token)
    assert person_of_token(desk, token)


def test_signing_out_ends_the_session_and_a_copy_of_the_token_is_worth_nothing(
    desk: Desk, add: Add
) -> None:
    add()
    mine, other = enter(desk).token, enter(desk).token
    sign_out(desk, mine)
    assert person_of_token(desk, mine) is None
    assert person_of_token(desk, other)
    assert last_entry(desk).act == "person.sign_out"


def test_a_made_up_token_is_nobodys(desk: Desk) -> None:
    for token in ("", "x", "0" * 43, "é" * 500):
        assert person_of_token(desk, token) is None
        sign_out(desk, token)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda d: commands.disable_person(d, ADMIN, "lee"), id="disabled"),
        pytest.param(lambda d: commands.set_role(d, ADMIN, "lee", "viewer"), id="other role"),
        pytest.param(lambda d: commands.end_sessions(d, ADMIN, "lee"), id="revoked"),
        pytest.param(
            lambda d: commands.set_password(d, ADMIN, "lee", "another long one"), id="new password"
        ),
    ],
)
def test_these_acts_end_all_sessions_of_the_person_at_once(
    desk: Desk, add: Add, act: Callable[[Desk], int]
) -> None:
    add()
    add("kim")
    mine, also_mine, other = enter(desk).token, enter(desk).token, enter(desk, "kim").token
    assert act(desk) == 2
    assert person_of_token(desk, mine) is None
    assert person_of_token(desk, also_mine) is None
    assert person_of_token(desk, other)
    assert last_entry(desk).details["sessions_ended"] == 2


def test_an_open_session_is_counted_until_it_ends(desk: Desk, clock: FixedClock, add: Add) -> None:
    user_id = add()
    enter(desk)
    enter(desk)
    commands.end_sessions(desk, ADMIN, "lee")
    enter(desk)
    with desk.store.read() as connection:
        assert sessions.sessions_open(connection, clock.now()) == {user_id: 1}
        assert sessions.sessions_open(connection, clock.now() + timedelta(hours=12)) == {}


def test_sessions_that_are_long_over_are_removed_by_a_later_sign_in(
    desk: Desk, clock: FixedClock, add: Add
) -> None:
    add()
    first = enter(desk).token
    clock.advance(timedelta(days=29))
    second = enter(desk).token
    assert kept_tokens(desk) == {token_hash(first), token_hash(second)}
    clock.advance(timedelta(days=2))
    third = enter(desk).token
    assert kept_tokens(desk) == {token_hash(second), token_hash(third)}


def kept_tokens(desk: Desk) -> set[str]:
    with desk.store.read() as connection:
        return set(connection.execute(select(SessionRow.token_hash)).scalars())
