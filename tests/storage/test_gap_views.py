"""The list of gaps and one dossier: who is told what, and what each ask finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk import gaps as commands
from core.desk.boot import Desk
from core.desk.gap_views import GapAsk, GapDossier, gap_dossier, gap_list, gaps_with_case
from core.desk.gaps import Given, NewGap, NewTask, Seen
from core.errors import NotFound, Refused
from core.storage import people
from tests.support.rows import DRAFT, a_case, a_partner, store_cases, store_partners

pytestmark = pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
LEAD = Person("lee", "Lee", "team_lead")
LIAISON = Person("lia", "Lia", "policy_liaison")
ANALYST = Person("ann", "Ann", "analyst")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
VIEWER = Person("vic", "Vic", "viewer")
ADMIN = Person("ada", "Ada", "admin")
OWN, OTHER = "E-000001", "E-000002"
RULE = NewGap(
    *("Satire", "No rule tells satire.", "missing_rule", "critical"),
    abuse_types=("hateful_conduct",),
    clauses=("MD-2",),
    owner="lia",
    matching=CaseFilter(partner=("P-0002",)),
)
TOOL = NewGap("No bulk reply", "Replies go out one by one.", "tooling_gap", "low")


@pytest.fixture(autouse=True)
def gaps(desk: Desk, clock: FixedClock) -> None:
    """A critical gap of a rule, and a small one of a tool that came a day later."""
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(desk.store, a_case(1, partner_id=1), a_case(2, partner_id=2))
    with desk.store.write(DRAFT) as write:
        for who in (LEAD, LIAISON, ANALYST, PAT, VIEWER):
            people.add_user(write, people.NewUser(who.username, who.name, who.role, ""))
    commands.propose_gap(desk, ANALYST, RULE, [OWN, OTHER])
    clock.advance(timedelta(days=1))
    commands.propose_gap(desk, LEAD, TOOL)


def found(desk: Desk, ask: GapAsk, person: Person = LEAD) -> list[str]:
    return [line.gap.ref for line in gap_list(desk, person, ask).lines]


def view(desk: Desk, person: Person = LEAD, ref: str = "G-0001") -> GapDossier:
    return gap_dossier(desk, person, ref)


def seen(desk: Desk, ref: str) -> Seen:
    return Seen(ref, view(desk, LEAD, ref).gap.version)


def test_an_ask_finds_the_gaps_that_have_all_its_parts(desk: Desk) -> None:
    for ask, refs in (
        (GapAsk(), ["G-0001", "G-0002"]),
        (GapAsk(kind=("process",)), ["G-0002"]),
        (GapAsk(kind=("policy", "process"), severity=("critical",)), ["G-0001"]),
        (GapAsk(gap_type=("training_gap",)), []),
        (GapAsk(area=("hateful_conduct", "spam")), ["G-0001"]),
        (GapAsk(clause=("MD-2",)), ["G-0001"]),
        (GapAsk(owner=("lia",)), ["G-0001"]),
        (GapAsk(owner=("",)), ["G-0002"]),
        (GapAsk(response=("proposed",)), ["G-0001", "G-0002"]),
        (GapAsk(implementation=("shipped",)), []),
        (GapAsk(is_overdue=True), []),
        (GapAsk(is_mine=True), ["G-0002"]),
    ):
        assert found(desk, ask) == refs, ask


def test_late_gaps_come_first_and_are_told_to_owner_and_lead(desk: Desk, clock: FixedClock) -> None:
    commands.add_task(desk, LEAD, "G-0002", NewTask("Ask for it", "ann", date(2026, 3, 4)))
    clock.advance(timedelta(days=2))
    assert found(desk, GapAsk()) == ["G-0002", "G-0001"]
    assert found(desk, GapAsk(is_overdue=True)) == ["G-0002"]
    assert found(desk, GapAsk(is_mine=True), ANALYST) == ["G-0002", "G-0001"]
    late = {p.username: gap_list(desk, p, GapAsk()).late for p in (LEAD, LIAISON, ANALYST, PAT)}
    assert {who: [line.gap.ref for line in lines] for who, lines in late.items()} == {
        "lee": ["G-0002"],
        "lia": [],
        "ann": ["G-0002"],
        "pat": [],
    }
    assert view(desk, LEAD, "G-0002").overdue[0].days == 1


def test_closed_gaps_are_listed_when_they_are_asked_for(desk: Desk) -> None:
    commands.respond(desk, LEAD, seen(desk, "G-0002"), "declined", Given("Too small."))
    assert found(desk, GapAsk()) == ["G-0001"]
    assert found(desk, GapAsk(with_closed=True)) == ["G-0001", "G-0002"]
    assert found(desk, GapAsk(response=("declined",))) == ["G-0002"]


def test_counts_evidence_and_filter_follow_the_scope_of_the_reader(desk: Desk) -> None:
    linked = {p.username: gap_list(desk, p, GapAsk()).lines[0].linked for p in (LEAD, PAT, VIEWER)}
    assert linked == {"lee": 2, "pat": 1, "vic": 2}
    assert [one.case_ref for one in view(desk, PAT).evidence] == [OWN]
    assert (view(desk, PAT).gap.matching, view(desk, PAT).is_matching_hidden) == (None, True)
    assert view(desk, LIAISON).gap.matching is not None
    assert [gap.ref for gap in gaps_with_case(desk, ANALYST, OTHER)] == ["G-0001"]
    assert gaps_with_case(desk, PAT, OTHER) == ()


def test_a_dossier_offers_what_the_state_and_the_role_allow(desk: Desk) -> None:
    assert view(desk, ANALYST).offers == ()
    assert view(desk, VIEWER).why_not_edit is not None
    assert view(desk, ANALYST).why_not_edit is None  # the proposer, until it is answered
    assert {offer.move.act for offer in view(desk, LIAISON).offers} == {
        *("assess", "accept", "accept_part", "say_done", "decline", "defer")
    }
    commands.respond(desk, LIAISON, seen(desk, "G-0001"), "accepted_full")
    shipped = Given("Version 2", "https://x.example/2", date(2026, 3, 1))
    commands.ship(desk, LIAISON, seen(desk, "G-0001"), shipped)
    refused = {offer.move.act for offer in view(desk, LIAISON).offers if offer.why_not}
    assert refused == {"claim"}
    assert not any(offer.why_not for offer in view(desk, LEAD).offers)
    told = view(desk, VIEWER).shipping
    assert told
    assert (told.reason, told.link) == ("Version 2", "https://x.example/2")
    assert view(desk, ANALYST).why_not_edit is not None


def test_what_can_be_taken_back_is_known_to_whoever_did_it(desk: Desk, clock: FixedClock) -> None:
    commands.link_cases(desk, ANALYST, "G-0002", [OWN], "weak", "Here too")
    entry = view(desk, ANALYST, "G-0002").log[0].id
    assert view(desk, ANALYST, "G-0002").undoable == {entry}
    assert view(desk, PAT, "G-0002").undoable == frozenset()
    clock.advance(timedelta(minutes=10))
    assert view(desk, ANALYST, "G-0002").undoable == frozenset()


def test_an_unknown_gap_and_a_role_without_the_right_are_refused(desk: Desk) -> None:
    with pytest.raises(NotFound, match="Gap G-0099 was not found"):
        view(desk, VIEWER, "G-0099")
    for ask in (lambda: gap_list(desk, ADMIN, GapAsk()), lambda: view(desk, ADMIN)):
        with pytest.raises(Refused, match="Your role"):
            ask()
    assert gaps_with_case(desk, ADMIN, OWN) == ()


def test_a_person_of_the_machine_reads_everything(desk: Desk) -> None:
    operator = replace(ADMIN, is_operator=True)
    assert len(view(desk, operator).evidence) == 2
