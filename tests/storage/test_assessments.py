"""Assessments and the register on both stores: kept as they were, replayed, scoped and audited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter, Segment, Sort
from core.clock import FixedClock
from core.desk.assessments import (
    Said,
    history_of,
    newest_over,
    override_verdict,
    recent_assessments,
    record_assessment,
    subject_for,
)
from core.desk.boot import Desk
from core.desk.risk_register import (
    add_risk,
    add_risk_by_hand,
    assign_risk,
    close_risk,
    plan_review,
    possible_owners,
    register_view,
    reopen_risk,
    risk_history,
)
from core.errors import BadInput, Conflict, NotFound, Refused
from core.risk.framework import replay
from core.risk.framework_files import FRAMEWORK_DIR, read_tables
from core.risk.framework_record import outcome_text
from core.risk.subjects import Subject
from core.storage import people
from core.storage.assessments import assessment_by_id
from core.storage.tables import AssessmentRow
from core.storage.trail import audit_entries, verify
from tests.support.rows import a_case, a_finished_case, a_partner, store_cases, store_partners
from tests.unit.risk.framework_builders import copied_versions, publish

LEAD = Person("lee", "Lee", "team_lead")
ANALYST = Person("ana", "Ana", "analyst")
VIEWER = Person("vic", "Vic", "viewer")
MANAGER = Person("max", "Max", "partner_manager", partner_ids=frozenset({1}))
TODAY = date(2026, 3, 2)
FRIDAY = TODAY + timedelta(days=4)
KNOWN: dict[str, str | None] = {
    "harm": "severe",
    "spread": "growing",
    "reach": "regional",
    "vulnerability": "general",
}
BRAZIL = CaseFilter(market=("BR",), segment=Segment.ALL)


def said(**levels: str | None) -> dict[str, Said]:
    """Levels with a word of evidence; None is unknown."""
    return {key: Said(x, f"why {key}" if x else "") for key, x in levels.items()}


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Two partners with cases in Brazil, one of them restricted, and somebody to look after risks."""
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(
        desk.store,
        a_case(1, market="BR", partner_id=1),
        a_case(2, market="BR", partner_id=2),
        a_finished_case(3, market="BR", partner_id=1),
        a_case(4, market="BR", partner_id=1, restriction="restricted"),
        a_case(5, market="DE"),
    )
    with desk.store.write(Draft("test", "person.add", "all")) as write:
        for username, role in (("lee", "team_lead"), ("sam", "senior_analyst"), ("ana", "analyst")):
            people.add_user(write, people.NewUser(username, username.title(), role, ""))
    return desk


def surge(desk: Desk, key: str = "w10-br", filter_: CaseFilter = BRAZIL) -> Subject:
    return subject_for(desk, LEAD, "surge", key, "Impersonation in Brazil", filter_)


def assessed(desk: Desk, subject: Subject, levels: Mapping[str, str | None] | None = None) -> str:
    return record_assessment(desk, LEAD, subject, said(**(levels or KNOWN)))


def acts_of(desk: Desk, subject: str) -> list[tuple[str, str]]:
    with desk.store.read() as connection:
        assert verify(connection).holds
        return [(e.act, e.actor) for e in audit_entries(connection, subject=subject)]


def test_the_last_assessment_of_the_same_cases_is_found_by_their_filter(busy: Desk) -> None:
    assert newest_over(busy, LEAD, BRAZIL) is None
    assessed(busy, surge(busy))
    newer = assessed(busy, surge(busy, "w11-br"), {**KNOWN, "harm": "low"})
    assessed(busy, surge(busy, "w11-de", CaseFilter(market=("DE",))))
    found = newest_over(busy, LEAD, BRAZIL.but(sort=Sort.AGE))
    assert found is not None
    assert (found.ref, found.is_newest) == (newer, True)


def test_an_assessment_about_a_partner_of_others_is_not_found_by_its_cases(busy: Desk) -> None:
    partner = BRAZIL.but(partner=("P-0002",))
    assessed(busy, surge(busy, "partner", partner))
    assert newest_over(busy, LEAD, partner) is not None
    assert newest_over(busy, MANAGER, partner) is None


def test_an_assessment_is_kept_as_said_and_replays_bit_for_bit(busy: Desk) -> None:
    ref = assessed(busy, surge(busy), {**KNOWN, "reach": None})
    with busy.store.read() as connection:
        kept = assessment_by_id(connection, int(ref[2:]))
        row = connection.execute(select(AssessmentRow.outcome)).scalar_one()
    assert kept is not None
    assert kept.assessment.judgements["harm"].evidence[0].text == "why harm"
    assert kept.assessment.levels["reach"] is None
    assert (kept.outcome.by_table.best, kept.outcome.by_table.worst) == ("review", "investigate")
    assert outcome_text(replay(read_tables(), kept.assessment)) == kept.outcome_text == row
    (line,) = history_of(busy, LEAD, surge(busy))
    assert (line.fault, line.change, line.is_newest) == ("", "", True)
    assert acts_of(busy, ref) == [("assessment.record", "lee")]


def test_a_changed_table_file_is_refused(busy: Desk, tmp_path: Path) -> None:
    ref = assessed(busy, surge(busy))
    with busy.store.read() as connection:
        kept = assessment_by_id(connection, int(ref[2:]))
    assert kept is not None
    folder = copied_versions(tmp_path / "framework")
    published = (FRAMEWORK_DIR / "published.csv").read_text("utf-8")
    (folder / "published.csv").write_text(published, "utf-8")
    words = (folder / "1.0.yaml").read_text("utf-8")
    (folder / "1.0.yaml").write_text(words.replace('"Children"', '"Adults"'), "utf-8")
    with pytest.raises(BadInput, match="published was"):
        read_tables(folder)
    (folder / "published.csv").write_text("version,sha256,published_on\n", "utf-8")
    publish(folder, "1.0")
    with pytest.raises(Refused, match="another edition"):
        replay(read_tables(folder), kept.assessment)


def test_evidence_is_asked_for_and_unknown_is_allowed(busy: Desk) -> None:
    with pytest.raises(BadInput, match="Harm has no evidence"):
        record_assessment(busy, LEAD, surge(busy), {"harm": Said("low")})
    with pytest.raises(BadInput, match="link alone"):
        record_assessment(busy, LEAD, surge(busy), {"harm": Said(None, "", "/case?case=E-000001")})
    assert record_assessment(busy, LEAD, surge(busy), {}) == "A-0001"
    (line,) = recent_assessments(busy, LEAD)
    assert line.outcome.by_table.words == "track to convene"


def test_an_override_needs_a_reason_stands_apart_and_replays_too(busy: Desk) -> None:
    ref = assessed(busy, surge(busy))
    with pytest.raises(BadInput, match="needs a reason"):
        override_verdict(busy, LEAD, ref, "convene", " ")
    override_verdict(busy, LEAD, ref, "convene", "vote in two days")
    override_verdict(busy, LEAD, ref, "review", "vote is put off")
    (line,) = history_of(busy, LEAD, surge(busy))
    assert (line.outcome.verdict, line.outcome.by_table.worst) == ("review", "investigate")
    assert [one.reason for one in line.overrides] == ["vote in two days", "vote is put off"]
    assert line.fault == ""
    assert acts_of(busy, ref)[0] == ("assessment.override", "lee")


def test_only_the_newest_assessment_is_overridden(busy: Desk) -> None:
    first = assessed(busy, surge(busy))
    second = assessed(busy, surge(busy), {**KNOWN, "harm": "low"})
    with pytest.raises(Conflict, match=second):
        override_verdict(busy, LEAD, first, "convene", "because")
    newest, oldest = history_of(busy, LEAD, surge(busy))
    assert (newest.is_newest, oldest.is_newest) == (True, False)
    assert newest.change.startswith("Harm severe → low; verdict investigate → ")


@pytest.mark.parametrize("person", [ANALYST, VIEWER, MANAGER])
def test_who_may_not_write_is_refused_and_nothing_is_kept(busy: Desk, person: Person) -> None:
    subject = subject_for(busy, LEAD, "partner", "P-0001", "", CaseFilter())
    ref = assessed(busy, subject)
    risk = add_risk(busy, LEAD, subject, "lee", FRIDAY)
    for act in (
        lambda: record_assessment(busy, person, subject, {}),
        lambda: override_verdict(busy, person, ref, "convene", "because"),
        lambda: add_risk_by_hand(busy, person, "New", CaseFilter(), "lee", FRIDAY),
        lambda: assign_risk(busy, person, risk, 1, "sam"),
        lambda: plan_review(busy, person, risk, 1, FRIDAY),
        lambda: close_risk(busy, person, risk, 1, "over"),
        lambda: reopen_risk(busy, person, risk, 1, "back"),
    ):
        with pytest.raises(Refused, match="role does not allow"):
            act()
    assert len(recent_assessments(busy, LEAD)) == 1


def test_a_partner_outside_of_the_scope_is_not_found_like_one_that_is_not_there(
    busy: Desk,
) -> None:
    other = subject_for(busy, LEAD, "partner", "P-0002", "", CaseFilter())
    assert other.title == "Partner 2"
    assessed(busy, other)
    risk = add_risk(busy, LEAD, other, "lee", FRIDAY)
    assert recent_assessments(busy, MANAGER) == ()
    assert register_view(busy, MANAGER).lines == ()
    told = set()
    for key in ("P-0002", "P-0099"):
        with pytest.raises(NotFound) as caught:
            subject_for(busy, MANAGER, "partner", key, "", CaseFilter())
        told.add(caught.value.message.replace(key, "…"))
    assert len(told) == 1
    for ref in (risk, "R-0099", "nonsense"):
        with pytest.raises(NotFound):
            risk_history(busy, MANAGER, ref)
    with pytest.raises(NotFound):
        subject_for(busy, MANAGER, "surge", "x", "X", CaseFilter(partner=("P-0001", "P-0002")))


def test_a_group_with_a_case_that_is_hidden_is_not_shown(busy: Desk) -> None:
    auditor = Person("aud", "Aud", "auditor")
    hidden = CaseFilter(segment=Segment.ALL, cases=("E-000001", "E-000004"))
    with pytest.raises(NotFound):
        subject_for(busy, LEAD, "case_group", "g", "Group", hidden)
    subject = subject_for(busy, auditor, "case_group", "g", "Group", hidden)
    trusted = Person("sam", "Sam", "senior_analyst")
    with pytest.raises(NotFound):
        record_assessment(busy, trusted, subject, {})


def test_text_is_for_those_who_may_read_it(busy: Desk) -> None:
    assessed(busy, surge(busy))
    own = subject_for(busy, LEAD, "partner", "P-0001", "", CaseFilter())
    override_verdict(busy, LEAD, assessed(busy, own), "convene", "said by Maya")
    for person, title, text in ((LEAD, True, True), (VIEWER, True, False), (MANAGER, False, False)):
        line = recent_assessments(busy, person)[1]
        assert (line.subject.title != "", line.reads_text) == (title, text), person.role
        assert bool(line.assessment.judgements["harm"].evidence) is text
        assert line.assessment.levels["harm"] == "severe"
    assert "Maya" in repr(recent_assessments(busy, MANAGER)[0])
    assert "Maya" not in repr(recent_assessments(busy, VIEWER))


def test_the_register_is_ordered_by_verdict_then_range_then_review(busy: Desk) -> None:
    levels: list[dict[str, str | None]] = [
        {**KNOWN, "harm": "low"},
        {**KNOWN, "reach": None},
        KNOWN,
        KNOWN,
    ]
    for number, given in enumerate(levels):
        subject = surge(busy, f"s{number}")
        assessed(busy, subject, given)
        add_risk(busy, LEAD, subject, "lee", FRIDAY - timedelta(days=number))
    add_risk_by_hand(busy, LEAD, "Unassessed", CaseFilter(), "sam", TODAY)
    lines = register_view(busy, LEAD).lines
    assert [line.risk.ref for line in lines] == ["R-0004", "R-0003", "R-0002", "R-0001", "R-0005"]
    assert lines[-1].outcome is None
    assert [line.outcome.verdict for line in lines[:4] if line.outcome] == [
        *("investigate", "investigate", "investigate", "track")
    ]


def test_cases_are_counted_live_and_as_the_reader_may_see_them(busy: Desk) -> None:
    add_risk(busy, LEAD, surge(busy), "lee", FRIDAY)

    def counted(person: Person) -> int:
        return register_view(busy, person).lines[0].case_count

    assert (counted(LEAD), counted(MANAGER)) == (3, 2)
    store_cases(busy.store, a_case(9, market="BR", partner_id=2))
    assert (counted(LEAD), counted(MANAGER)) == (4, 2)


def test_a_filter_of_me_means_the_same_cases_for_everybody(busy: Desk) -> None:
    mine = CaseFilter(segment=Segment.MINE, whose=("me",), market=("BR",))
    subject = surge(busy, "mine", mine)
    assert subject.filter == CaseFilter(market=("BR",))


def test_a_risk_is_assigned_planned_closed_and_opened_again_on_the_record(
    busy: Desk, clock: FixedClock
) -> None:
    ref = add_risk(busy, LEAD, surge(busy), "lee", TODAY)
    assign_risk(busy, LEAD, ref, 1, "sam")
    plan_review(busy, LEAD, ref, 2, FRIDAY)
    with pytest.raises(BadInput, match="needs a reason"):
        close_risk(busy, LEAD, ref, 3, "")
    close_risk(busy, LEAD, ref, 3, "it is over")
    assert register_view(busy, LEAD).lines == ()
    assert register_view(busy, LEAD).closed_count == 1
    with pytest.raises(Refused, match="is closed"):
        assign_risk(busy, LEAD, ref, 4, "lee")
    clock.advance(timedelta(days=10))
    reopen_risk(busy, LEAD, ref, 4, "it is back")
    (line,) = register_view(busy, LEAD).lines
    assert (line.risk.owner, line.risk.version, line.is_overdue) == ("sam", 5, False)
    clock.advance(timedelta(days=3))
    assert register_view(busy, LEAD).lines[0].is_overdue
    assert [act for act, _ in reversed(acts_of(busy, ref))] == [
        *("risk.add", "risk.assign", "risk.plan_review", "risk.close", "risk.reopen")
    ]


def test_two_changes_at_once_are_told_and_nothing_is_overwritten(busy: Desk) -> None:
    ref = add_risk(busy, LEAD, surge(busy), "lee", TODAY)
    assign_risk(busy, LEAD, ref, 1, "sam")
    with pytest.raises(Conflict, match=r"lee changed R-0001 first: owner sam"):
        plan_review(busy, LEAD, ref, 1, FRIDAY)
    assert register_view(busy, LEAD).lines[0].risk.next_review_on == TODAY


def test_a_subject_stands_on_the_register_once_while_it_is_open(busy: Desk) -> None:
    ref = add_risk(busy, LEAD, surge(busy), "lee", TODAY)
    with pytest.raises(Conflict, match=ref):
        add_risk(busy, LEAD, surge(busy), "lee", TODAY)
    close_risk(busy, LEAD, ref, 1, "over")
    assert add_risk(busy, LEAD, surge(busy), "lee", TODAY) == "R-0002"


def test_the_history_of_a_risk_has_what_was_said_before_it_was_one(busy: Desk) -> None:
    assessed(busy, surge(busy))
    ref = add_risk(busy, LEAD, surge(busy), "lee", TODAY)
    as_risk = subject_for(busy, LEAD, "risk", ref, "ignored", CaseFilter())
    assert (as_risk.title, as_risk.filter) == ("Impersonation in Brazil", BRAZIL)
    assessed(busy, as_risk, {**KNOWN, "harm": "imminent"})
    lines = risk_history(busy, LEAD, ref)
    assert lines == history_of(busy, LEAD, surge(busy))
    assert [line.is_newest for line in lines] == [True, False]
    assert lines[0].change.startswith("Harm severe → imminent; ")
    assert register_view(busy, LEAD).lines[0].outcome == lines[0].outcome


@pytest.mark.parametrize("owner", ["ana", "nobody", ""])
def test_who_may_not_work_on_risks_looks_after_none(busy: Desk, owner: str) -> None:
    assert set(possible_owners(busy, LEAD)) == {"lee", "sam"}
    with pytest.raises(BadInput, match="cannot look after"):
        add_risk(busy, LEAD, surge(busy), owner, TODAY)


@pytest.mark.parametrize("days", [-1, 93])
def test_a_review_is_neither_in_the_past_nor_far_away(busy: Desk, days: int) -> None:
    with pytest.raises(BadInput, match="next review"):
        add_risk(busy, LEAD, surge(busy), "lee", TODAY + timedelta(days=days))


def test_the_audit_keeps_codes_and_no_words_of_anybody(busy: Desk) -> None:
    ref = assessed(busy, surge(busy))
    override_verdict(busy, LEAD, ref, "convene", "vote in two days")
    risk = add_risk(busy, LEAD, surge(busy), "lee", TODAY)
    close_risk(busy, LEAD, risk, 1, "put off for good")
    with busy.store.read() as connection:
        told = repr(audit_entries(connection))
    for words in ("why harm", "vote in two days", "put off", "Impersonation in Brazil"):
        assert words not in told


def test_a_row_that_was_altered_is_told_where_it_is_shown(busy: Desk) -> None:
    assessed(busy, surge(busy))
    with busy.store.write(Draft("test", "case.write", "x")) as write:
        text = write.connection.execute(select(AssessmentRow.outcome)).scalar_one()
        write.connection.execute(
            update(AssessmentRow).values(outcome=text.replace("investigate", "track"))
        )
    assert (
        history_of(busy, LEAD, surge(busy))[0].fault == "Judged again, it comes to something else."
    )
