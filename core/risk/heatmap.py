"""A heatmap from counts by week: two dimensions, or one against time, each cell judged.

The weeks before the shown ones are the history that expectations come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.risk.cell_rules import CellRules, cell_rules
from core.risk.cells import Counted, Extract, Heat, compare, judge
from core.risk.heat_ask import CALENDAR, TIMES, HeatmapAsk
from core.risk.heat_table import HeatTable, Stretch, in_order, totals
from core.risk.heat_values import ValueHeat


@dataclass(frozen=True, eq=False, slots=True)
class Heatmap:
    """A judged heatmap, cut to the rows and columns worth a look.

    ``left_out`` values have neither row nor column; their ``left_out_cases`` are among ``cases``,
    which are all of the shown weeks. ``before`` has the cases of each cell of the other period.
    """

    heat: Heat | ValueHeat
    cases: int
    left_out: int
    left_out_cases: int
    before: Mapping[tuple[str, str], int] | None = None


def heatmap(
    table: HeatTable,
    ask: HeatmapAsk,
    shown: Stretch,
    periods: tuple[Counted, Counted | None],
    rules: CellRules | None = None,
) -> Heatmap:
    """Judge the shown weeks against their expectation, or also against a second period."""
    rules = rules or cell_rules()
    now, then = periods
    extract = Extract(rules.shown_values, in_order(ask, TIMES))
    before = None
    if then is None:
        heat = judge(now, rules, extract)
    else:
        then = replace(then, rows=now.rows, columns=now.columns)  # weeks stand place by place
        heat = compare(now, then, rules, extract)
        before = _by_cell(then)
    rows, columns, cases = totals(table, ask, shown)
    heat = replace(heat, rows=_whole(heat.rows, rows), columns=_whole(heat.columns, columns))
    values = len(table.first) + (0 if set(CALENDAR) & set(ask.axes) else len(table.second))
    axes = ((ask.rows, heat.rows), (ask.columns, heat.columns))
    drawn = sum(len(margin) for name, margin in axes if name not in CALENDAR)
    return Heatmap(
        heat=heat,
        cases=cases,
        left_out=table.left_out + values - drawn,
        left_out_cases=cases - int(heat.cells["observed"].sum()),
        before=before,
    )


def _whole(margin: pd.DataFrame, cases: Mapping[str, int]) -> pd.DataFrame:
    """The margin with all cases of each row or column, also those in cells that are not shown."""
    return margin.assign(observed=np.array([cases[value] for value in margin["value"]], np.int64))


def _by_cell(counts: Counted) -> dict[tuple[str, str], int]:
    keys = zip(counts.rows, counts.columns, strict=True)
    return dict(zip(keys, counts.observed.tolist(), strict=True))
