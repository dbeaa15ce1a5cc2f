"""The candidates of a demo world, mined from its frames as they are admitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.gaps.candidates import Candidate, combined
from core.gaps.mining import mine_excess
from core.gaps.mining_cells import ReviewedCases
from core.gaps.mining_rules import mining_rules


def demo_candidates(lines: pd.DataFrame) -> tuple[Candidate, ...]:
    """The candidates that overturned decisions give, the weightiest first."""
    rules = mining_rules()
    lines = lines[lines["outcome"].isin(reviewed_outcomes())]
    values, codes = {}, {}
    for name in rules.factors:
        found, words = pd.factorize(lines[name].fillna("").astype(str), sort=True)
        values[name] = tuple(str(word) for word in words)
        codes[name] = found.astype(np.int64)
    overturned = lines["outcome"].isin(overturned_outcomes()).to_numpy()
    unclear = overturned & lines["overturn_reason"].isin(rules.unclear.reasons).to_numpy()
    excess = mine_excess(ReviewedCases(values, codes, overturned), rules, rules.excess.material)
    two_ways = mine_excess(ReviewedCases(values, codes, unclear), rules, rules.unclear.material)
    return combined(excess.found, two_ways.found)


def planted_clauses(truth: Mapping[str, object]) -> tuple[str, ...]:
    """The clauses that a demo world has gaps in, as its truth tells them."""
    gaps = cast("list[dict[str, Any]]", truth["policy_gaps"])
    return tuple(str(gap["clause"]) for gap in gaps)
