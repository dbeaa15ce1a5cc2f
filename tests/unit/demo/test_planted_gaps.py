"""Both planted gaps are among the first candidates of a demo world, before anybody files them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.gaps.candidates import Candidate, combined
from core.gaps.mining import mine_excess
from core.gaps.mining_cells import ReviewedCases
from core.gaps.mining_rules import mining_rules
from tests.unit.demo.worlds import seen

FIRST = 5


def candidates(cases: int, seed: int) -> tuple[Candidate, ...]:
    """The candidates of a world, from its frames as they are admitted."""
    rules, lines = mining_rules(), seen(cases, seed).cases
    lines = lines[lines["outcome"].isin(reviewed_outcomes())]
    values, codes = {}, {}
    for name in rules.factors:
        codes[name], words = pd.factorize(lines[name].fillna("").astype(str), sort=True)
        values[name] = tuple(str(word) for word in words)
        codes[name] = codes[name].astype(np.int64)
    overturned = lines["outcome"].isin(overturned_outcomes()).to_numpy()
    unclear = overturned & lines["overturn_reason"].isin(rules.unclear.reasons).to_numpy()
    excess = mine_excess(ReviewedCases(values, codes, overturned), rules, rules.excess.material)
    two_ways = mine_excess(ReviewedCases(values, codes, unclear), rules, rules.unclear.material)
    return combined(excess.found, two_ways.found)


@pytest.mark.parametrize("seed", [7])
def test_both_planted_gaps_are_among_the_first_candidates(seed: int) -> None:
    planted = {gap["clause"] for gap in seen(12_000, seed).world.truth["policy_gaps"]}
    first = {one.value("clause") for one in candidates(12_000, seed)[:FIRST]}
    assert planted <= first
