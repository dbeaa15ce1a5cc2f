"""The surges that the demo plants, each as its own week would have shown it."""

from __future__ import annotations

from functools import cache

import pytest

from core.risk.finding import sentence
from core.risk.scan import scan_week
from core.risk.scan_rules import scan_rules
from tests.support.scan_demo import DemoWeeks, demo_weeks

CASES = 85_000  # enough for the planted slices to expect 30 a week


@cache
def demo() -> DemoWeeks:
    return demo_weeks(CASES, 7)


@pytest.mark.parametrize("number", range(3))
def test_a_planted_surge_is_the_top_finding_of_its_week(number: int) -> None:
    week, slice_, _ = demo().surges[number]
    others = frozenset(w for w, _, _ in demo().surges) - {week}
    found = scan_week(demo().until(week, others), scan_rules()).findings
    assert found[0].slice == slice_
    assert found[0].incidents is not None
    assert 1 < found[0].incidents.count <= found[0].count
    assert "against" in sentence(found[0], scan_rules())
