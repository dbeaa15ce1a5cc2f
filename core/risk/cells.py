"""Cells of a heatmap judged: shrunken ratio, tail probability, false-discovery mark, excess.

Counts and expectations in, frames out; where they come from and how they are drawn is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from core.frames import FrameShape
from core.risk.cell_rules import CellRules, cell_rules
from core.stats.arrays import Bools, Floats, Ints
from core.stats.false_discovery import adjusted
from core.stats.negative_binomial import upper_mid_p
from core.stats.shrinkage import RatioPrior, Shrunk, fit_prior, shrink


class CellState(StrEnum):
    """Whether a cell could be judged, and if not, why it stays grey."""

    JUDGED = "judged"
    NO_POWER = "no_power"  # so little is expected that nothing could be shown
    SHORT_HISTORY = "short_history"
    NEW = "new"  # cases now, none ever before: listed apart, no surge


CELLS = FrameShape(
    "heatmap cells",
    "one cell of the heatmap, rows and columns with the largest excess first",
    {
        "row": "str",
        "column": "str",
        "row_rank": "int64",
        "column_rank": "int64",
        "observed": "int64",
        "expected": "float64",
        "variance": "float64",
        "excess": "float64",
        "ratio": "float64",
        "ratio_low": "float64",
        "ratio_high": "float64",
        "p": "float64",
        "q": "float64",
        "significant": "bool",
        "has_power": "bool",
        "state": "str",
    },
)

MARGINS = FrameShape(
    "heatmap margin",
    "one row, or one column, of the heatmap with its total; largest excess first. Excess and"
    " expected cover the cells that have an expectation, observed covers all",
    {
        "value": "str",
        "observed": "int64",
        "expected": "float64",
        "excess": "float64",
        "marked_count": "int64",
        "judged_count": "int64",
    },
)


@dataclass(frozen=True, eq=False, slots=True)
class Counted:
    """One period of a heatmap: for each cell its row and column, count, expectation and variance.

    ``expected`` and ``variance`` are NaN where the history is too short (``Expectation``).
    ``seen_before`` is false where the history holds no case at all.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    observed: Ints
    expected: Floats
    variance: Floats
    seen_before: Bools | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Heat:
    """A judged heatmap: its cells, the totals of rows and columns, and the prior of its ratios."""

    cells: pd.DataFrame
    rows: pd.DataFrame
    columns: pd.DataFrame
    prior: RatioPrior

    @property
    def total(self) -> dict[str, float]:
        """Sums over the whole heatmap, with how many cells are marked, judged and grey."""
        cells = self.cells
        return {
            "observed": float(cells["observed"].sum()),
            "expected": float(cells["expected"].sum()),
            "excess": float(cells["excess"].sum()),
            "marked_count": float(cells["significant"].sum()),
            "judged_count": float(cells["has_power"].sum()),
            "grey_count": float((~cells["has_power"]).sum()),
        }


def judge(counted: Counted, rules: CellRules | None = None) -> Heat:
    """Judge all cells of one heatmap as one family of tests."""
    rules = rules or cell_rules()
    states = _states(counted, rules.judging.least_expected)
    judged: Bools = states == CellState.JUDGED
    p = np.full(len(states), np.nan)
    p[judged] = upper_mid_p(
        counted.observed[judged], counted.expected[judged], counted.variance[judged]
    )
    q = adjusted(p, rules.judging.control)
    ratio, prior = _ratios(counted, rules)
    frame = pd.DataFrame(
        {
            "row": pd.Series(list(counted.rows), dtype="str"),
            "column": pd.Series(list(counted.columns), dtype="str"),
            "observed": counted.observed.astype(np.int64),
            "expected": counted.expected,
            "variance": counted.variance,
            "excess": counted.observed - counted.expected,
            "ratio": ratio.mean,
            "ratio_low": ratio.low,
            "ratio_high": ratio.high,
            "p": p,
            "q": q,
            "significant": np.nan_to_num(q, nan=1.0) <= rules.judging.false_discovery_share,
            "has_power": judged,
            "state": pd.Series([str(state) for state in states], dtype="str"),
        }
    )
    rows, columns = _margin(frame, "row"), _margin(frame, "column")
    return Heat(_ordered(frame, rows, columns), rows, columns, prior)


def compare(now: Counted, before: Counted, rules: CellRules | None = None) -> Heat:
    """The period ``now`` against the earlier one, cell by cell in the same order.

    Both must be of equal maturity (``week_windows``). Expected is what now would hold if the
    earlier period's ratio to its own expectation had stayed; its uncertainty widens the variance.
    """
    rules = rules or cell_rules()
    if list(now.rows) != list(before.rows) or list(now.columns) != list(before.columns):
        msg = "both periods of a comparison must have the same cells in the same order"
        raise ValueError(msg)
    earlier, _ = _ratios(before, rules)
    expected = now.expected * earlier.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.maximum(now.variance - now.expected, 0.0) / now.expected**2
    variance = expected + spread * expected**2 + now.expected**2 * earlier.variance
    return judge(replace(now, expected=expected, variance=variance), rules)


def _states(
    counted: Counted, least_expected: float
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    expected = counted.expected
    states = np.full(len(expected), CellState.JUDGED, dtype=object)
    unknown = np.isnan(expected) | np.isnan(counted.variance)
    weak = ~unknown & (np.nan_to_num(expected) < least_expected)
    states[weak] = CellState.NO_POWER
    states[unknown] = CellState.SHORT_HISTORY
    if counted.seen_before is not None:
        states[(weak | unknown) & ~counted.seen_before & (counted.observed > 0)] = CellState.NEW
    return states


def _ratios(counted: Counted, rules: CellRules) -> tuple[Shrunk, RatioPrior]:
    """Ratios of all cells with an expectation; the others get the NaN of their expectation.

    Counts are divided by their noise first, variance ÷ mean half-way between expected and
    observed, so that what is noise in the baseline does not pass for a ratio.
    """
    expected = counted.expected
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.maximum(counted.variance - expected, 0.0) / expected**2
        middle = (expected + np.maximum(counted.observed, expected)) / 2
        noise = 1 + np.nan_to_num(alpha * middle, nan=0.0, posinf=0.0)
    y, e = counted.observed / noise, expected / noise
    strong = expected >= rules.judging.least_expected
    prior = fit_prior(y[strong], e[strong], rules.ratio_prior.search())
    known = ~np.isnan(e)
    some = shrink(y[known], e[known], prior, rules.judging.interval)

    def spread_out(values: Floats) -> Floats:
        whole: Floats = np.full(len(e), np.nan)
        whole[known] = values
        return whole

    return Shrunk(
        spread_out(some.mean),
        spread_out(some.geometric),
        spread_out(some.low),
        spread_out(some.high),
        spread_out(some.variance),
    ), prior


def _margin(frame: pd.DataFrame, axis: str) -> pd.DataFrame:
    groups = frame.groupby(axis, sort=True)
    margin = groups.agg(
        observed=("observed", "sum"),
        expected=("expected", "sum"),
        excess=("excess", "sum"),
        marked_count=("significant", "sum"),
        judged_count=("has_power", "sum"),
    ).reset_index(names="value")
    # Sorted by name before, so that equal excesses keep one order.
    margin = margin.sort_values("excess", ascending=False, kind="stable", ignore_index=True)
    counts = {"marked_count": "int64", "judged_count": "int64", "value": "str"}
    return MARGINS.check(margin.astype(counts))


def _ordered(frame: pd.DataFrame, rows: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    for axis, margin in (("row", rows), ("column", columns)):
        rank = pd.Series(margin.index, index=pd.Index(margin["value"]))
        frame[f"{axis}_rank"] = frame[axis].map(rank).astype("int64")
    ordered = frame.sort_values(["row_rank", "column_rank"], kind="stable", ignore_index=True)
    return CELLS.check(ordered)
