"""Cells of a heatmap judged: shrunken ratio, tail probability, false-discovery mark, excess.

Counts and expectations in, frames out; where they come from and how they are drawn is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.frames import FrameShape
from core.risk.cell_rules import CellRules, cell_rules
from core.risk.given import Given, given_margins
from core.risk.margins import Totals, TotalVerdicts, judge_totals
from core.risk.shock_rules import shock_rules
from core.risk.shocks import Parted
from core.stats.arrays import Bools, Floats, Ints
from core.stats.false_discovery import adjusted
from core.stats.negative_binomial import upper_mid_p
from core.stats.ratio_prior import RatioPrior, fit_prior
from core.stats.rise_weights import rise_weights
from core.stats.shrinkage import Shrunk, shrink, shrunken_moments

States = npt.NDArray[np.object_]


class CellState(StrEnum):
    """Whether a cell could be judged, and if not, why it stays grey."""

    JUDGED = "judged"
    NO_POWER = "no_power"  # so little is expected that nothing could be shown
    SHORT_HISTORY = "short_history"
    NEW = "new"  # cases now, none ever before: listed apart, no surge


CELLS = FrameShape(
    "heatmap cells",
    "one cell of the heatmap, rows and columns with the largest excess first; given is what it is"
    " expected to hold when its row and column do as they do this time, and what its p is against",
    {
        "row": "str",
        "column": "str",
        "row_rank": "int64",
        "column_rank": "int64",
        "observed": "int64",
        "expected": "float64",
        "variance": "float64",
        "given": "float64",
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
    " expected cover the cells that have an expectation, observed covers all. The total is judged"
    " by itself, against its own expectation; q is NaN where it is not",
    {
        "value": "str",
        "observed": "int64",
        "expected": "float64",
        "excess": "float64",
        "marked_count": "int64",
        "judged_count": "int64",
        "p": "float64",
        "q": "float64",
        "significant": "bool",
    },
)


@dataclass(frozen=True, eq=False, slots=True)
class Counted:
    """One period of a heatmap: for each cell its row and column, count, expectation and variance.

    ``expected`` and ``variance`` are NaN where the history is too short (``Expectation``).
    ``seen_before`` is false where the history holds no case at all. With ``parted`` a cell is
    judged given its row and column, without it by itself.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    observed: Ints
    expected: Floats
    variance: Floats
    seen_before: Bools | None = None
    parted: Parted | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Heat:
    """A judged heatmap: its cells, the totals of rows and columns, and the prior of its ratios.

    ``total`` sums over all cells that were judged together, shown or not: how many cases, how many
    were expected, the excess, and how many cells are marked, judged and grey.
    """

    cells: pd.DataFrame
    rows: pd.DataFrame
    columns: pd.DataFrame
    prior: RatioPrior
    total: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Extract:
    """What of a judged heatmap is shown: so many rows and columns, and axes that stay in order.

    Of an axis those with marks go before those with most cases, and what is shown is ordered by
    excess; an axis in its own order, as that of time, is shown whole and sorted by its values.
    """

    most: int | None = None
    in_order: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class _Verdicts:
    """One entry for each cell."""

    states: States
    given: Floats
    p: Floats
    q: Floats
    significant: Bools
    judged: Bools


def judge(counted: Counted, rules: CellRules | None = None, extract: Extract = Extract()) -> Heat:
    """Judge all cells of one heatmap as one family of tests; ratios only for what is shown."""
    rules = rules or cell_rules()
    axes = {"row": _Axis.of(counted.rows), "column": _Axis.of(counted.columns)}
    places = (axes["row"].codes, axes["column"].codes)
    verdicts = _verdicts(counted, places, rules)
    margins, ranks = {}, []
    for name, axis in axes.items():
        told = Totals(counted.observed, counted.expected, axis.codes, len(axis.values))
        by_total = judge_totals(told, counted.parted, name, rules.judging)
        margin = _Margin.of(counted, verdicts, axis)
        shown = margin.shown(extract, name)
        margins[name] = _margin(margin, by_total, shown)
        rank = np.full(len(axis.values), -1)
        rank[shown] = np.arange(len(shown))
        ranks.append(rank[axis.codes])
    keep = np.flatnonzero((ranks[0] >= 0) & (ranks[1] >= 0))
    keep = keep[np.lexsort([ranks[1][keep], ranks[0][keep]])]
    ratio, prior = _ratios(counted, rules, keep)
    cells = _frame(counted, verdicts, ratio, (keep, ranks[0][keep], ranks[1][keep]))
    return Heat(cells, margins["row"], margins["column"], prior, _total(counted, verdicts))


def _verdicts(counted: Counted, places: tuple[Ints, Ints], rules: CellRules) -> _Verdicts:
    states = _states(counted, rules.judging.least_expected)
    judged: Bools = states == CellState.JUDGED
    margin = shock_rules()
    found = Given(counted.expected, counted.variance)
    if counted.parted is not None:
        found = given_margins(
            counted.observed, counted.expected, counted.parted, places, margin.shocks
        )
    p = np.full(len(states), np.nan)
    p[judged] = upper_mid_p(
        counted.observed[judged], found.expected[judged], found.variance[judged]
    )
    weight = rise_weights(found.expected, found.variance, judged, margin.rise.rise())
    weighed = np.divide(p, weight, out=np.full(len(p), np.nan), where=judged)
    # A heavy weight must not mark what is no surprise by itself.
    q = np.maximum(adjusted(np.minimum(weighed, 1.0), rules.judging.control), p)
    significant = np.nan_to_num(q, nan=1.0) <= rules.judging.false_discovery_share
    return _Verdicts(states, found.expected, p, q, significant, judged)


def _frame(
    counted: Counted, verdicts: _Verdicts, ratio: Shrunk, shown: tuple[Ints, Ints, Ints]
) -> pd.DataFrame:
    """The shown cells in their order, each with the ranks of its row and its column."""
    keep, row_rank, column_rank = shown
    observed, expected = counted.observed[keep], counted.expected[keep]
    places = keep.tolist()
    frame = pd.DataFrame(
        {
            "row": pd.array([counted.rows[at] for at in places], dtype="str"),
            "column": pd.array([counted.columns[at] for at in places], dtype="str"),
            "row_rank": row_rank,
            "column_rank": column_rank,
            "observed": observed.astype(np.int64),
            "expected": expected,
            "variance": counted.variance[keep],
            "given": verdicts.given[keep],
            "excess": observed - expected,
            "ratio": ratio.mean,
            "ratio_low": ratio.low,
            "ratio_high": ratio.high,
            "p": verdicts.p[keep],
            "q": verdicts.q[keep],
            "significant": verdicts.significant[keep],
            "has_power": verdicts.judged[keep],
            "state": pd.array([str(state) for state in verdicts.states[keep]], dtype="str"),
        }
    )
    return CELLS.check(frame)


def _total(counted: Counted, verdicts: _Verdicts) -> dict[str, float]:
    return {
        "observed": float(counted.observed.sum()),
        "expected": float(np.nansum(counted.expected)),
        "excess": float(np.nansum(counted.observed - counted.expected)),
        "marked_count": float(verdicts.significant.sum()),
        "judged_count": float(verdicts.judged.sum()),
        "grey_count": float((~verdicts.judged).sum()),
    }


def compare(
    now: Counted,
    before: Counted,
    rules: CellRules | None = None,
    extract: Extract = Extract(),
) -> Heat:
    """The period ``now`` against the earlier one, cell by cell in the same order.

    Both must be of equal maturity (``week_windows``). Expected is what now would hold if the
    earlier period's ratio to its own expectation had stayed; its uncertainty widens the variance.
    """
    rules = rules or cell_rules()
    if list(now.rows) != list(before.rows) or list(now.columns) != list(before.columns):
        msg = "both periods of a comparison must have the same cells in the same order"
        raise ValueError(msg)
    y, e, prior = _without_noise(before, rules)
    earlier, doubt = shrunken_moments(y, e, prior)
    expected = now.expected * earlier
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.maximum(now.variance - now.expected, 0.0) / now.expected**2
    apart = now.expected**2 * doubt
    variance = expected + spread * expected**2 + apart
    parted = _of_both(now, earlier, apart)
    changed = replace(now, expected=expected, variance=variance, parted=parted)
    return judge(changed, rules, extract)


def _of_both(now: Counted, ratio: Floats, apart: Floats) -> Parted | None:
    """The parts of a comparison's variance: both periods have shocks of their own."""
    if now.parted is None:
        return None
    mean, parted = now.expected * ratio, now.parted
    spread = np.maximum(parted.own - now.expected, 0.0) * ratio**2
    error = np.sqrt((parted.error * ratio) ** 2 + apart)
    return replace(parted, own=mean + spread + apart, error=error, shocks=parted.shocks.times(2.0))


def _states(counted: Counted, least_expected: float) -> States:
    expected = counted.expected
    states = np.full(len(expected), CellState.JUDGED, dtype=object)
    unknown = np.isnan(expected) | np.isnan(counted.variance)
    weak = ~unknown & (np.nan_to_num(expected) < least_expected)
    states[weak] = CellState.NO_POWER
    states[unknown] = CellState.SHORT_HISTORY
    if counted.seen_before is not None:
        states[(weak | unknown) & ~counted.seen_before & (counted.observed > 0)] = CellState.NEW
    return states


def _without_noise(counted: Counted, rules: CellRules) -> tuple[Floats, Floats, RatioPrior]:
    """Counts and expectations divided by their noise, and the prior of their ratios.

    Noise is variance ÷ mean half-way between expected and observed, so that what is noise in the
    baseline does not pass for a ratio.
    """
    expected = counted.expected
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = np.maximum(counted.variance - expected, 0.0) / expected**2
        middle = (expected + np.maximum(counted.observed, expected)) / 2
        noise = 1 + np.nan_to_num(alpha * middle, nan=0.0, posinf=0.0)
    y, e = counted.observed / noise, expected / noise
    strong = expected >= rules.judging.least_expected
    return y, e, fit_prior(y[strong], e[strong], rules.ratio_prior.search())


def _ratios(counted: Counted, rules: CellRules, keep: Ints) -> tuple[Shrunk, RatioPrior]:
    """Ratios of the kept cells with an expectation; the others get the NaN of their expectation."""
    y, e, prior = _without_noise(counted, rules)
    y, e = y[keep], e[keep]
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


@dataclass(frozen=True, eq=False, slots=True)
class _Axis:
    """The rows, or the columns, of all cells as codes; values in the order of their names."""

    codes: Ints
    values: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> _Axis:
        values = sorted(set(names))
        code = {value: at for at, value in enumerate(values)}
        return cls(np.array([code[name] for name in names], np.int64), tuple(values))

    def sums(self, numbers: Floats | Bools | Ints) -> Floats:
        found = np.bincount(self.codes, np.nan_to_num(numbers), minlength=len(self.values))
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class _Margin:
    """Sums of one axis in the order of its values."""

    values: tuple[str, ...]
    observed: Floats
    expected: Floats
    excess: Floats
    marked: Floats
    judged: Floats

    @classmethod
    def of(cls, counted: Counted, verdicts: _Verdicts, axis: _Axis) -> _Margin:
        return cls(
            axis.values,
            axis.sums(counted.observed),
            axis.sums(counted.expected),
            axis.sums(counted.observed - counted.expected),
            axis.sums(verdicts.significant),
            axis.sums(verdicts.judged),
        )

    def shown(self, extract: Extract, name: str) -> Ints:
        """Places of the values to show, in their order; names decide between equals."""
        if name in extract.in_order:
            return np.arange(len(self.values))
        by_excess = np.argsort(-self.excess, kind="stable")
        if extract.most is None or len(by_excess) <= extract.most:
            return by_excess
        first = np.lexsort([-self.observed[by_excess], -self.marked[by_excess]])[: extract.most]
        return by_excess[np.sort(first)]


def _margin(margin: _Margin, by_total: TotalVerdicts, shown: Ints) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "value": pd.array([margin.values[at] for at in shown.tolist()], dtype="str"),
            "observed": margin.observed[shown].astype(np.int64),
            "expected": margin.expected[shown],
            "excess": margin.excess[shown],
            "marked_count": margin.marked[shown].astype(np.int64),
            "judged_count": margin.judged[shown].astype(np.int64),
            "p": by_total.p[shown],
            "q": by_total.q[shown],
            "significant": by_total.significant[shown],
        }
    )
    return MARGINS.check(frame)
