"""When something on a gap is late, as a small table: the last day is in time, the next is late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.gaps.model import Gap, GapTask
from core.gaps.overdue import dues, overdue, overdue_rules
from core.taxonomy import taxonomy
from tests.support.gaps import AT, a_gap

TASK = GapTask(7, "Write it", "ann", date(2026, 3, 9), None, "", is_erased=False)
# What is late, the gap, and the last day in time.
SPEC: list[tuple[str, Gap, date]] = [
    ("response", a_gap(severity="critical"), date(2026, 3, 16)),
    ("response", a_gap("assessing", severity="high"), date(2026, 4, 1)),
    ("plan", a_gap("accepted_full"), date(2026, 3, 16)),
    ("plan", a_gap("accepted_part", "reopened"), date(2026, 3, 16)),
    ("target", a_gap("accepted_full", target_on=date(2026, 3, 5)), date(2026, 3, 5)),
    ("target", a_gap("accepted_part", "in_progress", target_on=date(2026, 3, 5)), date(2026, 3, 5)),
    ("review", a_gap("deferred", review_on=date(2026, 5, 1)), date(2026, 5, 1)),
    (
        "verification",
        a_gap("accepted_full", "shipped", shipped_at=AT - timedelta(days=100)),
        date(2026, 3, 22),
    ),
]


@pytest.mark.parametrize(("kind", "gap", "last"), SPEC)
def test_the_last_day_is_in_time_and_the_next_is_late(kind: str, gap: Gap, last: date) -> None:
    evening = datetime.combine(last, datetime.max.time(), UTC)
    assert overdue(gap, evening) == ()
    (late,) = overdue(gap, evening + timedelta(days=1))
    assert (late.due.kind, late.due.on, late.days) == (kind, last, 1)
    assert late.words == overdue_rules().kinds[late.due.kind]


@pytest.mark.parametrize(
    "gap",
    [
        a_gap("declined", review_on=date(2026, 3, 3)),
        a_gap("accepted_full", "verified_closed", target_on=date(2026, 3, 3)),
        a_gap("accepted_full", "closed_not_implemented", review_on=date(2026, 3, 3)),
    ],
)
def test_nothing_is_late_on_a_closed_gap(gap: Gap) -> None:
    assert overdue(gap, AT + timedelta(days=999), [TASK]) == ()


def test_a_gap_that_shipped_is_not_held_to_its_target_day() -> None:
    gap = a_gap("accepted_full", "shipped", target_on=date(2026, 3, 3), shipped_at=AT)
    assert [due.kind for due in dues(gap)] == ["verification"]


def test_a_gap_that_is_reconsidered_counts_from_then() -> None:
    again = a_gap("assessing", responded_at=AT, response_at=AT + timedelta(days=40))
    assert [due.on for due in dues(again)] == [date(2026, 3, 2) + timedelta(days=70)]


def test_the_longest_late_comes_first_and_open_tasks_count() -> None:
    gap = a_gap("accepted_full", target_on=date(2026, 3, 12), review_on=date(2026, 3, 11))
    done = GapTask(8, "Done", "ann", date(2026, 3, 3), AT, "ann", is_erased=False)
    late = overdue(gap, datetime(2026, 3, 20, tzinfo=UTC), [done, TASK])
    assert [(one.due.kind, one.days) for one in late] == [
        ("task", 11),
        ("review", 9),
        ("target", 8),
    ]
    assert late[0].due.task_id == 7


def test_the_rules_name_states_and_severities_of_the_lists() -> None:
    rules, lists = overdue_rules(), taxonomy()
    assert set(rules.response_days) == set(lists.gap_severities)
    assert rules.unanswered | rules.accepted <= set(lists.gap_responses)
    assert rules.unfinished | rules.unverified <= set(lists.gap_implementations)
    days = [rules.response_days[name] for name in lists.gap_severities]
    assert days == sorted(days, reverse=True)
