"""Investigations on both stores: acts, conflicts, and nothing for anybody that is out of their scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk import investigations as commands
from core.desk.boot import OPERATOR, Desk
from core.desk.investigation_views import (
    InvestigationView,
    investigation_list,
    investigation_view,
    investigations_of_case,
)
from core.desk.investigations import Seen
from core.desk.queue import queue_view
from core.errors import BadInput, Conflict, NotFound, Refused
from core.risk.investigation import Evidence
from core.storage import people
from core.storage.tables import AuditRow
from core.storage.trail import audit_entries
from tests.support.rows import (
    DRAFT,
    a_case,
    a_finished_case,
    a_partner,
    grant,
    store_cases,
    store_partners,
)

LEAD = Person("lee", "Lee", "team_lead", team="red")
SENIOR = Person("sam", "Sam", "senior_analyst")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
VIEWER = Person("vic", "Vic", "viewer")
SCOPE = CaseFilter(segment=Segment.ALL, market=("DE",))
OWN, OTHER, NAMED, DONE = (f"E-{n:06d}" for n in (1, 2, 3, 4))


@pytest.fixture(autouse=True)
def cases(desk: Desk) -> None:
    """One case of the manager's partner, one of another, one restricted, one finished."""
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(
        desk.store,
        a_case(1, partner_id=1),
        a_case(2, partner_id=2),
        a_case(3, partner_id=1, restriction="restricted"),
        a_finished_case(4, partner_id=1, market="BR"),
    )
    grant(desk.store, 3, "person", "lee")
    with desk.store.write(DRAFT) as write:
        for who in (LEAD, SENIOR, PAT, VIEWER):
            people.add_user(write, people.NewUser(who.username, who.name, who.role, ""))


def opened(desk: Desk, *refs: str, scope: CaseFilter = SCOPE) -> str:
    return commands.open_investigation(desk, LEAD, "Why so many?", scope, refs)


def look(desk: Desk, ref: str, person: Person = LEAD) -> InvestigationView:
    return investigation_view(desk, person, ref)


def now(desk: Desk, ref: str) -> Seen:
    return Seen(ref, look(desk, ref).facts.version)


def pinned(desk: Desk, ref: str, person: Person = LEAD) -> set[str]:
    return set(look(desk, ref, person).cases["ref"])


def find(desk: Desk, ref: str, text: str, evidence: Evidence) -> int:
    return commands.add_finding(desk, LEAD, now(desk, ref), text, evidence)


def test_it_is_opened_worked_on_and_concluded(desk: Desk) -> None:
    ref = opened(desk, OWN)
    assert ref == "I-0001"
    commands.move(desk, LEAD, now(desk, ref), "in_progress")
    assert commands.pin(desk, LEAD, now(desk, ref), [OTHER, NAMED, OWN]) == 2
    assert commands.unpin(desk, LEAD, now(desk, ref), [OTHER]) == 1
    item = commands.add_hypothesis(desk, LEAD, now(desk, ref), "A form broke.")
    commands.judge_hypothesis(desk, LEAD, now(desk, ref), item, "dropped", "It works.")
    commands.judge_hypothesis(desk, LEAD, now(desk, ref), item, "open")
    commands.judge_hypothesis(desk, LEAD, now(desk, ref), item, "kept", "It broke on Monday.")
    find(desk, ref, "All came by one form.", Evidence((OWN,), (SCOPE,), ("https://x.example/a",)))
    commands.move(desk, LEAD, now(desk, ref), "concluded", "The form is mended.")
    view = look(desk, ref)
    assert (view.facts.status, view.facts.outcome) == ("concluded", "The form is mended.")
    assert set(view.cases["ref"]) == {OWN, NAMED}
    (finding,) = view.findings
    assert (finding.cases, finding.urls) == ((OWN,), ("https://x.example/a",))
    assert [(c.filter, c.count_then, c.count) for c in finding.lists] == [(SCOPE, 2, 3)]
    assert [h.state for h in view.hypotheses] == ["kept"]
    acts = [entry.act for entry in reversed(view.timeline)]
    assert acts == [
        *("opened", "pinned", "status", "pinned", "unpinned", "hypothesis_added"),
        *("hypothesis_judged",) * 3,
        *("finding_added", "status"),
    ]
    assert [e.refs for e in view.timeline if e.act == "pinned"] == [(OTHER, NAMED), (OWN,)]


def test_every_count_is_the_number_of_rows_that_it_opens(desk: Desk) -> None:
    ref = opened(desk)
    find(desk, ref, "As many as these.", Evidence(lists=(CaseFilter(market=("DE",)), SCOPE)))
    scopes = {}
    for person in (LEAD, SENIOR, VIEWER):
        view = look(desk, ref, person)
        assert view.scope
        scopes[person.username] = view.scope.count
        shown = [view.scope, *(one for f in view.findings for one in f.lists)]
        for one in shown:
            assert one.count == queue_view(desk, person, one.filter, facets=()).total
    assert (scopes[LEAD.username], scopes[SENIOR.username]) == (3, 2)


def test_an_ended_one_stands_until_it_is_opened_again(desk: Desk) -> None:
    ref = opened(desk, OWN)
    commands.move(desk, LEAD, now(desk, ref), "dropped", "The same as I-0002.")
    for act in (
        lambda: commands.pin(desk, LEAD, now(desk, ref), [OTHER]),
        lambda: commands.set_question(desk, LEAD, now(desk, ref), "Another?"),
        lambda: commands.add_hypothesis(desk, LEAD, now(desk, ref), "So?"),
        lambda: find(desk, ref, "So.", Evidence()),
        lambda: commands.add_person(desk, LEAD, now(desk, ref), "sam"),
    ):
        with pytest.raises(Refused, match="is dropped and is not changed"):
            act()
    commands.move(desk, LEAD, now(desk, ref), "in_progress")
    commands.set_question(desk, LEAD, now(desk, ref), "Another?")
    view = look(desk, ref)
    assert (view.facts.question, view.facts.outcome) == ("Another?", "The same as I-0002.")
    assert view.facts.ended_at is None


def test_a_save_against_an_older_version_is_refused_with_what_changed(desk: Desk) -> None:
    ref = opened(desk)
    before = now(desk, ref)
    commands.set_question(desk, SENIOR, before, "Why more than before?")
    with pytest.raises(Conflict, match="sam changed the question") as refusal:
        commands.add_finding(desk, LEAD, before, "One form.", Evidence())
    assert "Nothing of yours was saved" in refusal.value.hint
    view = look(desk, ref)
    assert view.findings == ()
    assert view.facts.question == "Why more than before?"
    commands.add_finding(desk, LEAD, now(desk, ref), "One form.", Evidence())
    assert len(look(desk, ref).findings) == 1


def test_a_conflict_tells_nothing_of_a_case_that_the_person_may_not_see(desk: Desk) -> None:
    ref = opened(desk)
    before = now(desk, ref)
    commands.pin(desk, LEAD, before, [NAMED])
    with pytest.raises(Conflict) as refusal:
        commands.set_question(desk, SENIOR, before, "Another?")
    assert NAMED not in refusal.value.message
    assert "something that you may not see" in refusal.value.message


def test_a_partner_manager_sees_own_cases_and_counts_and_no_others(desk: Desk) -> None:
    ref = opened(desk, OWN, OTHER, NAMED)
    find(desk, ref, "Of the other partner.", Evidence((OTHER,)))
    find(desk, ref, "Of both.", Evidence((OWN, OTHER)))
    find(desk, ref, "Of none.", Evidence(lists=(SCOPE,)))
    theirs = CaseFilter(partner=("P-0002",))
    find(desk, ref, "Of the own one.", Evidence((OWN,), (SCOPE,)))
    find(desk, ref, "Of a list of theirs.", Evidence((OWN,), (theirs,)))
    commands.set_scope(desk, LEAD, now(desk, ref), theirs)
    commands.add_hypothesis(desk, LEAD, now(desk, ref), "The other partner did it.")
    commands.move(desk, LEAD, now(desk, ref), "in_progress")
    commands.move(desk, LEAD, now(desk, ref), "concluded", "The other partner did it.")
    view = look(desk, ref, PAT)
    assert list(view.cases["ref"]) == [OWN]
    assert [f.finding.text for f in view.findings] == ["Of the own one."]
    assert [(c.filter, c.count, c.count_then) for c in view.findings[0].lists] == [(SCOPE, 1, None)]
    assert (view.hypotheses, view.facts.outcome, view.scope) == ((), "", None)
    assert {ref for entry in view.timeline for ref in entry.refs} == {OWN}
    assert {entry.item_id for entry in view.timeline} <= {None, view.findings[0].finding.id}
    assert view.is_partial
    told = repr(view)
    assert not [word for word in (OTHER, NAMED, "P-0002", "other partner") if word in told]
    (line,) = investigation_list(desk, PAT).lines
    assert line.pin_count == 1


def test_what_is_wholly_of_others_is_not_found_in_the_same_words(desk: Desk) -> None:
    ref = opened(desk, OTHER)
    with pytest.raises(NotFound) as foreign:
        look(desk, ref, PAT)
    with pytest.raises(NotFound) as unknown:
        look(desk, "I-9999", PAT)
    assert foreign.value.message.replace(ref, "") == unknown.value.message.replace("I-9999", "")
    assert foreign.value.hint == unknown.value.hint
    assert investigation_list(desk, PAT).lines == ()
    assert investigation_list(desk, PAT).people == ()
    commands.add_person(desk, LEAD, now(desk, ref), "pat")
    view = look(desk, ref, PAT)
    assert view.cases.empty
    assert not view.is_partial
    assert [line.pin_count for line in investigation_list(desk, PAT).lines] == [0]


def test_a_restricted_case_shows_only_to_those_named_on_it(desk: Desk) -> None:
    ref = opened(desk, NAMED, OWN)
    find(desk, ref, "A press source said so.", Evidence((NAMED,)))
    assert pinned(desk, ref) == {NAMED, OWN}
    view = look(desk, ref, SENIOR)
    assert set(view.cases["ref"]) == {OWN}
    assert view.findings == ()
    assert investigations_of_case(desk, SENIOR, NAMED) == ()
    assert [i.ref for i in investigations_of_case(desk, LEAD, NAMED)] == [ref]
    with pytest.raises(NotFound):
        commands.unpin(desk, SENIOR, now(desk, ref), [NAMED])
    with pytest.raises(NotFound, match=NAMED):
        commands.pin(desk, SENIOR, now(desk, ref), [OTHER, NAMED])
    assert pinned(desk, ref) == {NAMED, OWN}


def test_a_viewer_reads_the_question_and_none_of_the_texts(desk: Desk) -> None:
    ref = opened(desk, OWN)
    find(desk, ref, "One form.", Evidence((OWN,)))
    commands.add_hypothesis(desk, LEAD, now(desk, ref), "A form broke.")
    view = look(desk, ref, VIEWER)
    assert (view.facts.question, view.findings, view.hypotheses) == ("Why so many?", (), ())
    assert not view.can_write


def test_a_finding_is_changed_and_keeps_the_count_of_then(desk: Desk) -> None:
    ref = opened(desk)
    item = find(desk, ref, "One form.", Evidence((OWN,), (SCOPE,)))
    store_cases(desk.store, a_case(9, partner_id=2))
    evidence = Evidence((OTHER,), (SCOPE, CaseFilter(market=("DE",))))
    commands.edit_finding(desk, LEAD, now(desk, ref), item, "Two forms.", evidence)
    (finding,) = look(desk, ref).findings
    assert (finding.finding.text, finding.cases) == ("Two forms.", (OTHER,))
    assert [(one.count_then, one.count) for one in finding.lists] == [(2, 4), (3, 4)]
    with pytest.raises(NotFound):
        commands.edit_finding(desk, LEAD, now(desk, ref), item + 1, "No.", Evidence())


def test_people_come_and_go_and_the_lead_hands_over_first(desk: Desk) -> None:
    ref = opened(desk)
    commands.add_person(desk, LEAD, now(desk, ref), "sam")
    with pytest.raises(Refused, match="already"):
        commands.add_person(desk, LEAD, now(desk, ref), "sam")
    with pytest.raises(NotFound):
        commands.add_person(desk, LEAD, now(desk, ref), "nobody")
    with pytest.raises(Refused, match="leads it"):
        commands.remove_person(desk, LEAD, now(desk, ref), "lee")
    commands.set_lead(desk, LEAD, now(desk, ref), "sam")
    facts = look(desk, ref).facts
    assert (facts.lead, facts.members) == ("sam", ("lee",))
    commands.remove_person(desk, LEAD, now(desk, ref), "lee")
    assert look(desk, ref).facts.people == {"sam"}


def test_the_list_has_what_goes_on_first_and_ones_own_before_others(desk: Desk) -> None:
    ended, others, own = opened(desk), opened(desk), opened(desk)
    commands.move(desk, LEAD, now(desk, ended), "dropped", "No.")
    commands.set_lead(desk, LEAD, now(desk, others), "sam")
    commands.remove_person(desk, LEAD, now(desk, others), "lee")
    assert [line.ref for line in investigation_list(desk, LEAD).lines] == [own, others, ended]
    assert investigation_list(desk, SENIOR).lines[0].ref == others
    assert [i.ref for i in investigation_list(desk, LEAD, ("dropped",)).lines] == [ended]
    assert [i.ref for i in investigation_list(desk, LEAD, (), "sam").lines] == [others]
    assert investigation_list(desk, LEAD).people == ("lee", "sam")


def test_mine_is_kept_as_a_name(desk: Desk) -> None:
    ref = opened(desk, scope=CaseFilter(segment=Segment.MINE))
    assert look(desk, ref).facts.scope == CaseFilter(assignee=("lee",))
    commands.set_scope(desk, LEAD, now(desk, ref), CaseFilter(segment=Segment.TEAM))
    assert look(desk, ref).facts.scope == CaseFilter(team=("red",))


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, who: commands.open_investigation(desk, who, "Why?", SCOPE),
        lambda desk, who: commands.set_question(desk, who, Seen("I-0001", 1), "Why?"),
        lambda desk, who: commands.set_scope(desk, who, Seen("I-0001", 1), SCOPE),
        lambda desk, who: commands.pin(desk, who, Seen("I-0001", 1), [OWN]),
        lambda desk, who: commands.unpin(desk, who, Seen("I-0001", 1), [OWN]),
        lambda desk, who: commands.add_finding(desk, who, Seen("I-0001", 1), "So.", Evidence()),
        lambda desk, who: commands.edit_finding(desk, who, Seen("I-0001", 1), 1, "So.", Evidence()),
        lambda desk, who: commands.add_hypothesis(desk, who, Seen("I-0001", 1), "So?"),
        lambda desk, who: commands.judge_hypothesis(desk, who, Seen("I-0001", 1), 1, "kept", "x"),
        lambda desk, who: commands.add_person(desk, who, Seen("I-0001", 1), "sam"),
        lambda desk, who: commands.remove_person(desk, who, Seen("I-0001", 1), "sam"),
        lambda desk, who: commands.set_lead(desk, who, Seen("I-0001", 1), "sam"),
        lambda desk, who: commands.move(desk, who, Seen("I-0001", 1), "in_progress"),
    ],
)
@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_only_those_who_run_investigations_may(
    desk: Desk, act: Callable[[Desk, Person], Any]
) -> None:
    opened(desk)
    for who in (PAT, VIEWER, Person("ana", "Ana", "analyst"), Person("ada", "Ada", "auditor")):
        with pytest.raises(Refused, match="role does not allow"):
            act(desk, who)
    with pytest.raises(Refused, match="role does not allow"):
        look(desk, "I-0001", Person("adam", "Adam", "admin"))


def test_every_act_is_one_entry_of_the_record_without_any_text(desk: Desk) -> None:
    ref = opened(desk, OWN)
    find(desk, ref, "A secret text.", Evidence((OWN,), (), ("https://secret.example",)))
    commands.move(desk, LEAD, now(desk, ref), "dropped", "A secret outcome.")
    with desk.store.read() as connection:
        entries = audit_entries(connection, subject=ref)
        everything = repr(connection.execute(select(AuditRow.__table__)).all())
    acts = ["investigation.move", "investigation.add_finding", "investigation.open"]
    assert [entry.act for entry in entries] == acts
    assert "secret" not in everything
    assert "Why so many" not in everything


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_what_cannot_be_used_is_named_and_nothing_is_written(desk: Desk) -> None:
    ref = opened(desk)
    for act, at in (
        (lambda: opened_with(desk, " "), "question"),
        (lambda: find(desk, ref, "", Evidence()), "finding"),
        (lambda: find(desk, ref, "So.", Evidence(urls=("javascript:x",))), "links"),
        (lambda: commands.pin(desk, LEAD, now(desk, ref), [" "]), "cases"),
    ):
        with pytest.raises(BadInput) as refusal:
            act()
        assert refusal.value.at == at
    with pytest.raises(NotFound, match="E-999999"):
        find(desk, ref, "So.", Evidence((OWN, "E-999999")))
    view = look(desk, ref)
    assert (view.findings, view.facts.version) == ((), 1)
    assert len(investigation_list(desk, OPERATOR).lines) == 1


def opened_with(desk: Desk, question: str) -> str:
    return commands.open_investigation(desk, LEAD, question, SCOPE)
