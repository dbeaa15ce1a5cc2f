"""Who may do what and how far their reads reach: decided by the tables, deny by default."""

from __future__ import annotations

import pytest

from core.access.model import Person
from core.access.permissions import is_bound_to_partners, role_may, who_may
from core.access.rules import (
    home_page,
    may,
    may_open,
    open_page,
    pages_of,
    require,
    scope_of,
    why_not,
)
from core.errors import NotFound, Refused
from core.taxonomy import acts, page_entries, taxonomy

ROLES = tuple(taxonomy().roles)


def somebody(role: str, *, partner_ids: frozenset[int] = frozenset()) -> Person:
    return Person("somebody", "Somebody", role, partner_ids=partner_ids)


OPERATOR = Person("operator", "Operator", "admin", is_operator=True)


@pytest.mark.parametrize("role", ROLES)
def test_why_not_agrees_with_the_table_of_permissions(role: str) -> None:
    for key, act in acts().items():
        assert (why_not(somebody(role), key) is None) == (role in act.roles)


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(Refused, match="import cases") as refusal:
        require(somebody("viewer"), "import.run")
    assert "Team lead" in refusal.value.hint


def test_several_roles_are_read_as_a_sentence() -> None:
    assert who_may("audit.read") == "Admin or Auditor"


def test_an_act_that_is_not_in_the_table_is_a_mistake_and_not_a_permission() -> None:
    with pytest.raises(LookupError, match="teleport"):
        role_may("team_lead", "case.teleport")


def test_the_operator_may_do_everything_and_sees_everything() -> None:
    assert all(may(OPERATOR, act) for act in acts())
    scope = scope_of(OPERATOR)
    assert scope.partner_ids is None
    assert scope.sees_cases
    assert scope.sees_text
    assert scope.sees_sealed


@pytest.mark.parametrize("role", [*ROLES, "intern"])
def test_only_roles_with_the_act_see_cases_text_and_sealed_ones(role: str) -> None:
    scope = scope_of(somebody(role))
    assert scope.sees_cases == (role in acts()["case.read"].roles)
    assert scope.sees_text == (role in acts()["case.read_content"].roles)
    assert scope.sees_sealed == (role in acts()["case.read_sealed"].roles)
    assert scope.sees_every_restricted == (role in acts()["case.read_restricted_grant"].roles)


def test_a_partner_manager_is_held_to_own_partners() -> None:
    assert scope_of(
        somebody("partner_manager", partner_ids=frozenset({4, 9}))
    ).partner_ids == frozenset({4, 9})
    assert scope_of(somebody("partner_manager")).partner_ids == frozenset()


@pytest.mark.parametrize("role", [r for r in ROLES if not is_bound_to_partners(r)])
def test_other_roles_see_all_partners_or_no_case_at_all(role: str) -> None:
    scope = scope_of(somebody(role))
    assert (scope.partner_ids is None) == scope.sees_cases


def test_an_unknown_role_has_an_empty_scope() -> None:
    scope = scope_of(somebody("intern", partner_ids=frozenset({1})))
    assert not scope.sees_cases
    assert scope.partner_ids is not None


@pytest.mark.parametrize("role", ROLES)
def test_a_person_opens_exactly_the_pages_of_the_role(role: str) -> None:
    person = somebody(role)
    assert {p.key for p in pages_of(person)} == {
        p.key for p in page_entries().values() if role in p.roles
    }
    assert home_page(person) in pages_of(person)


def test_an_unknown_page_and_one_outside_the_role_are_refused_alike() -> None:
    with pytest.raises(NotFound) as unknown:
        open_page(somebody("viewer"), "nowhere")
    with pytest.raises(NotFound) as outside:
        open_page(somebody("viewer"), "admin")
    assert unknown.value.message.replace("nowhere", "admin") == outside.value.message
    assert unknown.value.hint == outside.value.hint


def test_a_page_needs_the_role_and_the_act() -> None:
    assert may_open(somebody("admin"), page_entries()["admin"])
    assert not may_open(somebody("viewer"), page_entries()["admin"])
    assert open_page(somebody("admin"), "admin").key == "admin"
