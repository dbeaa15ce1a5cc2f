"""The tables of rights and pages: complete, deny by default, and consistent with each other."""

from __future__ import annotations

import pytest

from core.taxonomy import taxonomy
from core.taxonomy.rights import acts, acts_of, home_of, page_entries

SECTIONS = {"Operate", "Understand", "Improve", "Tell", "Administer"}
ADDRESSES = """queue case partners partner risk investigation gaps gap policy reports data admin
    audit quality planning"""


def test_an_unknown_role_may_do_nothing() -> None:
    assert acts_of("intern") == frozenset()


def test_every_act_is_allowed_to_somebody() -> None:
    assert all(act.roles and act.label and act.description for act in acts().values())


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("viewer", {"case.read", "report.read"}, {"case.read_content", "case.export"}),
        ("admin", {"people.manage", "audit.read"}, {"case.read", "case.read_content"}),
        ("auditor", {"audit.read", "case.read_sealed"}, {"case.write", "people.manage"}),
        ("partner_manager", {"partner.read", "case.read_content"}, {"case.write", "import.run"}),
        ("analyst", {"case.write"}, {"case.bulk", "case.read_sealed", "import.run"}),
        ("team_lead", {"case.bulk", "import.run"}, {"case.read_sealed", "people.manage"}),
        ("policy_liaison", {"gap.write", "policy.write"}, {"case.write"}),
    ],
)
def test_each_role_may_what_its_work_needs_and_no_more(
    role: str, may: set[str], may_not: set[str]
) -> None:
    assert may <= acts_of(role)
    assert not may_not & acts_of(role)
    assert may_not <= set(acts())


def test_a_page_is_open_to_exactly_the_roles_of_its_act() -> None:
    for page in page_entries().values():
        assert page.roles == acts()[page.act].roles
        assert page.section in SECTIONS


def test_every_address_of_the_desk_has_a_page() -> None:
    assert {p.path for p in page_entries().values()} == set(ADDRESSES.split())


def test_every_role_has_one_home_that_it_may_open() -> None:
    for role in taxonomy().roles:
        home = home_of(role)
        assert home is not None
        assert role in home.roles
        assert sum(role in p.home_of for p in page_entries().values()) == 1
