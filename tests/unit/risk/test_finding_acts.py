"""What can be done about a finding, and what makes it the same finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from core.errors import Conflict
from core.risk.finding_acts import (
    LONGEST_REASON,
    Act,
    FindingAct,
    FindingPlace,
    why_not_act,
)

PLACE = FindingPlace(
    date(2026, 2, 23), {"market": "BR", "channel": "chat"}, {"tier": ["T1"]}, "partners:all"
)
STANDING = FindingAct(
    1, PLACE.key, PLACE.week_on, Act.DISMISS, "known", "lead", datetime(2026, 3, 2, tzinfo=UTC)
)


def test_the_key_does_not_depend_on_the_order_of_conditions() -> None:
    assert replace(PLACE, slice={"channel": "chat", "market": "BR"}).key == PLACE.key


def test_another_week_slice_filter_or_scope_is_another_finding() -> None:
    others = [
        replace(PLACE, week_on=date(2026, 3, 2)),
        replace(PLACE, slice={"market": "BR"}),
        replace(PLACE, ground={}),
        replace(PLACE, scope="partners:1"),
    ]
    assert len({PLACE.key, *(other.key for other in others)}) == 5


def test_a_dismissal_needs_a_reason_and_a_confirmation_does_not() -> None:
    refusal = why_not_act(Act.DISMISS, "  ", None)
    assert refusal is not None
    assert "needs a reason" in refusal.message
    assert why_not_act(Act.DISMISS, "A known campaign", None) is None
    assert why_not_act(Act.CONFIRM, "", None) is None


def test_a_reason_has_an_end() -> None:
    assert why_not_act(Act.CONFIRM, "x" * LONGEST_REASON, None) is None
    assert why_not_act(Act.CONFIRM, "x" * (LONGEST_REASON + 1), None) is not None


def test_what_stands_is_taken_back_before_anything_else_is_done() -> None:
    refusal = why_not_act(Act.CONFIRM, "", STANDING)
    assert isinstance(refusal, Conflict)
    assert "dismissed by lead" in refusal.message
