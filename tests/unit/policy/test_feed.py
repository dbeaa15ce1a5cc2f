"""Who an update asks, until when, and how a person stands to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.errors import BadInput
from core.policy.feed import Confirmation, Member, Standing, Update, attendance, standing
from core.policy.feed_rules import (
    feed_rules,
    next_version,
    roles_that_may_confirm,
    usable_start,
)
from core.taxonomy import taxonomy
from core.written import usable_text

RULES = feed_rules()
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANN, BEN, LEE = (
    Member("ann", "Ann", "analyst"),
    Member("ben", "Ben", "analyst"),
    Member("lee", "Lee", "team_lead"),
)


def an_update(**parts: Any) -> Update:
    facts: dict[str, Any] = {
        "ref": "PU-0001",
        "kind": "ops_guidance",
        "title": "Title",
        "text": "Text",
        "importance": "major",
        "announced_at": MONDAY,
        "effective_at": MONDAY,
        "abuse_types": (),
        "clauses": (),
        "roles": ("analyst",),
        "due_at": RULES.due_at("major", MONDAY),
    }
    return Update(**{**facts, **parts})


def stands(update: Update, at: datetime, *given: Confirmation, who: str = "ann") -> Standing:
    found = attendance(update, (ANN, BEN, LEE), given)
    return standing(update, who, found, at, RULES)


def test_every_importance_that_asks_has_days_and_a_note_asks_nobody() -> None:
    importances = taxonomy().policy_importances
    assert set(RULES.due_days) == set(importances) - {"note"}
    days = [RULES.due_days[name] for name in importances if name in RULES.due_days]
    assert days == sorted(days)
    for kind in taxonomy().policy_update_kinds:
        assert RULES.asked_roles(kind, "note", ()) == ()
        assert RULES.asked_roles(kind, "critical", ())


def test_every_weight_of_a_document_has_an_importance_here() -> None:
    from core.policy.rules import policy_rules  # noqa: PLC0415 -- only this test reads them

    assert set(RULES.document_importance) == set(policy_rules().importance.levels)
    assert set(RULES.document_importance.values()) <= set(taxonomy().policy_importances)
    assert set(RULES.look_again.outcomes) <= set(taxonomy().outcomes)


def test_only_roles_that_may_confirm_are_asked() -> None:
    assert "viewer" not in roles_that_may_confirm()
    asked = {role for line in RULES.acknowledge for role in line.roles}
    assert asked <= set(roles_that_may_confirm())


def test_the_last_day_runs_to_its_end() -> None:
    due = RULES.due_at("critical", MONDAY)
    assert due == datetime(2026, 3, 5, tzinfo=UTC)
    update = an_update(due_at=due)
    assert stands(update, datetime(2026, 3, 4, 23, 59, tzinfo=UTC)) is Standing.ASKED
    assert stands(update, datetime(2026, 3, 5, tzinfo=UTC)) is Standing.OVERDUE


@pytest.mark.parametrize(
    ("parts", "who", "expected"),
    [
        ({}, "ann", Standing.ASKED),
        ({}, "lee", Standing.NOT_ASKED),
        ({}, "nobody", Standing.NOT_ASKED),
        ({"roles": ()}, "ann", Standing.NOT_ASKED),
        ({"withdrawn_at": MONDAY}, "ann", Standing.NOT_ASKED),
        ({"announced_at": MONDAY - RULES.asks_for}, "ann", Standing.CLOSED),
        (
            {"announced_at": MONDAY - RULES.asks_for, "asks_since": MONDAY},
            "ann",
            Standing.ASKED,
        ),
    ],
)
def test_how_a_person_stands(parts: dict[str, Any], who: str, expected: Standing) -> None:
    assert stands(an_update(**parts), MONDAY, who=who) is expected


def test_a_confirmation_counts_from_the_version_that_asks() -> None:
    old = Confirmation("PU-0001", "ann", "analyst", 1, MONDAY)
    other = Confirmation("PU-0002", "ben", "analyst", 1, MONDAY)
    assert stands(an_update(version=2), MONDAY, old, other) is Standing.CONFIRMED
    assert stands(an_update(version=2, asks_from=2), MONDAY, old) is Standing.ASKED
    found = attendance(an_update(), (ANN, BEN, LEE), (old, other))
    assert found.missing == (BEN,)


def test_who_confirmed_without_being_asked_is_not_missing_and_stays_confirmed() -> None:
    given = Confirmation("PU-0001", "lee", "team_lead", 1, MONDAY)
    found = attendance(an_update(), (ANN, BEN, LEE), (given,))
    assert found.missing == (ANN, BEN)
    assert stands(an_update(), MONDAY, given, who="lee") is Standing.CONFIRMED


@pytest.mark.parametrize(
    ("last", "following"), [("1.0", "2.0"), ("3.0", "4.0"), ("1.3", "2.0"), ("draft", "draft+1")]
)
def test_the_next_version_has_the_next_name(last: str, following: str) -> None:
    assert next_version(last) == following


def test_a_start_lies_between_today_and_the_furthest_day() -> None:
    today = date(2026, 3, 2)
    assert usable_start(today, today, RULES) == today
    last = today + timedelta(days=RULES.furthest_days)
    assert usable_start(last, today, RULES) == last
    for wrong in (today - timedelta(days=1), last + timedelta(days=1)):
        with pytest.raises(BadInput):
            usable_start(wrong, today, RULES)


def test_words_are_trimmed_and_neither_empty_nor_too_long() -> None:
    assert usable_text("  a word ", "title", 10) == "a word"
    for wrong in ("  ", "x" * 11):
        with pytest.raises(BadInput):
            usable_text(wrong, "title", 10)
