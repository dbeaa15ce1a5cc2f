"""False-discovery control: the published example, the definition itself, tests not made."""

from __future__ import annotations

import numpy as np
import pytest

from core.stats.arrays import Floats
from core.stats.false_discovery import Control, adjusted, rejected

# Benjamini & Hochberg 1995, the fifteen p-values of the thrombolysis example.
BH_1995 = np.array(
    [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0),
    ]
)


def step_up(p: Floats, level: float, divisor: float) -> int:
    """How many are rejected, by the words of the paper: the largest k with p(k) ≤ k·q ÷ m."""
    ordered = np.sort(p)
    passing = [k for k in range(1, len(p) + 1) if ordered[k - 1] <= k * level / (len(p) * divisor)]
    return max(passing, default=0)


def test_the_example_of_1995_has_four_discoveries_three_by_bonferroni_three_for_any_dependence() -> (
    None
):
    assert int(rejected(BH_1995, 0.05).sum()) == 4
    assert int(np.count_nonzero(BH_1995 * len(BH_1995) <= 0.05)) == 3
    assert int(rejected(BH_1995, 0.05, Control.BY).sum()) == 3


@pytest.mark.parametrize("control", list(Control))
@pytest.mark.parametrize("seed", range(6))
def test_what_is_rejected_follows_the_step_up_rule(control: Control, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.random(40), rng.random(12) * 1e-3])
    divisor = 1.0 if control is Control.BH else float((1 / np.arange(1, len(p) + 1)).sum())
    for level in (0.01, 0.05, 0.2):
        marked = rejected(p, level, control)
        assert int(marked.sum()) == step_up(p, level, divisor)
        assert not marked.any() or p[marked].max() <= p[~marked].min(initial=1.0)


def test_a_test_that_was_not_made_neither_counts_nor_changes_the_others() -> None:
    with_gaps = np.insert(BH_1995, [0, 7, 15], np.nan)
    q = adjusted(with_gaps)
    assert np.isnan(q).tolist() == np.isnan(with_gaps).tolist()
    assert q[~np.isnan(q)] == pytest.approx(adjusted(BH_1995))
    assert int(rejected(with_gaps, 0.05).sum()) == 4


def test_a_family_without_tests_has_no_discoveries() -> None:
    assert not rejected(np.full(3, np.nan), 0.05).any()
    assert adjusted(np.array([])).tolist() == []
