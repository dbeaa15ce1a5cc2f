"""What tests of signing in and of sessions share: a password, a check that counts, short cuts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.access.model import Person
from core.audit.model import Entry
from core.desk.boot import Desk
from core.desk.sessions import SignedIn, sign_in
from core.errors import Refused
from core.storage.passwords import NOBODY
from core.storage.trail import audit_entries

RIGHT, WRONG = "four words of mine", "five words not mine"
FAST = 4  # rounds of the hash: these tests are not about being slow
ADMIN = Person("ada", "Ada", "admin")
Add = Callable[..., int]


class CountingCheck:
    """Checks as the desk does, and remembers what it was asked to check against."""

    def __init__(self) -> None:
        self.against: list[str] = []

    def __call__(self, password: str, password_hash: str) -> bool:
        self.against.append(password_hash)
        return password == RIGHT and password_hash != NOBODY


def refuse(desk: Desk, username: str, password: str, check: CountingCheck) -> Refused:
    with pytest.raises(Refused) as refusal:
        sign_in(desk, username, password, check)
    return refusal.value


def enter(desk: Desk, username: str = "lee") -> SignedIn:
    return sign_in(desk, username, RIGHT, CountingCheck())


def last_entry(desk: Desk) -> Entry:
    with desk.store.read() as connection:
        return audit_entries(connection, limit=1)[0]
