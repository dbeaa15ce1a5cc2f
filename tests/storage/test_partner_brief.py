"""The brief's facts on both stores: every number is the queue's, and nothing in it that may not be said."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from core.access.model import Person
from core.clock import FixedClock
from core.desk.boot import Desk
from core.desk.partner import open_partner
from core.desk.partner_brief import PartnerBrief, partner_brief, take_out
from core.desk.queue import queue_view
from core.errors import NotFound, Refused
from core.reports.document import Document, Line, Place
from core.storage import people
from core.storage.tables import CaseRow, DecisionRow
from core.storage.tables.base import table_of
from core.storage.trail import audit_entries
from core.ui.partner.brief_words import LEFT_OUT, brief_document
from tests.support.partner_record import ANA, LEAD, PAT, VIC, noted, promised
from tests.support.rows import DAY, DRAFT, HOUR, NOW, a_case, grant, put_cases
from tests.support.served_world import FEW_REF, OTHER_REF, WORSE, WORSE_REF, fill_served

HELD, CLOSED, GIVEN = (f"E-{900_000 + n:06d}" for n in (1, 2, 3))
CASES = table_of(CaseRow)


@pytest.fixture(autouse=True)
def world(desk: Desk) -> None:
    """A partner that is served worse, with a case under a hold and two restricted ones, all urgent."""
    fill_served(desk)
    urgent = {"partner_id": WORSE, "priority": "P0", "next_due_at": NOW - DAY, "tier": "T2"}
    with desk.store.write(DRAFT) as write:
        for who in (LEAD, PAT, ANA, VIC):
            served = who.partner_ids
            new = people.NewUser(who.username, who.name, who.role, "", partner_ids=served)
            people.add_user(write, new)
        put_cases(
            write,
            [
                a_case(900_001, **urgent, legal_hold=True),
                a_case(900_002, **urgent, restriction="restricted"),
                a_case(900_003, **urgent, restriction="restricted"),
            ],
        )
    grant(desk.store, 900_003, "person", "lee")


def brief_of(desk: Desk, person: Person = PAT, ref: str = WORSE_REF) -> PartnerBrief:
    return partner_brief(desk, person, open_partner(desk, person, ref))


def page(desk: Desk, person: Person = PAT, ref: str = WORSE_REF) -> Document:
    return brief_document(brief_of(desk, person, ref), person.username, "UTC")


def words_of(line: Line) -> str:
    return "".join(p if isinstance(p, str) else p.words for p in line)


def told(document: Document) -> str:
    return " ".join(words_of(line) for s in document.sections for line in s.lines)


def section(document: Document, key: str) -> str:
    (found,) = [s for s in document.sections if s.key == key]
    return " ".join(words_of(line) for line in found.lines)


@pytest.mark.parametrize("person", [LEAD, PAT, VIC], ids=lambda p: p.role)
def test_every_number_opens_as_many_cases_as_it_says(desk: Desk, person: Person) -> None:
    claims = page(desk, person).claims()
    assert len(claims) > 10
    for claim in claims:
        said = next(word for word in claim.words.replace(",", "").split() if word.isdigit())
        assert queue_view(desk, person, claim.filter, facets=()).total == int(said), claim.words


def test_what_changed_names_the_cause_and_where(desk: Desk) -> None:
    changed = section(page(desk), "changed")
    assert "The score fell" in changed
    assert changed.index("SLA attainment") < changed.index("Most in channel Partner e-mail")


def test_cases_that_may_not_be_spoken_of_are_not_listed(desk: Desk) -> None:
    for person in (LEAD, PAT, VIC):
        document = page(desk, person)
        refs = {
            p.words
            for s in document.sections
            for line in s.lines
            for p in line
            if isinstance(p, Place)
        }
        assert refs.isdisjoint({HELD, CLOSED, GIVEN})
        assert "1 case under legal hold" in section(document, "not_say")


def test_whoever_may_not_see_a_restricted_case_is_not_told_that_it_is(desk: Desk) -> None:
    assert "restricted" not in told(page(desk, PAT))
    assert "1 restricted case" in section(page(desk, LEAD), "not_say")
    assert brief_of(desk, PAT).open.open == brief_of(desk, LEAD).open.open


def test_a_role_without_content_gets_dates_and_kinds_and_is_told_what_is_left_out(
    desk: Desk,
) -> None:
    promised(desk, "Secret promise")
    noted(desk, "Secret note")
    document = page(desk, VIC)
    assert "Secret" not in told(document)
    assert "Title" not in told(document)
    assert LEFT_OUT in document.foot
    assert section(document, "promised").startswith("Open, due")
    full = page(desk, PAT)
    assert "Secret promise" in section(full, "promised")
    assert "Keep in mind: Secret note" in section(full, "say")
    assert LEFT_OUT not in full.foot


def test_overdue_promises_stand_first_and_are_to_be_said(desk: Desk, clock: FixedClock) -> None:
    promised(desk, "Later one", clock.now().date() + timedelta(days=9))
    promised(desk, "Late one", clock.now().date())
    clock.advance(timedelta(days=2))
    document = page(desk)
    owed = section(document, "promised")
    assert owed.startswith("Overdue")
    assert owed.index("Late one") < owed.index("Later one")
    assert "We are late with: Late one" in section(document, "say")


def test_decisions_are_the_newest_that_may_be_spoken_of(desk: Desk) -> None:
    with desk.store.write(DRAFT) as write:
        own = select(CASES.c.id).where(CASES.c.partner_id == WORSE, CASES.c.restriction == "open")
        keys = list(write.connection.execute(own.order_by(CASES.c.id).limit(8)).scalars())
        for place, key in enumerate([*keys, 900_001, 900_002]):
            facts = {"at": NOW - place * HOUR, "outcome": "upheld", "clause": "PI-3"}
            write.connection.execute(insert(DecisionRow).values(case_id=key, **facts))
        touched = update(CASES).where(CASES.c.id.in_([*keys, 900_001, 900_002]))
        write.connection.execute(touched.values(last_event_at=NOW))
    newest = brief_of(desk).decided.newest
    assert [d.at for d in newest] == sorted((d.at for d in newest), reverse=True)
    assert len(newest) == 5
    assert {d.case_ref for d in newest}.isdisjoint({HELD, CLOSED})


def test_another_partner_has_no_brief(desk: Desk) -> None:
    with pytest.raises(NotFound):
        brief_of(desk, PAT, OTHER_REF)
    other = open_partner(desk, LEAD, OTHER_REF)
    with pytest.raises(NotFound, match=f"Partner {OTHER_REF} was not found"):
        partner_brief(desk, PAT, other)
    with pytest.raises(NotFound):
        take_out(desk, PAT, other, "file")
    with pytest.raises(Refused):
        partner_brief(desk, Person("adm", "Adm", "admin"), other)


def test_a_partner_with_hardly_any_cases_has_no_score_but_a_brief(desk: Desk) -> None:
    document = page(desk, LEAD, FEW_REF)
    assert section(document, "status").startswith("Not enough data")
    assert "No change can be told" in section(document, "changed")
    assert "That our service got worse" not in told(document)


def test_taking_the_brief_out_is_recorded(desk: Desk) -> None:
    brief = take_out(desk, PAT, open_partner(desk, PAT, WORSE_REF), "print")
    with desk.store.read() as connection:
        (entry,) = audit_entries(connection, act="partner.brief")
    assert (entry.actor, entry.subject) == ("pat", WORSE_REF)
    assert entry.details == {"how": "print", "version": brief.version}


def test_only_the_most_urgent_cases_stand_on_the_page(desk: Desk) -> None:
    brief = brief_of(desk)
    rows = queue_view(desk, PAT, brief.open.open.filter, facets=()).rows["ref"]
    free = [ref for ref in rows if ref != HELD]
    assert list(brief.open.rows["ref"]) == free[:8]
    assert np.isfinite(brief.open.rows["age_us"]).all()
