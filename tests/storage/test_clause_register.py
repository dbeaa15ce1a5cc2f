"""The clause register on both stores: versions are added, never rewritten, and counted as the queue does."""

from __future__ import annotations

from datetime import date

import pytest

from core.cases.filter import CaseFilter
from core.desk import policy_acts as acts
from core.desk.boot import Desk
from core.desk.clause_register import clause_register, clause_view
from core.desk.policy_impact import impact
from core.desk.queue import queue_view
from core.errors import BadInput, Conflict, NotFound, Refused
from tests.support.policy_team import (
    ANN,
    LEAD,
    LIAISON,
    PAT,
    TODAY,
    VIEWER,
    a_version,
    add_team,
    decide,
    line,
    opens,
)


@pytest.fixture(autouse=True)
def team(desk: Desk) -> None:
    """People of every role, and cases of two partners under two clauses."""
    add_team(desk)


def test_a_new_version_ends_the_one_before_and_touches_what_that_decided_lately(
    desk: Desk,
) -> None:
    before = clause_view(desk, ANN, "RM-2")
    ref = acts.add_clause_version(desk, LIAISON, a_version())
    assert ref == "RM-2@3.0"
    after = clause_view(desk, ANN, "RM-2")
    assert [v.clause.version for v in after.versions] == ["3.0", "2.0", "1.0"]
    assert [v.clause.body for v in after.versions[1:]] == [v.clause.body for v in before.versions]
    assert after.versions[0].is_in_force
    assert not after.versions[1].is_in_force
    assert after.versions[1].clause.effective_to == desk.clock.now()
    for person, lately, all_of_it in ((ANN, 2, 4), (PAT, 1, 1)):
        found = impact(desk, person, line(desk, person, ref).update)
        assert found.before == "RM-2@2.0"
        assert found.look_again is not None
        assert found.decided is not None
        assert found.look_again.count == lately == opens(desk, person, found.look_again)
        assert found.decided.count == all_of_it == opens(desk, person, found.decided)
    assert line(desk, ANN, ref).update.importance == "critical"


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_version_that_cannot_follow_is_refused(desk: Desk) -> None:
    before = clause_view(desk, ANN, "RM-2").versions[0].clause
    for parts, error, said in (
        ({"after": "1.0"}, Conflict, "has version 2.0 by now"),
        ({"effective_from": date(2026, 3, 1)}, BadInput, "is past"),
        ({"clause": "XX-9"}, NotFound, "XX-9"),
        ({"text": ""}, BadInput, "text is empty"),
        ({"title": before.title, "text": before.body}, BadInput, "Nothing in it is new"),
    ):
        with pytest.raises(error, match=said):
            acts.add_clause_version(desk, LIAISON, a_version(**parts))
    with pytest.raises(Refused):
        acts.add_clause_version(desk, LEAD, a_version())


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_version_announced_for_later_leaves_the_present_one_in_force(desk: Desk) -> None:
    acts.add_clause_version(desk, LIAISON, a_version(effective_from=date(2026, 3, 12)))
    row = next(one for one in clause_register(desk, ANN).lines if one.key == "RM-2")
    assert (row.version, row.next_version) == ("2.0", "3.0")
    with pytest.raises(BadInput, match="begins on 2026-03-12"):
        acts.add_clause_version(desk, LIAISON, a_version(after="3.0", effective_from=TODAY))


def test_the_register_counts_cases_by_version_as_the_queue_does(desk: Desk) -> None:
    decide(desk, 1, version="1.0")
    clause_register(desk, ANN)
    decide(desk, 3, version="1.0")  # added to what was read before
    for person, numbers in ((ANN, [4, 2]), (PAT, [1, 1]), (VIEWER, [4, 2])):
        view = clause_view(desk, person, "RM-2")
        counted = [one.decided for one in view.versions]
        assert [one.count for one in counted if one] == numbers
        assert [opens(desk, person, one) for one in counted] == numbers
        assert view.open_cases is not None
        assert view.open_cases.count == opens(desk, person, view.open_cases)
    row = next(one for one in clause_register(desk, ANN).lines if one.key == "RM-2")
    assert row.decided is not None
    assert (row.version, row.decided.count, row.version_count) == ("2.0", 4, 2)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_version_in_an_address_narrows_the_queue_and_nonsense_is_left_out(desk: Desk) -> None:
    found, ignored = CaseFilter.from_params({"segment": "all", "decided_under": "RM-2@2.0"})
    assert (found.decided_under, ignored) == ("RM-2@2.0", [])
    assert CaseFilter.from_params(found.to_params())[0] == found
    rows = queue_view(desk, ANN, found, facets=()).rows
    assert set(rows["ref"]) == {f"E-{n:06d}" for n in (5, 6, 7, 8)}
    narrowed = found.but(cases=("E-000005", "E-000001"))
    assert list(queue_view(desk, ANN, narrowed, facets=()).rows["ref"]) == ["E-000005"]
    assert queue_view(desk, ANN, found.but(decided_under="RM-2@9.9"), facets=()).total == 0
    _, ignored = CaseFilter.from_params({"decided_under": "no version"})
    assert len(ignored) == 1
