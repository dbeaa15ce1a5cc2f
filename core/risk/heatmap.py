"""A heatmap from cases by week: two dimensions, or one against the weeks, each cell judged.

All weeks but the shown ones are the history that expectations come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from core.risk.cell_rules import CellRules, cell_rules
from core.risk.cells import Counted, Extract, Heat, judge
from core.risk.expectation import Expectation, History, expect
from core.risk.weeked_cases import Dimension, Ints, WeekedCases
from core.risk.weeks import Weeks

WEEK = "week"  # the columns are the shown weeks, named by their Mondays


class HeatmapAsk(NamedTuple):
    """What to show: dimension of the rows, of the columns or ``WEEK``, and how many weeks."""

    rows: str
    columns: str
    weeks: int


@dataclass(frozen=True, eq=False, slots=True)
class Heatmap:
    """A judged heatmap, cut to the rows and columns worth a look.

    ``judged`` sums over all cells that were judged together, shown or not; ``left_out`` values
    have neither row nor column, with ``left_out_cases`` in the shown weeks.
    """

    heat: Heat
    judged: Mapping[str, float]
    left_out: int
    left_out_cases: int


def heatmap(
    cases: WeekedCases,
    ask: HeatmapAsk,
    mondays: Sequence[date],
    weeks: Weeks,
    rules: CellRules | None = None,
) -> Heatmap:
    """Judge the last weeks; ``cases`` has the dimension of the rows, and of the columns if any.

    ``mondays`` and ``weeks`` cover history and shown weeks, as ``cases.week`` numbers them.
    """
    rules = rules or cell_rules()
    fitting, left_out, left_out_cases = _largest(cases, ask.weeks, rules.most_values)
    if ask.columns == WEEK:
        extract = Extract(rules.shown_values, frozenset({"column"}))
        heat = judge(_by_week(fitting, ask.weeks, mondays, weeks, rules), rules, extract)
    else:
        heat = judge(_by_pair(fitting, ask.weeks, weeks, rules), rules, Extract(rules.shown_values))
    hidden = sum(len(d.values) for d in fitting.dimensions) - len(heat.rows)
    hidden -= len(heat.columns) if ask.columns != WEEK else 0
    gone = int(heat.total["observed"]) - int(heat.cells["observed"].sum())
    return Heatmap(heat, heat.total, left_out + hidden, left_out_cases + gone)


def _largest(cases: WeekedCases, shown: int, most: int) -> tuple[WeekedCases, int, int]:
    """The cases of the values with most cases, and how many values and shown cases are not there."""
    keep = np.ones(len(cases.week), dtype=np.bool_)
    left_out, dimensions = 0, []
    for dimension in cases.dimensions:
        counts = np.bincount(dimension.codes, minlength=len(dimension.values))
        kept = np.sort(np.argsort(-counts, kind="stable")[:most])
        place = np.full(len(counts) + 1, -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        keep &= place[dimension.codes] >= 0
        left_out += len(counts) - len(kept)
        values = tuple(dimension.values[at] for at in kept.tolist())
        dimensions.append(Dimension(dimension.name, values, place[dimension.codes]))
    missing = int((~keep & (cases.week >= cases.weeks - shown)).sum())
    return replace(cases, dimensions=tuple(dimensions)).only(keep), left_out, missing


def _by_week(
    cases: WeekedCases, shown: int, mondays: Sequence[date], weeks: Weeks, rules: CellRules
) -> Counted:
    (rows,) = cases.dimensions
    table = _table(rows.codes, len(rows.values), cases)
    found = _expected(table, np.arange(len(rows.values)), shown, weeks, rules)
    names = [day.isoformat() for day in mondays[-shown:]]
    return Counted(
        rows=np.repeat(rows.values, shown).tolist(),
        columns=names * len(rows.values),
        observed=table[:, -shown:].ravel(),
        expected=found.weekly.ravel(),
        variance=found.weekly_variance.ravel(),
        seen_before=np.repeat(table[:, :-shown].any(axis=1), shown),
    )


def _by_pair(cases: WeekedCases, shown: int, weeks: Weeks, rules: CellRules) -> Counted:
    rows, columns = cases.dimensions
    wide = len(columns.values)
    table = _table(rows.codes * wide + columns.codes, len(rows.values) * wide, cases)
    found = _expected(table, np.repeat(np.arange(len(rows.values)), wide), shown, weeks, rules)
    return Counted(
        rows=np.repeat(rows.values, wide).tolist(),
        columns=list(columns.values) * len(rows.values),
        observed=table[:, -shown:].sum(axis=1),
        expected=found.expected,
        variance=found.variance,
        seen_before=np.asarray(table[:, :-shown].any(axis=1)),
    )


def _table(cell: Ints, size: int, cases: WeekedCases) -> Ints:
    """Cases of each cell by week."""
    found = np.bincount(cell * cases.weeks + cases.week, minlength=size * cases.weeks)
    return found.reshape(size, cases.weeks).astype(np.int64)


def _expected(table: Ints, rows: Ints, shown: int, weeks: Weeks, rules: CellRules) -> Expectation:
    # The desk began with its first case: weeks before are unknown, not quiet, and that week was
    # hardly a whole one.
    last = table.shape[1] - shown - 1
    begun = min(int(np.argmax(table.any(axis=0))) + 1, last)
    past = weeks.part(begun, len(weeks) - shown)
    history = History(table[:, begun:-shown], past, rows)
    return expect(history, weeks.part(len(weeks) - shown, None), rules.expectation)
