"""Both planted gaps are among the first candidates of a demo world, before anybody files them."""

from __future__ import annotations

from tests.support.mining_demo import demo_candidates, planted_clauses
from tests.unit.demo.worlds import seen

CASES, FIRST = 12_000, 5


def test_both_planted_gaps_are_among_the_first_candidates() -> None:
    found = seen(CASES)
    planted = set(planted_clauses(found.world.truth))
    first = {one.value("clause") for one in demo_candidates(found.cases)[:FIRST]}
    assert len(planted) == 2
    assert planted <= first
