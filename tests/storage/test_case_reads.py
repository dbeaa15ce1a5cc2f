"""What a person reads of one case: facts, story and neighbours, and content only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from core.access.model import Person
from core.clock import FixedClock, from_micros
from core.desk.boot import Desk
from core.desk.case import case_view, reveal
from core.errors import NotFound, Refused
from core.sla.model import ClockName, Verdict
from core.storage.tables import (
    CaseEntityRow,
    CaseEventRow,
    CaseTextRow,
    DecisionRow,
    EntityRow,
    MessageRow,
    PartnerAccountRow,
)
from core.storage.trail import audit_entries
from tests.support.rows import (
    DRAFT,
    HOUR,
    MINUTE,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    grant,
    store_cases,
    store_partners,
)

ANALYST = Person("bo", "Bo", "analyst", team="blue")
VIEWER = Person("vic", "Vic", "viewer")
REF = "E-000001"


def put(desk: Desk, row: type[Any], **values: Any) -> None:
    with desk.store.write(DRAFT) as write:
        write.connection.execute(insert(row).values(**values))


def happened(desk: Desk, *events: Mapping[str, Any], case_id: int = 1) -> None:
    for seq, event in enumerate(events, start=1):
        values = {"case_id": case_id, "seq": seq, "recorded_at": NOW, "actor": "bo", **event}
        put(desk, CaseEventRow, **values)


@pytest.fixture
def story(desk: Desk) -> Desk:
    """A case of a partner with a few events, one of them with a message."""
    store_partners(desk.store, a_partner(1))
    store_cases(
        desk.store,
        a_case(1, partner_id=1, first_priority="P1", tier="T2", requester_kind="partner"),
        a_case(2, partner_id=1, sla_nrt="breached"),
        a_finished_case(3, partner_id=1),
        a_case(4, partner_id=1, restriction="restricted"),
    )
    put(desk, MessageRow, id=70, case_id=1, body="Dear all", body_hash="x")
    happened(
        desk,
        {"at": NOW - HOUR, "kind": "received"},
        {"at": NOW - 30 * MINUTE, "kind": "reply", "message_id": 70, "actor_kind": "us"},
        {"at": NOW - 20 * MINUTE, "kind": "note", "void_batch_id": 5},
    )
    return desk


def test_the_view_tells_the_story_without_its_content(story: Desk) -> None:
    view = case_view(story, ANALYST, REF)
    assert view.case.title == "Title 1"
    assert view.case.received_at == from_micros(NOW - HOUR)
    assert [(item.kind, item.part) for item in view.timeline] == [
        ("received", ""),
        ("reply", "message:2"),
    ]
    assert "Dear all" not in repr(view)
    assert "Summary 1" not in repr(view)
    frt = view.clocks.clocks[ClockName.FRT]
    assert (frt.verdict, frt.elapsed) == (Verdict.MET, timedelta(minutes=30))


def test_partner_and_neighbours_stay_within_the_scope(story: Desk) -> None:
    put(story, PartnerAccountRow, partner_id=1, platform="facebook", handle="@p")
    view = case_view(story, ANALYST, REF)
    assert view.partner is not None
    assert (view.partner.open_count, view.partner.breached_count) == (2, 1)
    assert view.partner.accounts == (("facebook", "@p"),)
    assert [(one.ref, one.kind) for one in view.related] == [("E-000002", "partner")]
    grant(story.store, 4, "person", "bo")
    again = case_view(story, ANALYST, REF)
    assert again.partner is not None
    assert again.partner.open_count == 3
    assert {one.ref: one.title for one in again.related} == {"E-000002": "Title 2", "E-000004": ""}


def test_cases_that_share_a_thing_come_first_with_all_reasons(story: Desk) -> None:
    for entity_id, value in ((1, "example.org/a"), (2, "example.org/b")):
        put(story, EntityRow, id=entity_id, kind="url", value=value)
        for case_id in (1, 3):
            put(story, CaseEntityRow, case_id=case_id, entity_id=entity_id)
    view = case_view(story, ANALYST, REF)
    assert [one.ref for one in view.related] == ["E-000003", "E-000002"]
    assert view.related[0].reason.count("shares the URL") == 2
    hidden = case_view(story, VIEWER, REF).related[0]
    assert (hidden.reason, hidden.title) == ("shares the same URL", "")


def test_content_comes_part_by_part(story: Desk) -> None:
    assert reveal(story, ANALYST, REF, "summary").text == "Summary 1"
    assert reveal(story, ANALYST, REF, "message:2").text == "Dear all"
    with story.store.read() as connection:
        assert audit_entries(connection, act="case.read_restricted") == []
    for part in ("message:1", "message:9", "message:x", "everything"):
        with pytest.raises(NotFound):
            reveal(story, ANALYST, REF, part)


def test_reading_a_restricted_case_is_recorded_without_its_content(story: Desk) -> None:
    grant(story.store, 4, "role", "analyst")
    view = case_view(story, ANALYST, "E-000004")
    assert view.case.title == ""
    assert view.can_reveal
    assert reveal(story, ANALYST, "E-000004", "title").text == "Title 4"
    with story.store.read() as connection:
        entries = audit_entries(connection, act="case.read_restricted")
    assert [(e.actor, e.subject, e.details["part"]) for e in entries] == [
        ("bo", "E-000004", "title")
    ]
    assert "Title 4" not in repr(entries)


def test_unknown_and_forbidden_are_the_same(story: Desk) -> None:
    said = []
    for ref in ("E-000004", "E-999999"):
        for read in (case_view, lambda d, p, r: reveal(d, p, r, "summary")):
            with pytest.raises(NotFound) as refusal:
                read(story, ANALYST, ref)
            said.append(str(refusal.value).replace(ref, "REF") + refusal.value.hint)
    assert len(set(said)) == 1


def test_who_may_not_read_texts_gets_none(story: Desk) -> None:
    view = case_view(story, VIEWER, REF)
    assert (view.case.title, view.can_reveal) == ("", False)
    with pytest.raises(Refused):
        reveal(story, VIEWER, REF, "summary")
    with pytest.raises(Refused):
        case_view(story, Person("root", "Root", "admin"), REF)


def test_erased_content_says_so(story: Desk) -> None:
    with story.store.write(DRAFT) as write:
        change = update(CaseTextRow).where(CaseTextRow.case_id == 1)
        write.connection.execute(change.values(title="", summary="", erased_at=NOW))
    revealed = reveal(story, ANALYST, REF, "summary")
    assert (revealed.text, revealed.is_erased) == ("", True)
    assert case_view(story, ANALYST, REF).case.is_erased


def test_an_end_that_nobody_dated_has_no_moment(desk: Desk, clock: FixedClock) -> None:
    store_cases(desk.store, a_finished_case(1, resolved_at=None, closed_at=None))
    happened(
        desk,
        {"at": NOW - 3 * HOUR, "kind": "received"},
        {"at": NOW - HOUR, "kind": "status", "value": "resolved", "field": "undated"},
    )
    view = case_view(desk, ANALYST, REF)
    assert view.clocks.resolved_at is None
    assert view.clocks.clocks[ClockName.TTR].verdict is Verdict.NONE
    assert view.timeline[1].is_undated
    assert view.at == clock.now()


def test_decisions_carry_clause_and_version(desk: Desk) -> None:
    store_cases(desk.store, a_case(1))
    decision = {"case_id": 1, "at": NOW, "outcome": "upheld", "clause": "C1"}
    put(desk, DecisionRow, **decision, clause_version="2025-01", decided_by="bo")
    found = case_view(desk, ANALYST, REF).decisions
    assert [(d.clause, d.clause_version, d.by) for d in found] == [("C1", "2025-01", "bo")]
