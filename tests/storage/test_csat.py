"""Ratings of resolved cases on both stores: who records them, what they change, and what they leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.cases.measures import Csat, csat_definition, csat_ground
from core.clock import FixedClock, to_micros
from core.desk.boot import Desk
from core.desk.case import case_view
from core.desk.csat import may_rate, record_csat
from core.errors import BadInput, Conflict, NotFound, Refused
from core.storage.snapshot.tables import CASES as SNAPSHOT
from core.storage.tables import CaseRow
from core.storage.trail import audit_entries, verify
from tests.storage.builders import Door, an_event
from tests.storage.builders import a_case as a_line
from tests.support.rows import (
    a_case,
    a_finished_case,
    a_partner,
    grant,
    store_cases,
    store_partners,
)
from tests.support.stores import MONDAY_MORNING

ANA = Person("ana", "Ana", "analyst")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
VIC = Person("vic", "Vic", "viewer")
DONE, OPEN, OTHERS, SECRET, MERGED = (f"E-{n:06d}" for n in range(1, 6))
GIVEN = MONDAY_MORNING - timedelta(minutes=20)


@pytest.fixture(autouse=True)
def cases(desk: Desk) -> None:
    """A resolved case, an open one, one of another partner, a restricted and a merged one."""
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(
        desk.store,
        a_finished_case(1, partner_id=1),
        a_case(2, partner_id=1),
        a_finished_case(3, partner_id=2),
        a_finished_case(4, partner_id=1, restriction="restricted"),
        a_finished_case(5, partner_id=1, status="merged"),
    )


def row(desk: Desk, id_: int = 1) -> dict[str, Any]:
    with desk.store.read() as connection:
        table = CaseRow.__table__
        return dict(connection.execute(select(table).where(table.c.id == id_)).mappings().one())


def in_snapshot(desk: Desk, id_: int = 1) -> int | None:
    with desk.snapshot.reading() as reading:
        statement = select(SNAPSHOT.c.csat).where(SNAPSHOT.c.id == id_)
        rating: int | None = reading.rows(statement)[0][0]
        return rating


def test_a_rating_is_an_event_of_the_case_and_changes_no_clock(desk: Desk) -> None:
    before, clocks = row(desk), case_view(desk, ANA, DONE).clocks
    assert in_snapshot(desk) is None
    record_csat(desk, ANA, DONE, 1, 4, GIVEN)
    after, view = row(desk), case_view(desk, ANA, DONE)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"csat", "version", "change_seq", "last_event_at"}
    assert view.clocks == clocks
    told = [(i.kind, i.value, i.at, i.actor_kind) for i in view.timeline]
    assert told == [("csat", "4", GIVEN, "requester")]
    assert in_snapshot(desk) == 4


def test_a_rating_is_corrected_and_the_record_tells_of_both(desk: Desk) -> None:
    record_csat(desk, ANA, DONE, 1, 2)
    record_csat(desk, PAT, DONE, 2, 5)
    assert row(desk)["csat"] == 5
    with desk.store.read() as connection:
        last, first = audit_entries(connection, act="case.rate")
        assert verify(connection).holds
    assert (first.actor, first.details) == ("ana", {"rating": 2})
    assert (last.actor, last.details) == ("pat", {"rating": 5, "rating_before": 2})


def test_the_same_rating_again_is_no_correction(desk: Desk) -> None:
    record_csat(desk, ANA, DONE, 1, 2)
    with pytest.raises(Refused, match="is rated 2 already"):
        record_csat(desk, ANA, DONE, 2, 2)


def test_a_case_that_was_not_resolved_is_not_rated(desk: Desk) -> None:
    with pytest.raises(Refused, match="still open, so its service cannot be rated yet"):
        record_csat(desk, ANA, OPEN, 1, 4)
    with pytest.raises(Refused, match="was merged, not resolved"):
        record_csat(desk, ANA, MERGED, 1, 4)
    view = case_view(desk, ANA, OPEN)
    assert not may_rate(ANA, view.case)
    assert may_rate(ANA, case_view(desk, ANA, DONE).case)


def test_whoever_may_not_write_on_a_case_rates_none(desk: Desk) -> None:
    with pytest.raises(Refused, match="Your role does not allow this: add a note"):
        record_csat(desk, VIC, DONE, 1, 4)
    assert not may_rate(VIC, case_view(desk, VIC, DONE).case)


def test_a_case_out_of_scope_is_not_found(desk: Desk) -> None:
    for ref in (OTHERS, SECRET, "E-999999"):
        with pytest.raises(NotFound, match=f"Case {ref} was not found"):
            record_csat(desk, PAT, ref, 1, 4)
    grant(desk.store, 4, "person", "pat")
    record_csat(desk, PAT, SECRET, case_view(desk, PAT, SECRET).case.version, 4)


def test_a_change_made_meanwhile_is_not_written_over(desk: Desk) -> None:
    record_csat(desk, ANA, DONE, 1, 2)
    with pytest.raises(Conflict, match="was changed while you looked at it"):
        record_csat(desk, PAT, DONE, 1, 5)


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_is_one_of_the_five_steps(desk: Desk, rating: int) -> None:
    with pytest.raises(BadInput, match="use 1 to 5"):
        record_csat(desk, ANA, DONE, 1, rating)


def test_a_rating_is_given_between_the_resolution_and_now(desk: Desk) -> None:
    with pytest.raises(BadInput, match="stands before the case was resolved"):
        record_csat(desk, ANA, DONE, 1, 4, MONDAY_MORNING - timedelta(hours=2))
    with pytest.raises(BadInput, match="still to come"):
        record_csat(desk, ANA, DONE, 1, 4, MONDAY_MORNING + timedelta(minutes=1))


def imported(door: Door, **named: Any) -> int:
    story = [an_event("received"), an_event("reply", after=1), an_event("status", "resolved", 2)]
    rated = [an_event("csat", str(named["csat"]), after=3)] if "csat" in named else []
    return door.admit(a_line(9, events=[*story, *rated], **named))


def test_an_import_that_knows_no_later_rating_keeps_the_one_recorded_here(
    desk: Desk, clock: FixedClock
) -> None:
    door = Door(desk.store)
    imported(door)
    case = door.case(9)
    record_csat(desk, ANA, case.ref, case.version, 5)
    imported(door, title="Renamed")
    assert door.case(9).csat == 5
    imported(door, title="Renamed again", csat=1)
    assert door.case(9).csat == 5
    assert door.case(9).last_event_at == to_micros(clock.now())


def test_undoing_an_import_keeps_a_case_that_was_rated_since(desk: Desk) -> None:
    door = Door(desk.store)
    batch = imported(door)
    case = door.case(9)
    record_csat(desk, ANA, case.ref, case.version, 5)
    assert door.undo(batch).kept == (case.ref,)
    assert door.case(9).csat == 5


def test_the_share_says_what_the_silent_could_make_of_it() -> None:
    found = Csat(resolved=40, answered=10, satisfied=8)
    assert (found.silent, found.response_share, found.satisfied_share) == (30, 0.25, 0.8)
    assert (found.least_share, found.most_share) == (0.2, 0.95)
    nothing = Csat(0, 0, 0)
    assert nothing.satisfied_share is nothing.response_share is nothing.least_share is None
    unanswered = Csat(5, 0, 0)
    assert (unanswered.satisfied_share, unanswered.least_share, unanswered.most_share) == (
        None,
        0,
        1,
    )
    assert "4 or 5" in csat_definition()


def test_a_rating_is_asked_for_of_the_cases_resolved_in_the_window() -> None:
    day = MONDAY_MORNING.date()
    ground = csat_ground(CaseFilter(partner=("P-0001",)), day, day, "UTC")
    assert (ground.segment, ground.resolved_from, ground.resolved_to) == (Segment.ALL, day, day)
