"""People and their sign-ins, on both stores, through the use cases that the screen has."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from core.access.model import Person
from core.audit.model import Draft
from core.clock import FixedClock
from core.desk import people as commands
from core.desk.boot import OPERATOR, Desk
from core.desk.people import NewPerson
from core.desk.sessions import person_of_token, sign_in, token_hash
from core.errors import BadInput, Conflict, NotFound, Refused
from core.storage import people
from core.storage.passwords import NOBODY
from core.storage.tables import SessionRow
from tests.storage.people.sign_ins import (
    ADMIN,
    RIGHT,
    WRONG,
    Add,
    CountingCheck,
    enter,
    last_entry,
    refuse,
)


def test_the_right_password_begins_a_session_of_that_person(desk: Desk, add: Add) -> None:
    add(zone="Europe/Madrid")
    found = sign_in(desk, " LEE ", RIGHT)
    assert found.person == person_of_token(desk, found.token)
    assert (found.person.role, found.person.zone) == ("analyst", "Europe/Madrid")


def test_only_the_hash_of_a_token_is_kept(desk: Desk, add: Add) -> None:
    add()
    found = enter(desk)
    with desk.store.read() as connection:
        kept = connection.execute(select(SessionRow.token_hash)).scalars().all()
    assert kept == [token_hash(found.token)]
    assert found.token not in repr(found)
    assert found.token not in repr(last_entry(desk))


def test_an_unknown_name_and_a_wrong_password_cost_one_check_and_get_the_same_words(
    desk: Desk, add: Add, check: CountingCheck
) -> None:
    add()
    known = refuse(desk, "lee", WRONG, check)
    unknown = refuse(desk, "nobody", WRONG, check)
    assert (known.message, known.hint) == (unknown.message, unknown.hint)
    assert len(check.against) == 2
    assert check.against[1] == NOBODY


def test_a_name_without_a_password_is_checked_like_an_unknown_one(
    desk: Desk, check: CountingCheck
) -> None:
    with desk.store.write(Draft("test", "person.add", "idle")) as write:
        people.add_user(write, people.NewUser("idle", "Idle", "analyst", ""))
    refuse(desk, "idle", "", check)
    assert check.against == [NOBODY]


@pytest.mark.parametrize("username", ["lee", "nobody"])
def test_known_and_unknown_names_lock_alike_and_before_any_check(
    desk: Desk, clock: FixedClock, add: Add, check: CountingCheck, username: str
) -> None:
    add()
    words = [refuse(desk, username, WRONG, check).message for _ in range(6)]
    assert len(set(words[:4])) == 1
    assert (
        words[4] == words[5] == "Too many wrong passwords: this sign-in is locked until 09:15 UTC."
    )
    assert len(check.against) == 5
    clock.advance(timedelta(minutes=15))
    assert refuse(desk, username, WRONG, check).message == words[0]


def test_the_right_password_does_not_open_a_locked_sign_in_until_the_lock_ends(
    desk: Desk, clock: FixedClock, add: Add, check: CountingCheck
) -> None:
    add()
    for _ in range(5):
        refuse(desk, "lee", WRONG, check)
    refuse(desk, "lee", RIGHT, check)
    clock.advance(timedelta(minutes=15))
    assert enter(desk).person.username == "lee"


def test_the_right_password_forgets_earlier_slips(
    desk: Desk, add: Add, check: CountingCheck
) -> None:
    add()
    for _ in range(4):
        refuse(desk, "lee", WRONG, check)
    enter(desk)
    assert "locked" not in refuse(desk, "lee", WRONG, check).message


def test_guesses_at_the_same_moment_count_each(desk: Desk, add: Add) -> None:
    user_id = add()
    together = Barrier(8)

    def check(_password: str, _hash: str) -> bool:
        together.wait(20)
        return False

    def guess() -> None:
        with pytest.raises(Refused):
            sign_in(desk, "lee", WRONG, check)

    guesses = [Thread(target=guess) for _ in range(8)]
    for each in guesses:
        each.start()
    for each in guesses:
        each.join()
    with desk.store.read() as connection:
        found = people.user_named(connection, "lee")
    assert found
    assert found.id == user_id
    assert found.attempts.is_locked(desk.clock.now())


def test_a_wrong_password_for_an_unknown_name_does_not_tell_the_name_to_the_audit(
    desk: Desk, check: CountingCheck
) -> None:
    refuse(desk, "my-secret-typed-into-the-wrong-box", WRONG, check)
    entry = last_entry(desk)
    assert entry.act == "person.sign_in"
    assert "secret" not in repr(entry)
    assert entry.details["outcome"] == "wrong"


@pytest.mark.parametrize(
    ("password", "outcome"), [(RIGHT, "let_in"), (WRONG, "wrong")], ids=["right", "wrong"]
)
def test_every_attempt_is_an_audit_entry(desk: Desk, add: Add, password: str, outcome: str) -> None:
    add()
    if password == RIGHT:
        enter(desk)
    else:
        refuse(desk, "lee", password, CountingCheck())
    entry = last_entry(desk)
    assert (entry.act, entry.subject, entry.details["outcome"]) == (
        "person.sign_in",
        "lee",
        outcome,
    )


def test_a_disabled_person_is_refused_in_the_same_words_until_enabled(
    desk: Desk, add: Add, check: CountingCheck
) -> None:
    add()
    commands.disable_person(desk, ADMIN, "lee")
    assert refuse(desk, "lee", RIGHT, check).message == refuse(desk, "nobody", RIGHT, check).message
    commands.enable_person(desk, ADMIN, "lee")
    assert enter(desk).person.username == "lee"


def test_a_new_password_ends_a_lock(desk: Desk, add: Add, check: CountingCheck) -> None:
    add()
    for _ in range(5):
        refuse(desk, "lee", WRONG, check)
    commands.set_password(desk, ADMIN, "lee", "another long one")
    assert sign_in(desk, "lee", "another long one").person.username == "lee"


def test_added_people_are_listed_without_anything_of_their_passwords(desk: Desk) -> None:
    commands.add_person(
        desk, OPERATOR, NewPerson("New.One", "viewer", "a long password", name="New One")
    )
    (line,) = commands.list_people(desk, OPERATOR)
    assert (line.username, line.role, line.is_active) == ("new.one", "viewer", True)
    assert "password" not in repr(line)
    assert "a long password" not in repr(last_entry(desk))


def test_a_username_stands_once(desk: Desk, add: Add) -> None:
    add()
    with pytest.raises(Conflict, match="lee"):
        commands.add_person(desk, ADMIN, NewPerson("LEE", "viewer", "a long password"))


@pytest.mark.parametrize(
    ("new", "at"),
    [
        (NewPerson("", "viewer", "a long password"), "username"),
        (NewPerson("with space", "viewer", "a long password"), "username"),
        (NewPerson("lee", "boss", "a long password"), "role"),
        (NewPerson("lee", "viewer", "short"), "password"),
        (NewPerson("lee", "viewer", "a long password", zone="Mars/Base"), "zone"),
        (NewPerson("lee", "viewer", "a long password", partners=("P-0001",)), "partners"),
    ],
    ids=["no name", "space", "role", "password", "zone", "partners of a viewer"],
)
def test_what_cannot_be_used_is_named(desk: Desk, new: NewPerson, at: str) -> None:
    with pytest.raises(BadInput) as refusal:
        commands.add_person(desk, ADMIN, new)
    assert refusal.value.at == at
    assert commands.list_people(desk, ADMIN) == []


def test_an_unknown_partner_is_named_and_nobody_is_added(desk: Desk) -> None:
    new = NewPerson("pat", "partner_manager", "a long password", partners=("P-9999",))
    with pytest.raises(NotFound, match="P-9999"):
        commands.add_person(desk, ADMIN, new)
    assert commands.list_people(desk, ADMIN) == []


def test_nobody_disables_or_promotes_themselves(desk: Desk, add: Add) -> None:
    add("ada", "admin")
    with pytest.raises(Refused, match="themselves"):
        commands.disable_person(desk, ADMIN, "ada")
    with pytest.raises(Refused, match="own role"):
        commands.set_role(desk, ADMIN, "ada", "auditor")


@pytest.mark.parametrize("role", ["team_lead", "auditor", "viewer", "partner_manager"])
def test_only_those_who_manage_people_may(desk: Desk, add: Add, role: str) -> None:
    add()
    somebody = Person("somebody", "Somebody", role)
    for act in (
        lambda: commands.list_people(desk, somebody),
        lambda: commands.add_person(desk, somebody, NewPerson("x", "viewer", "a long password")),
        lambda: commands.disable_person(desk, somebody, "lee"),
        lambda: commands.enable_person(desk, somebody, "lee"),
        lambda: commands.set_role(desk, somebody, "lee", "admin"),
        lambda: commands.set_partners(desk, somebody, "lee", ()),
        lambda: commands.set_password(desk, somebody, "lee", "a long password"),
        lambda: commands.end_sessions(desk, somebody, "lee"),
    ):
        with pytest.raises(Refused, match="role does not allow"):
            act()
