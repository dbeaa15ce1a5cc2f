"""People, partners and short ways to write into a partner's record, for the tests of it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from core.access.model import Person
from core.desk import partner_records as commands
from core.desk.boot import Desk
from core.desk.partner_records import NewContact, RecordView, SeenEntry, record_view
from core.storage import people
from core.storage.partner_records import RECORDS
from tests.support.rows import DRAFT, a_partner, store_partners
from tests.support.stores import MONDAY_MORNING

LEAD = Person("lee", "Lee", "team_lead")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
ANA = Person("ana", "Ana", "analyst")
VIC = Person("vic", "Vic", "viewer")
OWN, OTHER = "P-0001", "P-0002"
TODAY = MONDAY_MORNING.date()
FRIDAY = TODAY + timedelta(days=4)
CALL = NewContact(
    "call", MONDAY_MORNING - timedelta(hours=1), "Maya Example", "Wants a weekly list"
)


def two_partners(desk: Desk) -> None:
    """Two partners, of which Pat serves the first."""
    store_partners(desk.store, a_partner(1), a_partner(2))
    with desk.store.write(DRAFT) as write:
        for who in (LEAD, PAT, ANA, VIC):
            served = who.partner_ids
            new = people.NewUser(who.username, who.name, who.role, "", partner_ids=served)
            people.add_user(write, new)


def look(desk: Desk, person: Person = PAT, ref: str = OWN) -> RecordView:
    """The record as somebody reads it."""
    return record_view(desk, person, ref)


def noted(desk: Desk, text: str = "Ask for Maya", person: Person = PAT) -> SeenEntry:
    """A note on the first partner."""
    return SeenEntry(OWN, commands.add_note(desk, person, OWN, text), 1)


def promised(desk: Desk, text: str = "A list", due: date = FRIDAY, owner: str = "ana") -> SeenEntry:
    """A promise to the first partner."""
    return SeenEntry(OWN, commands.promise(desk, PAT, OWN, text, due, owner), 1)


def at_version(seen: SeenEntry, version: int) -> SeenEntry:
    """The same as it stood later."""
    return SeenEntry(seen.ref, seen.id, version)


def every_text(desk: Desk) -> str:
    """All rows of all records."""
    with desk.store.read() as connection:
        return repr([connection.execute(select(table)).all() for table in RECORDS])
