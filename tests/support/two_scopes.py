"""Partners of two managers on any desk: what one manager's reads may contain, and what never.

Everybody who is not theirs has a name that no other text contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

import pandas as pd
from pydantic import BaseModel
from sqlalchemy import Connection, insert, text, update

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk import investigations
from core.desk.boot import Desk
from core.desk.investigation_views import investigation_view
from core.desk.investigations import Seen
from core.desk.risk_register import add_risk_by_hand
from core.risk.investigation import Evidence
from core.storage import people, search
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.tables import (
    CaseEntityRow,
    CaseTextRow,
    EntityRow,
    PartnerAccountRow,
    PartnerAliasRow,
)
from tests.support.rows import DAY, DRAFT, HOUR, NOW, a_case, a_partner, store_cases, store_partners
from tests.support.served_world import PARTNERS, fill_served

OWN = (1, 2, 3, 5, PARTNERS)
STRANGER, STRANGE = "Zyxtra", 7  # part of every other partner's name; the key of one of them
STRANGE_REF, ABSENT_REF, OWN_REF = f"P-{STRANGE:04d}", "P-9999", "P-0001"
FIRST = 100_000  # keys of cases beside those of the world
STRANGE_CASE, OWN_CASE, ABSENT_CASE = f"E-{FIRST + 10 * STRANGE}", f"E-{FIRST + 10}", "E-999999"
LEAD = Person("lead", "Lead", "team_lead")
IDS = ",".join(map(str, OWN))
REFS = re.compile(r"\b[EP]-\d{4,}\b")


def fill_two_scopes(desk: Desk) -> Person:
    """Fill an empty desk; gives the manager of ``OWN``."""
    fill_served(desk)
    store_partners(desk.store, *(a_partner(k, name=name_of(k)) for k in range(1, PARTNERS + 1)))
    store_cases(desk.store, *(case for k in range(1, PARTNERS + 1) for case in _cases(k)))
    with desk.store.write(DRAFT) as write:
        key = people.add_user(write, people.NewUser("pat", "Pat", "partner_manager", "x"))
        people.set_partners(write, key, OWN)
        other = people.add_user(write, people.NewUser("bo", "Bo", "partner_manager", "x"))
        people.set_partners(write, other, [k for k in range(1, PARTNERS + 1) if k not in OWN])
        people.add_user(write, people.NewUser(LEAD.username, LEAD.name, LEAD.role, "x"))
        _add_spellings(write.connection)
        write.connection.execute(insert(EntityRow).values(id=1, kind="url", value="x"))
        _add_texts(write)
        links = [{"case_id": FIRST + 10 * k, "entity_id": 1} for k in range(1, PARTNERS + 1)]
        write.connection.execute(insert(CaseEntityRow), links)
    _add_risks(desk)
    return Person("pat", "Pat", "partner_manager", user_id=key, partner_ids=frozenset(OWN))


def name_of(key: int) -> str:
    """Own partners are houses; 2 and 3 are written alike, and so are 5 and one of the others."""
    alike = {2: "Nordlicht Verlag", 3: "Nordlicht  Verlage", 5: "Suedwind Radio"}
    if key in OWN:
        return alike.get(key, f"House {key}")
    return f"Suedwind Radio {STRANGER}" if key == STRANGE else f"{STRANGER} Works {key}"


def hidden_refs(desk: Desk, person: Person) -> set[str]:
    """References of all partners and cases that are not the manager's to see, by plain SQL."""
    own = ",".join(map(str, sorted(person.partner_ids)))
    with desk.store.read() as connection:
        cases = connection.execute(
            text(f"SELECT ref FROM cases WHERE partner_id NOT IN ({own}) OR restriction <> 'open'")
        )
        partners = connection.execute(text(f"SELECT ref FROM partners WHERE id NOT IN ({own})"))
        return {*cases.scalars(), *partners.scalars()}


def count_own(desk: Desk, where: str = "1 = 1") -> int:
    """Cases of own partners that are open to the manager, by plain SQL."""
    statement = f"SELECT count(*) FROM cases WHERE partner_id IN ({IDS}) AND restriction = 'open'"
    with desk.store.read() as connection:
        return int(connection.execute(text(f"{statement} AND ({where})")).scalar_one())


def told(found: object) -> Iterator[str]:
    """Every word in a view, however deep."""
    if isinstance(found, str):
        yield found
    for part in _parts(found):
        yield from told(part)


def _parts(found: object) -> Iterable[object]:
    if isinstance(found, pd.DataFrame):
        return [found.to_csv()]
    if isinstance(found, BaseModel):
        found = found.model_dump()
    if is_dataclass(found):
        return [getattr(found, each.name) for each in fields(found)]
    if isinstance(found, Mapping):
        return found.items()
    return found if isinstance(found, Iterable) and not isinstance(found, str) else ()


def told_refs(words: str) -> set[str]:
    """References of cases and partners in a text."""
    return set(REFS.findall(words))


def _cases(key: int) -> list[dict[str, object]]:
    """Two open cases, one of them missed, and a restricted one."""
    first = FIRST + 10 * key
    return [
        a_case(first, ref=f"E-{first}", partner_id=key, received_at=NOW - key * DAY),
        a_case(first + 1, ref=f"E-{first + 1}", partner_id=key, next_due_at=NOW - HOUR),
        a_case(first + 2, ref=f"E-{first + 2}", partner_id=key, restriction="restricted"),
    ]


def _add_texts(write: Write) -> None:
    """Let a search find cases by their titles and by the names of their partners."""
    found = {
        FIRST + 10 * key + at: search.searchable([f"Title of {name_of(key)}"])
        for key in range(1, PARTNERS + 1)
        for at in range(3)
    }
    for case_id, folded in found.items():
        here = CaseTextRow.case_id == case_id
        write.connection.execute(update(CaseTextRow).where(here).values(folded=folded))
    search.index(write, list(found), list(found.values()))


def _add_spellings(connection: Connection) -> None:
    names = [(k, name_of(k)) for k in range(1, PARTNERS + 1)]
    rows = [{"partner_id": k, "folded": fold(n), "spelling": n} for k, n in names]
    connection.execute(insert(PartnerAliasRow), rows)
    accounts = [{"partner_id": k, "platform": "facebook", "handle": n} for k, n in names]
    connection.execute(insert(PartnerAccountRow), accounts)


def _add_risks(desk: Desk) -> None:
    """Risks and investigations of everybody, of an own partner, of another, and of its name."""
    everything = CaseFilter(segment=Segment.ALL)
    scopes = {
        "All of them": everything,
        "One own": everything.but(partner=(OWN_REF,)),
        f"{STRANGER} alone": everything.but(partner=(STRANGE_REF,)),
        f"{STRANGER} and own": everything.but(partner=(STRANGE_REF, OWN_REF)),
        f"{STRANGER} by name": everything.but(text=STRANGER),
        f"{STRANGER} by case": everything.but(cases=(STRANGE_CASE,)),
    }
    today = desk.clock.now().date()
    for title, scope in scopes.items():
        add_risk_by_hand(desk, LEAD, title, scope, "lead", today)
    for scope in scopes.values():
        ref = investigations.open_investigation(
            desk, LEAD, "Why so many?", scope, (OWN_CASE, STRANGE_CASE)
        )
        seen = Seen(ref, investigation_view(desk, LEAD, ref).facts.version)
        words = f"It is {STRANGER}."
        investigations.add_finding(desk, LEAD, seen, words, Evidence((STRANGE_CASE,)))
    investigations.open_investigation(desk, LEAD, f"Why {STRANGER}?", everything, (STRANGE_CASE,))
