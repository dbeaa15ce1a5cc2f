"""Cells of a heatmap that tell a share, a mean or a percentile: with n, interval, and grey where
n is too small. Shares and means are drawn towards the whole; a percentile has its interval only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtri

from core.frames import FrameShape
from core.risk.cell_rules import CellRules, cell_rules
from core.risk.cells import CellState
from core.risk.heat_measures import Kind
from core.stats.arrays import Floats, Ints

VALUES = FrameShape(
    "heatmap values",
    "one cell with a value of its cases; ratio is its value, drawn towards the whole, ÷ the whole",
    {
        "row": "str",
        "column": "str",
        "row_rank": "int64",
        "column_rank": "int64",
        "observed": "int64",
        "level": "float64",
        "level_low": "float64",
        "level_high": "float64",
        "ratio": "float64",
        "ratio_low": "float64",
        "ratio_high": "float64",
        "significant": "bool",
        "has_power": "bool",
        "state": "str",
    },
)
SIDES = FrameShape(
    "heatmap values margin",
    "one row, or one column, with the value of all its cases; what lies furthest above first",
    {
        "value": "str",
        "observed": "int64",
        "level": "float64",
        "level_low": "float64",
        "level_high": "float64",
        "excess": "float64",
    },
)


@dataclass(frozen=True, eq=False, slots=True)
class CodedCases:
    """The cases that a measure counts: row and column of each, -1 where left out, and its amount.

    The amount is 0 or 1 for a share, else a number.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row: Ints
    column: Ints
    amount: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Levels:
    """Value of each group of cases with its interval; NaN without a case."""

    count: Ints
    level: Floats
    shrunk: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False, slots=True)
class ValueHeat:
    """A heatmap of values: cells, the values of whole rows and columns, and that of the whole."""

    cells: pd.DataFrame
    rows: pd.DataFrame
    columns: pd.DataFrame
    total: Mapping[str, float]


def value_heat(
    cases: CodedCases, kind: Kind, in_order: frozenset[str], rules: CellRules | None = None
) -> ValueHeat:
    """Group, judge and order; as many rows and columns as the rules show."""
    rules = rules or cell_rules()
    size = (len(cases.rows), len(cases.columns))
    both = (cases.row >= 0) & (cases.column >= 0)
    cell = cases.row[both] * size[1] + cases.column[both]
    levels = grouped(cell, cases.amount[both], size[0] * size[1], kind, rules)
    whole = grouped(np.zeros(len(cases.row), np.int64), cases.amount, 1, kind, rules)
    overall = float(whole.level[0])
    sides = {}
    for name, codes, values in (
        ("row", cases.row, cases.rows),
        ("column", cases.column, cases.columns),
    ):
        own = codes >= 0
        found = grouped(codes[own], cases.amount[own], len(values), kind, rules)
        side = _side(found, values, overall)
        sides[name] = _worth(side, rules.shown_values, is_time=name in in_order)
    frame = _frame(cases, levels, overall, rules)
    for name, side in sides.items():
        frame = frame[frame[name].isin(side["value"])]
        rank = pd.Series(side.index, index=pd.Index(side["value"]))
        frame = frame.assign(**{f"{name}_rank": frame[name].map(rank).astype("int64")})
    frame = frame.sort_values(["row_rank", "column_rank"], ignore_index=True)
    total = {
        "observed": float(whole.count[0]),
        "level": overall,
        "level_low": float(whole.low[0]),
        "level_high": float(whole.high[0]),
        "judged_count": float((levels.count >= rules.measures.least_cases).sum()),
        "cell_count": float(len(levels.count)),
    }
    return ValueHeat(VALUES.check(frame), sides["row"], sides["column"], total)


def compare_values(now: ValueHeat, before: ValueHeat) -> ValueHeat:
    """The same with the ratio to the same cell of the other period, and its interval.

    The interval is made from those of both on the log scale (MOVER, Donner and Zou 2012).
    """
    keys = pd.MultiIndex.from_frame(now.cells[["row", "column"]])
    then = before.cells.set_index(["row", "column"]).reindex(keys).reset_index(drop=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        here, low, high = _logs(now.cells, now.total["level"])
        there, other_low, other_high = _logs(then, before.total["level"])
        apart = here - there
        down, up = (
            np.hypot(here - low, other_high - there),
            np.hypot(high - here, there - other_low),
        )
        ends = {"ratio_low": np.exp(apart - down), "ratio_high": np.exp(apart + up)}
    both = now.cells["has_power"].to_numpy() & then["has_power"].eq(True).to_numpy()
    cells = now.cells.assign(ratio=np.exp(apart), has_power=both & np.isfinite(apart), **ends)
    cells["significant"] = cells["has_power"] & (cells["ratio_low"] > 1)
    return ValueHeat(VALUES.check(cells), now.rows, now.columns, now.total)


def _logs(cells: pd.DataFrame, overall: float) -> tuple[Floats, Floats, Floats]:
    """Logarithm of the drawn in value of each cell, and of the ends of its interval."""
    names = ("ratio", "ratio_low", "ratio_high")
    one, low, high = (np.log(cells[n].to_numpy(dtype=np.float64) * overall) for n in names)
    return one, low, high


def grouped(codes: Ints, amount: Floats, size: int, kind: Kind, rules: CellRules) -> Levels:
    """The value of each group, its interval at the level of the rules, and what it shrinks to."""
    count = np.bincount(codes, minlength=size).astype(np.int64)
    if kind == "p90":
        return _percentiles(codes, amount, count, rules)
    total = _sums(codes, amount, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = total / count
    if kind == "share":
        return _shares(count, total, level, rules)
    return _means(count, total, _sums(codes, amount**2, size), rules)


def _sums(codes: Ints, amount: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(codes, amount, minlength=size), np.float64)


def _shares(count: Ints, hits: Floats, level: Floats, rules: CellRules) -> Levels:
    """Beta prior around the whole; as strong as the groups are alike (by moments)."""
    n, whole = float(count.sum()), float(hits.sum()) / max(float(count.sum()), 1.0)
    whole = min(max(whole, 0.5 / (n + 1)), 1 - 0.5 / (n + 1))
    seen = count > 0
    noise = whole * (1 - whole)
    between = _between(count[seen], level[seen], whole, np.full(int(seen.sum()), noise))
    low, high = rules.measures.share_strength
    strength = float(np.clip(noise / between - 1 if between > 0 else high, low, high))
    a, b = hits + strength * whole, count - hits + strength * (1 - whole)
    ends = [np.asarray(betaincinv(a, b, q), np.float64) for q in _ends(rules)]
    shrunk = np.where(seen, a / (a + b), np.nan)
    return Levels(count, level, shrunk, *(np.where(seen, end, np.nan) for end in ends))


def _means(count: Ints, total: Floats, square: Floats, rules: CellRules) -> Levels:
    """Normal prior around the whole; all groups vary within as much as all together."""
    n = max(float(count.sum()), 1.0)
    whole = float(total.sum()) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        level = total / count
        within = np.maximum((square - total * level) / np.maximum(count - 1, 1), 0.0)
    noise = float(np.nansum(within * np.maximum(count - 1, 0))) / max(n - len(count), 1.0)
    seen = count > 0
    between = _between(count[seen], level[seen], whole, np.full(int(seen.sum()), noise))
    # Without a spread between groups all are the whole, as surely as that is known.
    precision = count / max(noise, 1e-12) + 1 / max(between, noise / n, 1e-12)
    share = (count / max(noise, 1e-12)) / precision
    shrunk = np.where(seen, whole + share * (np.nan_to_num(level) - whole), np.nan)
    ends = [shrunk + float(ndtri(q)) / np.sqrt(precision) for q in _ends(rules)]
    return Levels(count, level, shrunk, ends[0], ends[1])


def _between(count: Ints, level: Floats, whole: float, noise: Floats) -> float:
    """Variance between groups by the method of DerSimonian and Laird."""
    if len(count) < 2 or not noise.any():
        return 0.0
    weight = count / noise
    spread = float((weight * (level - whole) ** 2).sum())
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(0.0, (spread - (len(count) - 1)) / room) if room > 0 else 0.0


def _percentiles(codes: Ints, amount: Floats, count: Ints, rules: CellRules) -> Levels:
    """Order statistics; the interval lies between ranks as wide as the binomial makes them."""
    order = np.lexsort((amount, codes))
    held = np.append(amount[order], np.nan)
    begins = np.concatenate([[0], np.cumsum(count)[:-1]])
    share = rules.measures.percentile
    z = float(ndtri((1 + rules.judging.interval) / 2))
    reach = z * np.sqrt(count * share * (1 - share))

    def at(rank: Floats) -> Floats:
        inside = (count > 0) & (rank >= 1) & (rank <= count)
        place = np.where(inside, begins + rank.astype(np.int64) - 1, len(held) - 1)
        return np.asarray(held[place], np.float64)

    level = at(np.maximum(np.ceil(count * share), 1))
    low, high = at(np.floor(count * share - reach)), at(np.ceil(count * share + reach) + 1)
    return Levels(count, level, level, low, high)


def _ends(rules: CellRules) -> tuple[float, float]:
    return (1 - rules.judging.interval) / 2, (1 + rules.judging.interval) / 2


def _frame(cases: CodedCases, levels: Levels, overall: float, rules: CellRules) -> pd.DataFrame:
    strong = levels.count >= rules.measures.least_cases
    weak = str(CellState.NO_POWER)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, low, high = (v / overall for v in (levels.shrunk, levels.low, levels.high))
    return pd.DataFrame(
        {
            "row": pd.Series(np.repeat(cases.rows, len(cases.columns)).tolist(), dtype="str"),
            "column": pd.Series(list(cases.columns) * len(cases.rows), dtype="str"),
            "row_rank": 0,
            "column_rank": 0,
            "observed": levels.count,
            "level": levels.level,
            "level_low": levels.low,
            "level_high": levels.high,
            "ratio": ratio,
            "ratio_low": low,
            "ratio_high": high,
            "significant": strong & (np.nan_to_num(low) > 1),
            "has_power": strong,
            "state": pd.Series(
                [str(CellState.JUDGED) if one else weak for one in strong.tolist()], dtype="str"
            ),
        }
    )


def _side(found: Levels, values: tuple[str, ...], overall: float) -> pd.DataFrame:
    side = pd.DataFrame(
        {
            "value": pd.Series(list(values), dtype="str"),
            "observed": found.count,
            "level": found.level,
            "level_low": found.low,
            "level_high": found.high,
            "excess": np.nan_to_num((found.shrunk - overall) * found.count),
        }
    )
    side = side.sort_values("value", ignore_index=True)
    return SIDES.check(
        side.sort_values("excess", ascending=False, kind="stable", ignore_index=True)
    )


def _worth(side: pd.DataFrame, most: int, *, is_time: bool) -> pd.DataFrame:
    if is_time:
        return side.sort_values("value", ignore_index=True)
    held = side[side["observed"] > 0]
    if len(held) <= most:
        return held.reset_index(drop=True)
    largest = held.sort_values("observed", ascending=False, kind="stable").index[:most]
    return held.loc[sorted(largest)].reset_index(drop=True)
