"""Whole rows and columns of a heatmap judged by their totals: what shocks are told by.

A cell is judged given its row and its column; what these have in common shows here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.risk.cell_rules import JudgingRules
from core.risk.shocks import Parted
from core.stats.arrays import Bools, Floats, Ints
from core.stats.false_discovery import adjusted
from core.stats.negative_binomial import upper_mid_p


@dataclass(frozen=True, eq=False, slots=True)
class Totals:
    """Counts and expectations of cells with their place along one axis."""

    observed: Ints
    expected: Floats
    along: Ints
    size: int

    def sums(self, values: Floats) -> Floats:
        """Sums along the axis over the cells that have an expectation."""
        known = np.where(np.isnan(self.expected), 0.0, values)
        return np.asarray(np.bincount(self.along, known, self.size), np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class TotalVerdicts:
    """Tail probability of each total, adjusted among the totals of its axis, and its mark."""

    p: Floats
    q: Floats
    significant: Bools


def judge_totals(
    totals: Totals, parted: Parted | None, axis: str, rules: JudgingRules
) -> TotalVerdicts:
    """Judge all rows, or all columns (``axis``), as one family; NaN where nothing can be told."""
    p = np.full(totals.size, np.nan)
    if parted is not None:
        expected = totals.sums(totals.expected)
        judged = expected >= rules.least_expected
        variance = _variance(totals, expected, parted, axis)
        observed = totals.sums(totals.observed.astype(np.float64))
        p[judged] = upper_mid_p(observed[judged], expected[judged], variance[judged])
    q = adjusted(p, rules.control)
    return TotalVerdicts(p, q, np.nan_to_num(q, nan=1.0) <= rules.false_discovery_share)


def _variance(totals: Totals, expected: Floats, parted: Parted, axis: str) -> Floats:
    """Their own, and what cells share: all of the total, or only those in the same line across."""
    shocks = parted.shocks
    here, there = shocks.row, shocks.column
    if axis == "column":
        here, there = there, here
    own = totals.sums(parted.own) + (shocks.whole + here) * expected**2
    own += there * totals.sums(totals.expected**2)
    if parted.series == axis:
        own += totals.sums(parted.error) ** 2 - totals.sums(parted.error**2)
    return own
