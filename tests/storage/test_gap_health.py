"""Open gaps as an input of health: one count for all viewers, by the cases that are linked."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from core.access.model import Person
from core.clock import FixedClock, to_micros
from core.desk import gaps as commands
from core.desk.boot import Desk
from core.desk.gap_views import gap_dossier
from core.desk.gaps import Given, NewGap, Seen
from core.desk.health_book import health_book, today_of
from core.partners.inputs import Known
from core.storage import people
from tests.support.rows import DRAFT, a_case, a_partner, grant, store_cases, store_partners

LEAD = Person("lee", "Lee", "team_lead")
NEW = NewGap("Satire", "No rule tells satire.", "missing_rule", "high")


@pytest.fixture(autouse=True)
def cases(desk: Desk) -> None:
    """Three partners: two cases of the first, one of the second, a restricted one of the third."""
    store_partners(desk.store, *(a_partner(n) for n in (1, 2, 3)))
    store_cases(
        desk.store,
        a_case(1, partner_id=1),
        a_case(2, partner_id=1),
        a_case(3, partner_id=2),
        a_case(4, partner_id=3, restriction="restricted"),
    )
    grant(desk.store, 4, "person", "lee")
    with desk.store.write(DRAFT) as write:
        people.add_user(write, people.NewUser("lee", "Lee", "team_lead", ""))


def counted(desk: Desk, days_ago: int = 0) -> list[float] | None:
    """The open gaps of each partner; None while nobody records gaps."""
    day = today_of(to_micros(desk.clock.now())) - timedelta(days=days_ago)
    with desk.snapshot.reading() as reading:
        book = health_book(reading, day)
    found = book.moment.inputs.evidence.get("open_gaps")
    if found is None:
        assert "open_gaps" not in book.moment.health.names
        return None
    assert isinstance(found, Known)
    return [float(n) for n in np.asarray(found.count)]


def test_an_open_gap_affects_the_partners_whose_open_cases_are_linked(
    desk: Desk, clock: FixedClock
) -> None:
    assert counted(desk) is None
    refs = ["E-000001", "E-000002", "E-000004"]
    commands.propose_gap(desk, LEAD, NEW, refs)
    clock.advance(timedelta(hours=1))
    assert counted(desk) == [1, 0, 0]  # two cases of one gap count once, a restricted one never
    commands.propose_gap(desk, LEAD, NEW, ["E-000001", "E-000003"])
    clock.advance(timedelta(hours=1))
    assert counted(desk) == [2, 1, 0]
    assert counted(desk, days_ago=7) == [0, 0, 0]
    commands.unlink_cases(desk, LEAD, "G-0002", ["E-000001"])
    assert counted(desk) == [1, 1, 0]
    version = gap_dossier(desk, LEAD, "G-0001").gap.version
    commands.respond(desk, LEAD, Seen("G-0001", version), "declined", Given("It is rare."))
    clock.advance(timedelta(hours=1))
    assert counted(desk) == [0, 1, 0]
    clock.advance(timedelta(days=3))
    assert counted(desk, days_ago=3) == [0, 1, 0]


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_note_changes_nothing_that_was_counted(desk: Desk) -> None:
    commands.propose_gap(desk, LEAD, NEW, ["E-000001"])
    with desk.snapshot.reading() as reading:
        before = reading.state
    commands.note(desk, LEAD, "G-0001", "Nothing new.")
    with desk.snapshot.reading() as reading:
        assert (reading.state, reading.version) == (before, before + 1)
    commands.link_cases(desk, LEAD, "G-0001", ["E-000003"], "weak", "Here too")
    with desk.snapshot.reading() as reading:
        assert reading.state == reading.version
