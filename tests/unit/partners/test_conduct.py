"""Which cases are violations, month by month."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from core.cases.filter import CaseFilter
from core.partners.conduct import (
    ConductRules,
    conduct_rules,
    last_months,
    month_end,
    standing_actions,
    violations,
)
from core.taxonomy import taxonomy


def test_months_follow_each_other_over_the_turn_of_a_year() -> None:
    assert last_months(date(2026, 2, 28), 4) == (
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    )
    assert [month_end(date(2024, month, 1)).day for month in (1, 2, 4, 12)] == [31, 29, 30, 31]


def test_reversals_and_nothing_done_are_no_violation() -> None:
    actions = taxonomy().enforcement_actions
    assert not {"none", "content_restored", "strike_removed"} & set(standing_actions())
    chosen = violations(CaseFilter(), conduct_rules())
    assert all(not actions[a].is_set("reversal") for a in chosen.enforcement_action)
    assert not {"non_policy"} & set(chosen.abuse_family)
    overturned = {v for v, term in taxonomy().outcomes.items() if term.is_set("is_overturn")}
    assert not overturned & set(chosen.outcome)


def test_every_action_that_stands_has_one_group_and_strikes_have_their_own() -> None:
    rules = conduct_rules()
    assert set(rules.group_of) == set(standing_actions())
    assert [a for a, group in rules.group_of.items() if group == "strike"] == ["strike_applied"]


def test_rules_that_leave_an_action_without_a_group_are_refused() -> None:
    known = conduct_rules().model_dump()
    known["groups"] = {name: one for name, one in known["groups"].items() if name != "money"}
    with pytest.raises(ValidationError, match="belongs to a group"):
        ConductRules.model_validate(known)
