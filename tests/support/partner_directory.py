"""A desk with two partners that are one and a third, cases, managers and accounts, on either store."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict, Unpack

from core.access.model import Person
from core.audit.model import Draft, Entry
from core.cases.filter import CaseFilter
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.directory import Edit, add_account, add_spelling, create_partner, details_view
from core.desk.partner_cover import change_managers
from core.desk.queue import queue_view
from core.desk.sessions import person_of
from core.partners.directory_rules import Facts
from core.storage import people
from core.storage.partner_assignments import covered_ids
from core.storage.people import NewUser
from core.storage.trail import audit_entries
from tests.storage.builders import Door, a_case

LEAD = Person("lead", "Lea Lead", "team_lead")
VIEWER = Person("vera", "Vera", "viewer")
NORD = Facts("Nordlicht Zeitung", "news_publisher", "T1", "DE", "de", "Europe/Berlin")
TWIN = Facts("Nordlicht-Zeitung GmbH", "news_publisher", "T4", "DE", "de", "Europe/Berlin")
LIGA = Facts("Liga Azul", "sports_league", "T2", "BR", "pt", "America/Sao_Paulo")
MANAGERS = ("pia", "paul", "pavel")
REFS = ("P-0001", "P-0002", "P-0003")


def fill_directory(desk: Desk) -> Door:
    """Three partners: pia serves the first, paul the second, pavel the third; two cases each."""
    for username in MANAGERS:
        with desk.store.write(Draft("test", "person.add", username)) as write:
            new = NewUser(username, username.title(), "partner_manager", "no password")
            people.add_user(write, new)
    for facts, username, ref in zip((NORD, TWIN, LIGA), MANAGERS, REFS, strict=True):
        assert create_partner(desk, LEAD, facts).ref == ref
        change_managers(desk, LEAD, ref, add=[username])
    add_spelling(desk, LEAD, "P-0002", "NLZ")
    add_account(desk, LEAD, "P-0001", "facebook", "@nordlicht")
    add_account(desk, LEAD, "P-0002", "facebook", "@nordlicht")
    add_account(desk, LEAD, "P-0002", "threads", "@nlz")
    door = Door(desk.store)
    names = (NORD.name, TWIN.name, LIGA.name)
    door.admit(
        *(
            a_case(2 * place + turn + 1, partner=name, tier="T2", first_tier="T2")
            for place, name in enumerate(names)
            for turn in range(2)
        )
    )
    return door


def signed_in(desk: Desk, username: str) -> Person:
    """Somebody as a session of theirs would know them at the moment."""
    with desk.store.read() as connection:
        user = people.user_named(connection, username)
        assert user is not None
        covered = covered_ids(connection, user, to_micros(desk.clock.now()))
    return person_of(desk, user, covered)


def renamed(name: str, facts: Facts = NORD) -> Facts:
    """The same partner under another name."""
    return replace(facts, name=name)


class Changed(TypedDict, total=False):
    """What of a partner an edit may change, by name."""

    name: str
    category: str
    tier: str
    market: str
    language: str
    zone: str
    is_active: bool


def an_edit(desk: Desk, ref: str = "P-0001", **changed: Unpack[Changed]) -> Edit:
    """What somebody saves who saw the partner as it stands and changed some of it."""
    entry = details_view(desk, LEAD, ref).entry
    return Edit(ref, entry.version, entry.facts, replace(entry.facts, **changed))


def last_entry(desk: Desk) -> Entry:
    """The newest line of the audit."""
    with desk.store.read() as connection:
        return audit_entries(connection, limit=1)[0]


def entry_count(desk: Desk) -> int:
    """How many lines the audit has."""
    return last_entry(desk).id


def facts(desk: Desk, ref: str = "P-0001") -> Facts:
    """What is known of a partner."""
    return details_view(desk, LEAD, ref).entry.facts


def counted(desk: Desk, person: Person) -> int:
    """How many cases somebody finds in the queue."""
    return queue_view(desk, person, CaseFilter()).total
