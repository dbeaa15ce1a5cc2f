"""Whole cases go in once, change when their source says so, and stay as they are otherwise."""

from __future__ import annotations

from sqlalchemy import insert, select, text

from core.audit.model import Draft
from core.storage.tables import (
    CaseEntityRow,
    CaseEventRow,
    CaseTextRow,
    DecisionRow,
    EntityRow,
    ImportBatchRow,
    MessageRow,
    PartnerRow,
)
from core.storage.tables.base import table_of
from core.storage.trail import audit_entries
from tests.storage.builders import HOUR, RECEIVED, Door, a_case, an_event

EVENTS = table_of(CaseEventRow)
A_STORY = [
    an_event("received"),
    an_event("message_in", text="Please help", after=0),
    an_event("reply", after=1, text="We look into it", actor="ben", actor_kind="us"),
    an_event("decision", "overturned_restored", after=2, text="Wrong clause", actor="ben"),
    an_event("transferred", "music", after=2),
    an_event("status", "resolved", after=3),
    an_event("status", "closed", after=5),
]


def test_new_cases_get_references_texts_and_numbered_events(door: Door) -> None:
    door.admit(a_case(1, events=A_STORY), a_case(2))
    assert door.last is not None
    assert (door.last.created, door.last.updated, door.last.unchanged) == (2, 0, 0)
    assert [c.ref for c in (door.case(1), door.case(2))] == ["E-000001", "E-000002"]
    assert [t.title for t in door.rows(CaseTextRow)] == ["Case 1", "Case 2"]
    numbered = [(e.case_id, e.seq, e.kind) for e in door.rows(CaseEventRow)]
    assert numbered == [(1, n + 1, e["kind"]) for n, e in enumerate(A_STORY)] + [(2, 1, "received")]


def test_the_clocks_decide_status_and_moments(door: Door) -> None:
    door.admit(a_case(1, events=A_STORY))
    case = door.case(1)
    assert (case.status, case.owner, case.sla_frt) == ("closed", "", "met")
    assert case.first_response_at == RECEIVED + HOUR
    assert (case.resolved_at, case.closed_at) == (RECEIVED + 3 * HOUR, RECEIVED + 5 * HOUR)
    assert case.transfer_count == 1


def test_messages_stand_apart_from_their_events(door: Door) -> None:
    door.admit(a_case(1, events=A_STORY))
    bodies = {m.id: m.body for m in door.rows(MessageRow)}
    spoken = [bodies.get(e.message_id, "") for e in door.rows(CaseEventRow)]
    assert spoken == ["", "Please help", "We look into it", "Wrong clause", "", "", ""]


def test_a_decision_rests_on_the_clause_version_then_in_force(door: Door) -> None:
    decided = a_case(
        1,
        events=A_STORY,
        clause="CH-2",
        outcome="overturned_restored",
        overturn_reason="wrong_clause",
    )
    door.admit(decided)
    (decision,) = door.rows(DecisionRow)
    assert (decision.outcome, decision.clause, decision.clause_version) == (
        "overturned_restored",
        "CH-2",
        "2.0",
    )
    assert (decision.overturn_reason, decision.decided_by) == ("wrong_clause", "ben")
    assert decision.rationale_id is not None


def test_cases_share_the_entities_that_they_mention(door: Door) -> None:
    door.admit(a_case(1, entities=[("url", "https://a.example"), ("url", "https://a.example")]))
    door.admit(a_case(2, entities=[("url", "https://a.example"), ("account", "it's me")]))
    assert [(e.kind, e.value) for e in door.rows(EntityRow)] == [
        ("url", "https://a.example"),
        ("account", "it's me"),
    ]
    links = [(link.case_id, link.entity_id) for link in door.rows(CaseEntityRow)]
    assert links == [(1, 1), (2, 1), (2, 2)]


def test_partners_are_found_by_any_spelling_and_made_when_unknown(door: Door) -> None:
    door.admit(
        a_case(1, partner="Nordlicht  Zeitung"), a_case(2, partner="NORDLICHT ZEITUNG"), a_case(3)
    )
    door.admit(a_case(4, partner="nordlicht zeitung", tier="", first_tier=""))
    (partner,) = door.rows(PartnerRow)
    assert (partner.ref, partner.tier) == ("P-0001", "T4")
    assert [door.case(n).partner_id for n in (1, 2, 3, 4)] == [1, 1, None, 1]
    assert door.case(4).first_tier == "T4"


def test_the_same_lines_twice_change_nothing(door: Door) -> None:
    cases = [a_case(1, events=A_STORY), a_case(2)]
    door.admit(*cases)
    before = [door.case(1), door.case(2), len(door.rows(CaseEventRow))]
    door.admit(*cases)
    assert door.last is not None
    assert list(door.last.outcomes) == ["unchanged", "unchanged"]
    assert [door.case(1), door.case(2), len(door.rows(CaseEventRow))] == before


def test_a_changed_case_takes_the_newer_lines_and_voids_the_older_events(door: Door) -> None:
    door.admit(a_case(1, events=A_STORY), a_case(2))
    newer = a_case(1, events=[an_event("received"), an_event("note", after=1)], title="Other")
    second = door.admit(newer, a_case(2), a_case(3))
    assert door.last is not None
    assert list(door.last.outcomes) == ["updated", "unchanged", "created"]
    case = door.case(1)
    assert (case.version, case.status, case.batch_id) == (2, "new", second)
    mine = [e for e in door.rows(CaseEventRow) if e.case_id == case.id]
    assert [e.void_batch_id for e in mine] == [second] * len(A_STORY) + [None, None]
    assert [e.seq for e in mine] == list(range(1, len(A_STORY) + 3))
    assert door.rows(DecisionRow) == []
    assert door.found("other") == ["T1"]
    assert door.found("case") == ["T3", "T2"]


def test_events_that_people_added_outlive_a_newer_import(door: Door) -> None:
    door.admit(a_case(1))
    with door.store.write(Draft("ben", "case.reply", "E-000001")) as write:
        reply = {"case_id": 1, "seq": 2, "at": RECEIVED + HOUR, "recorded_at": write.at}
        write.connection.execute(insert(EVENTS).values(kind="reply", actor_kind="us", **reply))
    door.admit(a_case(1, title="Other", events=[an_event("received"), an_event("note", after=2)]))
    assert door.case(1).first_response_at == RECEIVED + HOUR
    live = [e.kind for e in door.rows(CaseEventRow) if e.void_batch_id is None]
    assert sorted(live) == ["note", "received", "reply"]


def test_retention_classes_follow_the_rules(door: Door) -> None:
    door.admit(
        a_case(1, legal_hold=True, requester_kind="press"),
        a_case(2, abuse_type="child_safety", requester_kind="press"),
        a_case(3, requester_kind="press"),
        a_case(4),
    )
    classes = [door.case(n).retention_class for n in (1, 2, 3, 4)]
    assert classes == ["legal_hold", "child_safety", "press", "standard"]


def test_every_case_of_a_batch_carries_the_number_of_its_write(door: Door) -> None:
    door.admit(a_case(1), a_case(2))
    numbers = {door.case(n).change_seq for n in (1, 2)}
    assert numbers == {door.store.seq()}
    with door.store.read() as connection:
        acts = [entry.act for entry in audit_entries(connection)]
    assert acts[:2] == ["import.run", "import.start"]
    assert [b.status for b in door.rows(ImportBatchRow)] == ["done"]


def test_ids_given_out_by_the_store_go_on_after_admitted_ones(door: Door) -> None:
    door.admit(a_case(1, entities=[("url", "a")]))
    with door.store.write(Draft("ben", "entity.add", "entity")) as write:
        write.connection.execute(insert(table_of(EntityRow)).values(kind="url", value="b"))
        ids = write.connection.execute(select(EntityRow.id).order_by(EntityRow.id)).scalars().all()
    assert ids == [1, 2]


def test_odd_letters_survive_the_way_in(door: Door) -> None:
    odd = 'tab\t, "quote", back\\slash, \\N, line\nend, 東京, 👩‍🚀'
    door.admit(a_case(1, title=odd, events=[an_event("note", text=odd)]))
    assert door.rows(CaseTextRow)[0].title == odd
    assert door.rows(MessageRow)[0].body == odd


def test_an_empty_chunk_is_nothing(door: Door) -> None:
    door.admit()
    assert door.last is not None
    assert door.last.created == 0
    with door.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar_one() == 0
