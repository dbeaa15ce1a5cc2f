"""Gaps on both stores: acts, rights, conflicts, and no case for anybody that is out of their scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter, Segment
from core.clock import FixedClock
from core.desk import gaps as commands
from core.desk.boot import Desk
from core.desk.gaps import Given, NewGap, NewTask, Seen
from core.errors import BadInput, Conflict, NotFound, Refused
from core.gaps.model import Gap, GapEntry
from core.gaps.workflow import States, first_states, moves, moves_from, reachable
from core.storage import people
from core.storage.gap_reads import entries_of, evidence_of, gap_by_ref, linked_cases, tasks_of
from core.storage.trail import audit_entries
from tests.support.gaps import enough, prove
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
LIAISON = Person("lia", "Lia", "policy_liaison")
ANALYST = Person("ann", "Ann", "analyst")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
VIEWER = Person("vic", "Vic", "viewer")
OWN, OTHER, NAMED, DONE = (f"E-{n:06d}" for n in (1, 2, 3, 4))
NEW = NewGap("Satire is taken down", "The rule does not tell satire.", "missing_rule", "high")

# Of rules that are pure, one store is enough.
SQLITE = pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)


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
        for who in (LEAD, LIAISON, ANALYST, PAT, VIEWER):
            people.add_user(write, people.NewUser(who.username, who.name, who.role, ""))


def gap_of(desk: Desk, ref: str) -> Gap:
    with desk.store.read() as connection:
        found = gap_by_ref(connection, ref)
    assert found
    return found


def now(desk: Desk, ref: str) -> Seen:
    return Seen(ref, gap_of(desk, ref).version)


def linked(desk: Desk, ref: str, person: Person = LEAD) -> set[str]:
    with desk.store.read() as connection:
        evidence = evidence_of(connection, scope_of(person), gap_of(desk, ref).id)
    return {one.case_ref for one in evidence}


def log(desk: Desk, ref: str, person: Person = LEAD) -> tuple[GapEntry, ...]:
    with desk.store.read() as connection:
        return entries_of(connection, scope_of(person), gap_of(desk, ref).id)


def test_a_gap_is_proposed_with_the_cases_that_show_it(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW, [OWN, OTHER])
    gap = gap_of(desk, ref)
    assert (ref, gap.version, gap.response, gap.implementation) == (
        *("G-0001", 1, "proposed", "not_started"),
    )
    assert (gap.title, gap.kind, gap.proposed_by, gap.is_open) == (NEW.title, "policy", "ann", True)
    assert linked(desk, ref) == {OWN, OTHER}
    assert linked(desk, ref, PAT) == {OWN}


def test_cases_are_linked_by_reference_or_by_a_list_and_only_once(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW, [OWN])
    everything = CaseFilter(segment=Segment.ALL)
    assert commands.linkable(desk, LEAD, ref, everything).new == 3
    assert commands.link_cases(desk, PAT, ref, everything, "weak", "Same here") == 1  # the finished
    assert commands.link_cases(desk, LEAD, ref, everything, "strong", "All of them") == 2
    assert commands.link_cases(desk, LEAD, ref, [OWN, DONE], "strong", "Again") == 0
    with desk.store.read() as connection:
        assert len(linked_cases(connection, 1)) == 4


@SQLITE
def test_a_case_out_of_scope_cannot_be_linked(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    for person, case in ((PAT, OTHER), (ANALYST, NAMED), (LEAD, "E-000099")):
        with pytest.raises(NotFound):
            commands.link_cases(desk, person, ref, [case], "weak", "Why")
    with pytest.raises(NotFound):
        commands.link_cases(desk, LEAD, "G-0099", [OWN], "weak", "Why")


def go(desk: Desk, ref: str, *acts: str, person: Person = LEAD) -> None:
    for act in acts:
        if "effect" in moves()[act].needs:
            prove(desk, person, now(desk, ref), enough(act))
        else:
            commands.move(desk, person, now(desk, ref), [act], enough(act))


def ways() -> dict[States, tuple[str, ...]]:
    """The shortest way from the first states to all others."""
    found: dict[States, tuple[str, ...]] = {first_states(): ()}
    for states in reachable():
        for move in moves_from(states):
            found.setdefault(move.after(states), (*found[states], move.act))
    return found


@SQLITE
def test_from_every_state_the_acts_of_the_table_go_and_no_others(desk: Desk) -> None:
    for states, way in ways().items():
        ref = commands.propose_gap(desk, ANALYST, NEW)
        go(desk, ref, *way)
        before = gap_of(desk, ref)
        assert before.states == states
        assert before.is_open is not states.is_closed
        for act in moves():
            if moves()[act] in moves_from(states):
                continue
            with pytest.raises(Refused, match="not open to it"):
                go(desk, ref, act)
        assert gap_of(desk, ref) == before


def test_a_gap_is_answered_worked_on_shipped_and_verified(desk: Desk, clock: FixedClock) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    commands.respond(desk, LIAISON, now(desk, ref), "assessing")
    assert gap_of(desk, ref).responded_at is None
    clock.advance(timedelta(days=1))
    answered_at = clock.now()
    commands.respond(desk, LIAISON, now(desk, ref), "accepted_part", Given("Only for images."))
    clock.advance(timedelta(days=1))
    commands.start(desk, LIAISON, now(desk, ref))
    commands.ship(desk, LIAISON, now(desk, ref), Given("Clause 4.2", "", date(2026, 3, 3)))
    proof = Given("Version 4.2 is public.", "https://x.example/4.2")
    with pytest.raises(Refused, match=r"The measured effect is: (too early|no data)"):
        commands.verify(desk, LIAISON, now(desk, ref), proof)
    with pytest.raises(Refused, match="proof"):
        prove(desk, LIAISON, now(desk, ref), Given("It is."))
    prove(desk, LIAISON, now(desk, ref), proof)
    gap = gap_of(desk, ref)
    assert (gap.response, gap.implementation) == ("accepted_part", "verified_closed")
    assert (gap.responded_at, gap.response_at) == (answered_at, answered_at)
    assert gap.shipped_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert gap.closed_at == clock.now()
    assert [e.act for e in reversed(log(desk, ref))] == [
        *("proposed", "assess", "accept_part", "start", "ship", "verify")
    ]
    assert log(desk, ref)[0].link == "https://x.example/4.2"
    commands.reopen(desk, LIAISON, now(desk, ref), Given("It came back."))
    assert gap_of(desk, ref).closed_at is None


@SQLITE
def test_putting_off_keeps_the_day_and_a_lead_alone_sets_aside(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    go(desk, ref, "defer")
    assert gap_of(desk, ref).review_on == date(2026, 4, 1)
    go(desk, ref, "accept", "ship")
    with pytest.raises(Refused, match="team lead"):
        go(desk, ref, "claim", person=LIAISON)
    go(desk, ref, "claim")
    assert gap_of(desk, ref).is_open


@SQLITE
def test_states_are_moved_by_those_who_write_gaps_only(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    for person in (ANALYST, PAT, VIEWER):
        with pytest.raises(Refused, match="Your role does not allow this"):
            go(desk, ref, "accept", person=person)


@SQLITE
def test_a_viewer_changes_nothing(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW, [OWN])
    acts: list[Callable[[], object]] = [
        lambda: commands.propose_gap(desk, VIEWER, NEW),
        lambda: commands.edit_gap(desk, VIEWER, now(desk, ref), replace(NEW, title="Other")),
        lambda: commands.set_matching(desk, VIEWER, now(desk, ref), CaseFilter(market=("DE",))),
        lambda: commands.link_cases(desk, VIEWER, ref, [OTHER], "weak", "Why"),
        lambda: commands.unlink_cases(desk, VIEWER, ref, [OWN]),
        lambda: commands.undo_link(desk, VIEWER, ref, 1),
        lambda: commands.add_task(desk, VIEWER, ref, NewTask("Write it")),
        lambda: commands.note(desk, VIEWER, ref, "Hm"),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Your role does not allow this"):
            act()


@SQLITE
def test_facts_are_changed_by_liaison_owner_and_until_it_is_answered_its_proposer(
    desk: Desk,
) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    commands.edit_gap(desk, ANALYST, now(desk, ref), replace(NEW, title="Parody is taken down"))
    with pytest.raises(Refused, match="not yours"):
        commands.edit_gap(desk, PAT, now(desk, ref), replace(NEW, title="Mine"))
    go(desk, ref, "accept")
    with pytest.raises(Refused, match="not yours"):
        commands.edit_gap(desk, ANALYST, now(desk, ref), replace(NEW, title="Late"))
    owned = replace(NEW, owner="ann", clauses=("MD-2",), target_on=date(2026, 5, 1))
    commands.edit_gap(desk, LIAISON, now(desk, ref), owned)
    commands.edit_gap(desk, ANALYST, now(desk, ref), replace(owned, title="As its owner"))
    gap = gap_of(desk, ref)
    assert (gap.title, gap.owner, gap.clauses) == ("As its owner", "ann", ("MD-2",))
    assert gap.target_on == date(2026, 5, 1)
    assert log(desk, ref)[0].value == "title"
    with pytest.raises(Refused, match="Nothing is changed"):
        commands.edit_gap(desk, LIAISON, now(desk, ref), replace(owned, title="As its owner"))


@SQLITE
def test_a_closed_gap_is_not_changed_but_takes_evidence_and_notes(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    go(desk, ref, "decline")
    for act in (
        lambda: commands.edit_gap(desk, LEAD, now(desk, ref), replace(NEW, title="Other")),
        lambda: commands.set_matching(desk, LEAD, now(desk, ref), CaseFilter(market=("DE",))),
        lambda: commands.add_task(desk, LEAD, ref, NewTask("Write it")),
    ):
        with pytest.raises(Refused, match="is closed") as refused:
            act()
        assert refused.value.hint == "Reconsider first."
    commands.note(desk, ANALYST, ref, "It goes on.", "https://x.example/more")
    assert commands.link_cases(desk, ANALYST, ref, [OWN], "strong", "Again") == 1


@SQLITE
def test_what_is_missing_wrong_or_too_long_is_refused_with_its_place(desk: Desk) -> None:
    for part, at in (
        ({"title": " "}, "title"),
        ({"statement": "x" * 4001}, "statement"),
        ({"gap_type": "hole"}, "type"),
        ({"severity": "hgih"}, "severity"),
        ({"abuse_types": ("other",)}, "areas"),
        ({"clauses": ("XX-99",)}, "clauses"),
        ({"owner": "vic"}, "owner"),
        ({"stakeholders": ("x" * 81,)}, "stakeholders"),
    ):
        with pytest.raises(BadInput) as refused:
            commands.propose_gap(desk, LEAD, replace(NEW, **part))
        assert refused.value.at == at
    ref = commands.propose_gap(desk, LEAD, NEW)
    for strength, reason, at in (("sure", "Why", "strength"), ("weak", " ", "reason")):
        with pytest.raises(BadInput) as refused:
            commands.link_cases(desk, LEAD, ref, [OWN], strength, reason)
        assert refused.value.at == at
    with pytest.raises(BadInput, match="no link"):
        commands.note(desk, LEAD, ref, "See", "javascript:alert(1)")


@SQLITE
def test_matching_means_the_same_to_everybody(desk: Desk) -> None:
    ref = commands.propose_gap(desk, LEAD, NEW)
    commands.set_matching(desk, LEAD, now(desk, ref), CaseFilter(segment=Segment.MINE))
    matching = gap_of(desk, ref).matching
    assert matching
    assert (matching.segment, matching.assignee) == (Segment.ALL, ("lee",))
    for wrong in (CaseFilter(gap="G-0001"), CaseFilter(due_within=60)):
        with pytest.raises(Refused):
            commands.set_matching(desk, LEAD, now(desk, ref), wrong)
    commands.set_matching(desk, LEAD, now(desk, ref), None)
    assert gap_of(desk, ref).matching is None


@SQLITE
def test_whoever_saves_over_a_change_is_told_what_changed(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    seen = now(desk, ref)
    commands.note(desk, ANALYST, ref, "A note is no change.")
    commands.link_cases(desk, ANALYST, ref, [OWN], "weak", "Nor is evidence")
    commands.edit_gap(desk, LIAISON, seen, replace(NEW, severity="critical"))
    go(desk, ref, "accept_part", person=LIAISON)
    with pytest.raises(Conflict) as conflict:
        commands.edit_gap(desk, LEAD, seen, replace(NEW, severity="low"))
    assert conflict.value.message == (
        "G-0001 was changed while you looked at it: lia changed severity; "
        "lia set the response to accepted in part."
    )
    assert gap_of(desk, ref).severity == "critical"


@SQLITE
def test_links_are_taken_away_by_whoever_made_them_or_writes_gaps(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW, [OWN, OTHER])
    commands.link_cases(desk, PAT, ref, [DONE], "weak", "This too")
    with pytest.raises(Refused, match="linked by somebody else"):
        commands.unlink_cases(desk, PAT, ref, [OWN, DONE])
    assert commands.unlink_cases(desk, PAT, ref, [DONE]) == 1
    assert commands.unlink_cases(desk, LIAISON, ref, [OWN, DONE]) == 1
    assert linked(desk, ref) == {OTHER}


def test_linking_in_bulk_is_taken_back_as_a_whole(desk: Desk, clock: FixedClock) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW, [OWN])
    clock.advance(timedelta(minutes=1))
    commands.link_cases(desk, LEAD, ref, CaseFilter(segment=Segment.ALL), "strong", "All")
    entry = log(desk, ref)[0]
    assert (entry.act, entry.value, set(entry.refs)) == ("linked", "strong", {OTHER, NAMED, DONE})
    with pytest.raises(Refused, match="done by lee"):
        commands.undo_link(desk, ANALYST, ref, entry.id)
    assert commands.undo_link(desk, LEAD, ref, entry.id) == 3
    assert linked(desk, ref) == {OWN}
    with pytest.raises(Refused, match="taken back already"):
        commands.undo_link(desk, LEAD, ref, entry.id)
    commands.unlink_cases(desk, LEAD, ref, [OWN])
    entry = log(desk, ref)[0]
    assert commands.undo_link(desk, LEAD, ref, entry.id) == 1
    with desk.store.read() as connection:
        (back,) = evidence_of(connection, scope_of(LEAD), 1)
    assert (back.case_ref, back.linked_by, back.strength) == (OWN, "ann", "supporting")
    commands.unlink_cases(desk, LEAD, ref, [OWN])
    clock.advance(timedelta(minutes=10))
    with pytest.raises(Refused, match="10 minutes"):
        commands.undo_link(desk, LEAD, ref, log(desk, ref)[0].id)


def test_the_log_names_cases_in_scope_only_and_reasons_stay_with_their_case(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    commands.link_cases(desk, LEAD, ref, [OWN, OTHER, NAMED], "strong", "Told by lee")
    commands.link_cases(desk, LEAD, ref, [DONE], "weak", "And this")
    commands.unlink_cases(desk, LEAD, ref, [NAMED])
    assert [entry.refs for entry in log(desk, ref, PAT)] == [(DONE,), (OWN,), ()]
    assert [entry.act for entry in log(desk, ref, PAT)] == ["linked", "linked", "proposed"]
    assert all(not entry.reason for entry in log(desk, ref))
    with desk.store.read() as connection:
        told = {e.case_ref: e.reason for e in evidence_of(connection, scope_of(VIEWER), 1)}
    assert told == {OWN: "", OTHER: "", DONE: ""}


def test_tasks_are_added_finished_and_taken_up_again(desk: Desk) -> None:
    ref = commands.propose_gap(desk, LEAD, NEW)
    new = NewTask("Write the rule", "ann", date(2026, 3, 9))
    key = commands.add_task(desk, LIAISON, ref, new)
    commands.finish_task(desk, ANALYST, ref, key)
    with pytest.raises(Refused, match="finished by ann"):
        commands.finish_task(desk, LEAD, ref, key)
    with pytest.raises(Refused, match="not yours"):
        commands.reopen_task(desk, ANALYST, ref, key)
    commands.reopen_task(desk, LIAISON, ref, key)
    with desk.store.read() as connection:
        (task,) = tasks_of(connection, 1)
    assert (task.text, task.owner, task.due_on, task.done_at) == (
        *("Write the rule", "ann", date(2026, 3, 9), None),
    )
    with pytest.raises(NotFound):
        commands.finish_task(desk, LEAD, ref, 99)
    with pytest.raises(BadInput, match="cannot do this"):
        commands.add_task(desk, LEAD, ref, NewTask("Read it", "vic"))


@SQLITE
def test_the_record_of_acts_has_codes_and_references_and_no_words(desk: Desk) -> None:
    ref = commands.propose_gap(desk, LEAD, replace(NEW, stakeholders=("Zebra team",)), [OWN])
    commands.link_cases(desk, LEAD, ref, [OTHER], "weak", "A zebra told us")
    commands.note(desk, LEAD, ref, "Zebra again", "https://zebra.example/x")
    commands.add_task(desk, LEAD, ref, NewTask("Ask the zebra"))
    go(desk, ref, "accept", "ship", "verify")
    with desk.store.read() as connection:
        entries = [e for e in audit_entries(connection) if e.act.startswith("gap.")]
    assert {e.act for e in entries} == {
        *("gap.propose", "gap.link", "gap.note", "gap.add_task"),
        *("gap.respond", "gap.ship", "gap.verify"),
    }
    assert all(e.subject == ref for e in entries)
    assert "zebra" not in str([e.details for e in entries]).lower()
    (linked_entry,) = [e for e in entries if e.act == "gap.link"]
    assert linked_entry.details == {"cases": [OTHER], "strength": "weak"}
