"""What happened to a case, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.cases.case import TimelineItem
from core.ui.timeline import sentence


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        ("status", "", "in_progress", "In progress"),
        ("attribute", "abuse_type", "access_loss", "abuse type Access loss"),
        ("attribute", "conversation", "replies_not_recorded", "keeps no record of replies"),
        ("attribute", "own column", "as it was", "own column as it was"),
    ],
)
def test_an_event_is_told_by_labels(kind: str, field: str, value: str, said: str) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    item = TimelineItem(1, at, kind, value, field, "", "us", "", is_undated=False)
    assert said in sentence(item)
