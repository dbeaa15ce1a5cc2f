"""Gaps on both stores: acts, rights, conflicts, and no case for anybody that is out of their scope."""

from __future__ import annotations

import pytest

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter, Segment
from core.desk import gaps as commands
from core.desk.boot import Desk
from core.desk.gaps import NewGap, Seen
from core.errors import NotFound
from core.gaps.model import Gap
from core.storage import people
from core.storage.gap_reads import evidence_of, gap_by_ref, linked_cases
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


def test_a_case_out_of_scope_cannot_be_linked(desk: Desk) -> None:
    ref = commands.propose_gap(desk, ANALYST, NEW)
    for person, case in ((PAT, OTHER), (ANALYST, NAMED), (LEAD, "E-000099")):
        with pytest.raises(NotFound):
            commands.link_cases(desk, person, ref, [case], "weak", "Why")
    with pytest.raises(NotFound):
        commands.link_cases(desk, LEAD, "G-0099", [OWN], "weak", "Why")
