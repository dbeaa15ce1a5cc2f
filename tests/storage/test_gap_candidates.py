"""Candidates on both stores: what is found, who sees which counts, the acts, and new evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.boot import Desk
from core.desk.gap_candidate_acts import (
    accept_candidate,
    dismiss_candidate,
    merge_candidate,
    suggested_gap,
    take_back,
)
from core.desk.gap_candidates import SeenCandidate, candidates_view
from core.desk.gap_people import people_view
from core.desk.gap_texts import cluster_filter, texts_view
from core.desk.gaps import NewGap, propose_gap
from core.desk.queue import queue_view
from core.errors import BadInput, Conflict, NotFound, Refused
from core.gaps.candidates import matching_filter
from core.storage import people
from core.storage.gap_candidates import ACTS
from core.storage.gap_reads import gap_by_ref, linked_cases
from core.storage.privacy import erase, erase_due
from core.storage.trail import audit_entries
from tests.support.mined_store import (
    GAP,
    PEOPLE,
    add_alike_texts,
    add_deciders,
    add_decisions,
    fill_with_decisions,
)
from tests.support.rows import DRAFT

LEAD = Person("lee", "Lee", "team_lead", team="red")
LIAISON = Person("lia", "Lia", "policy_liaison")
ANALYST = Person("ann", "Ann", "analyst")
VIEWER = Person("vic", "Vic", "viewer")
PAT = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({1}))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHERE = (("clause", GAP),)
# Of what is pure or reads the snapshot, one store is enough.
SQLITE = pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)


@pytest.fixture
def decided(desk: Desk, clock: FixedClock) -> Iterator[Desk]:
    """A desk with a year of decisions, one clause of which is overturned too often."""
    clock.at = NOW
    fill_with_decisions(desk.store, NOW)
    with desk.store.write(DRAFT) as write:
        for who in (LEAD, LIAISON, ANALYST, VIEWER, PAT):
            people.add_user(write, people.NewUser(who.username, who.name, who.role, ""))
    yield desk
    desk.snapshot.close()


def first(desk: Desk, person: Person = LIAISON) -> SeenCandidate:
    return candidates_view(desk, person).seen[0]


def total(desk: Desk, person: Person, cases: CaseFilter) -> int:
    return queue_view(desk, person, cases, facets=()).total


@SQLITE
def test_the_clause_with_the_gap_is_the_first_candidate_with_counts_that_open_its_cases(
    decided: Desk,
) -> None:
    view = candidates_view(decided, LIAISON)
    seen = view.seen[0]
    assert seen.candidate.where == WHERE
    assert seen.candidate.excess is not None
    assert seen.candidate.unclear is not None
    assert view.new[0] is seen
    for seen in view.seen:
        for signal in seen.candidate.signals:
            assert (
                total(decided, LIAISON, view.ground.reviewed_cases(signal.where)) == signal.reviewed
            )
        if excess := seen.candidate.excess:
            assert (
                total(decided, LIAISON, view.ground.overturned_cases(excess.where)) == excess.hits
            )
        if unclear := seen.candidate.unclear:
            assert total(decided, LIAISON, view.ground.unclear_cases(unclear.where)) == unclear.hits


@SQLITE
def test_cases_count_only_for_those_who_see_them(decided: Desk) -> None:
    with pytest.raises(Refused, match="all partners"):
        candidates_view(decided, PAT)
    every = total(decided, LEAD, candidates_view(decided, LEAD).ground.cases)
    for person in (LEAD, ANALYST):
        view = candidates_view(decided, person)
        assert view.reviewed == total(decided, person, view.ground.cases)
    assert candidates_view(decided, ANALYST).reviewed <= every


def test_an_accepted_candidate_is_a_gap_with_its_cases(decided: Desk) -> None:
    view = candidates_view(decided, LIAISON)
    seen = view.seen[0]
    new = replace(suggested_gap(view.ground, seen), title="Reference files are read in two ways")
    ref = accept_candidate(decided, LIAISON, seen.key, new)
    with decided.store.read() as connection:
        gap = gap_by_ref(connection, ref)
        assert gap is not None
        assert (gap.title, gap.clauses, gap.matching) == (new.title, (GAP,), matching_filter(WHERE))
        assert len(linked_cases(connection, gap.id)) == view.ground.rules.evidence_cases
        entry = audit_entries(connection, limit=1)[0]
    assert (entry.act, entry.details["gap"]) == ("gap.candidate_accept", ref)
    after = candidates_view(decided, LIAISON)
    assert after.filed[0].gap is not None
    assert after.filed[0].gap.ref == ref
    assert all(s.candidate.where != WHERE for s in after.new)
    with pytest.raises(Conflict):
        accept_candidate(decided, LEAD, seen.key, new)


@SQLITE
def test_a_gap_that_somebody_filed_by_hand_folds_the_candidate_too(decided: Desk) -> None:
    new = NewGap("By hand", "x", "ambiguous_rule", "high", matching=matching_filter(WHERE))
    ref = propose_gap(decided, LEAD, new)
    filed = candidates_view(decided, LIAISON).filed
    assert [s.gap.ref for s in filed if s.gap] == [ref]


@SQLITE
def test_a_candidate_becomes_part_of_a_gap(decided: Desk) -> None:
    market = matching_filter((("clause", "RM-1"),))
    ref = propose_gap(decided, LEAD, NewGap("T", "S", "ambiguous_rule", "high", matching=market))
    number = merge_candidate(decided, LIAISON, first(decided).key, ref)
    assert number == 20
    with decided.store.read() as connection:
        gap = gap_by_ref(connection, ref)
    assert gap is not None
    assert gap.matching is not None
    assert gap.matching.clause == ("RM-1", GAP)
    assert candidates_view(decided, LIAISON).filed[0].gap == gap
    with pytest.raises(BadInput):
        merge_candidate(decided, LIAISON, first(decided).key, "")
    with pytest.raises(NotFound):
        merge_candidate(decided, LEAD, "0" * 16, ref)


@SQLITE
def test_a_dismissed_candidate_stays_away_until_new_evidence(
    decided: Desk, clock: FixedClock
) -> None:
    key = first(decided).key
    with pytest.raises(Refused, match="reason"):
        dismiss_candidate(decided, LIAISON, key, " ")
    dismiss_candidate(decided, LIAISON, key, "A campaign of one day")
    view = candidates_view(decided, ANALYST)
    assert [s.key for s in view.dismissed] == [key]
    assert all(s.key != key for s in view.new)
    clock.at = NOW + timedelta(days=60)
    add_decisions(decided.store, clock.at, seed=5, first=10_001, each=90, days=50)
    again = candidates_view(decided, LIAISON)
    seen = again.find(key)
    assert seen is not None
    assert seen.is_back
    assert seen in again.new
    dismiss_candidate(decided, LEAD, key, "Still the campaign")
    assert first(decided).act is not None
    take_back(decided, LEAD, key)
    assert first(decided).act is None
    with pytest.raises(Refused):
        take_back(decided, LEAD, key)


@SQLITE
def test_roles_without_the_right_are_refused(decided: Desk) -> None:
    view = candidates_view(decided, VIEWER)
    key = view.seen[0].key
    with pytest.raises(Refused):
        accept_candidate(decided, VIEWER, key, suggested_gap(view.ground, view.seen[0]))
    with pytest.raises(Refused):
        dismiss_candidate(decided, ANALYST, key, "No")
    with pytest.raises(Refused):
        take_back(decided, ANALYST, key)


def test_a_reason_is_erased_with_the_one_it_tells_of_and_when_its_time_is_over(
    decided: Desk, clock: FixedClock
) -> None:
    key = first(decided).key
    dismiss_candidate(decided, LIAISON, key, "Ottiline Sings sent all of them")
    with decided.store.write(Draft("admin", "requester.erase", "")) as write:
        erase(write, "Ottiline Sings")
    with decided.store.read() as connection:
        (row,) = connection.execute(select(ACTS)).all()
    assert row.reason == ""
    assert row.erased_at is not None
    take_back(decided, LIAISON, key)
    dismiss_candidate(decided, LIAISON, key, "Old")
    with decided.store.write(Draft("desk", "retention.erase", "")) as write:
        erase_due(write, NOW + timedelta(days=365 * 12))
    with decided.store.read() as connection:
        assert {row.reason for row in connection.execute(select(ACTS))} == {""}


@SQLITE
def test_a_clause_that_people_decide_differently_is_told_without_names(decided: Desk) -> None:
    add_deciders(decided.store, NOW)
    view = people_view(decided, LIAISON)
    (seen,) = view.seen
    found = seen.candidate.people
    assert found is not None
    assert seen.candidate.where == WHERE
    assert found.people == view.people == len(PEOPLE)
    assert found.high_share - found.low_share > 0.4
    assert not any(name in repr(seen) for name in PEOPLE)
    new = suggested_gap(view.ground, seen)
    assert new.gap_type == "training_gap"
    dismiss_candidate(decided, LIAISON, seen.key, "Trained last week")
    assert people_view(decided, LEAD).dismissed
    assert not candidates_view(decided, LEAD).dismissed  # the overturns are another matter


@SQLITE
def test_alike_texts_are_a_candidate_and_their_words_are_for_those_who_read_texts(
    decided: Desk,
) -> None:
    add_alike_texts(decided.store, NOW)
    view = texts_view(decided, LIAISON)
    (seen,) = view.seen
    found = seen.candidate.texts
    assert found is not None
    assert len(found.cases) == 21  # of 24, three are restricted
    assert "lyrics" in " ".join(found.terms)
    assert found.severe == 21
    assert total(decided, LIAISON, cluster_filter(found)) == 21
    without = texts_view(decided, VIEWER).seen
    assert [s.candidate.texts.terms for s in without if s.candidate.texts] == [()]
    assert "lyrics" not in suggested_gap(view.ground, seen).title
    ref = accept_candidate(decided, LIAISON, seen.key, suggested_gap(view.ground, seen))
    with decided.store.read() as connection:
        gap = gap_by_ref(connection, ref)
        assert gap is not None
        assert gap.matching is None
        assert len(linked_cases(connection, gap.id)) == 21
    assert [s.gap.ref for s in texts_view(decided, LEAD).filed if s.gap] == [ref]


@SQLITE
def test_a_dismissed_group_of_texts_is_known_again_when_it_has_grown(
    decided: Desk, clock: FixedClock
) -> None:
    add_alike_texts(decided.store, NOW)
    (seen,) = texts_view(decided, LIAISON).seen
    dismiss_candidate(decided, LIAISON, seen.key, "A campaign")
    assert [s.key for s in texts_view(decided, LEAD).dismissed] == [seen.key]
    add_alike_texts(decided.store, NOW, first=60_001, count=6)
    grown = texts_view(decided, LEAD)
    assert grown.dismissed
    assert grown.dismissed[0].since < 11
    add_alike_texts(decided.store, NOW, first=70_001, count=14)
    assert any(s.is_back and s.since >= 12 for s in texts_view(decided, LEAD).new)
