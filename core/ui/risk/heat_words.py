"""The heatmap in words: its title, how to read it, one cell, and the names of rows and columns."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from core.desk.risk import HeatmapView
from core.risk.cells import Heat
from core.risk.heat_ask import ALL, DAY, HOUR, WEEK, WEEKDAY, Measure
from core.risk.heat_values import ValueHeat
from core.ui import words
from core.ui.format import escape, worked

MOST_NAMED = 6
TIME_LABELS = {WEEK: "Week", DAY: "Day", WEEKDAY: "Weekday", HOUR: "Hour of the day"}


def dimension_label(name: str) -> str:
    """What a row or column dimension is called."""
    return TIME_LABELS.get(name) or words.DIMENSION_LABELS[name]


def label(view: HeatmapView, dimension: str, value: str) -> str:
    """A value of a row or column in words."""
    if value == ALL:
        return "All"
    if dimension == WEEK:
        return f"{date.fromisoformat(value):%d %b}"
    if dimension == DAY:
        return f"{date.fromisoformat(value):%a %d %b}"
    if dimension == WEEKDAY:
        return words.WEEKDAYS[int(value)]
    if dimension == HOUR:
        return f"{value} h"
    return words.value_label(dimension, value, {"partner": view.partner_names})


def cell_name(view: HeatmapView, row: str, column: str) -> str:
    """A cell, or a whole row or column, by its names."""
    names = [
        label(view, dimension, value)
        for dimension, value in ((view.ask.rows, row), (view.ask.columns, column))
        if value != ALL
    ]
    return " · ".join(names) or "All cases"


def title(view: HeatmapView) -> str:
    """What the picture shows."""
    what = f"{dimension_label(view.ask.rows)} by {dimension_label(view.ask.columns).lower()}"
    if view.ask.measure != Measure.CASES:
        what = f"{view.measure.label}: {what.lower()}"
    return f"{what}, {period(view)}"


def period(view: HeatmapView) -> str:
    """The shown weeks."""
    if view.ask.is_running:
        return f"this week up to {view.last_day:%a %d %b %Y}"
    weeks = f"{len(view.mondays)} weeks" if len(view.mondays) > 1 else "the week"
    return f"{weeks} up to {view.last_day:%d %b %Y}"


def compared(view: HeatmapView) -> str:
    """The weeks compared with."""
    last = view.compared[-1] + timedelta(days=6)
    return (
        f"the {len(view.compared)} weeks"
        if len(view.compared) > 1
        else f"the week to {last:%d %b %Y}"
    )


def legend(view: HeatmapView) -> str:
    """How to read the picture, and what is not in it."""
    told = _value_legend(view) if isinstance(view.heat, ValueHeat) else _count_legend(view)
    if view.left_out:
        told.append(
            f"{view.left_out:,} values with fewer cases are not drawn "
            f"({view.left_out_cases:,} of {view.cases:,} cases)."
        )
    return " ".join(told)


def _count_legend(view: HeatmapView) -> list[str]:
    total = view.judged
    told = [f"{total['observed']:,.0f} cases against {total['expected']:,.0f} expected."]
    if view.compared:
        told[0] = (
            f"{total['observed']:,.0f} cases against {total['expected']:,.0f}, had each cell kept "
            f"the ratio to its expectation of {compared(view)}."
        )
    elif view.ask.is_running:
        told.append("Expected from the same part of the weeks before.")
    return [
        *told,
        f"● more than chance: {total['marked_count']:,.0f} of {total['judged_count']:,.0f} cells "
        "(false discoveries held at 5 %).",
        *_whole_ones(view),
        "Red above, blue below what was expected, grey: too little expected to show anything.",
    ]


def _whole_ones(view: HeatmapView) -> list[str]:
    """Rows and columns that are more than chance as a whole; a cell is judged given them."""
    if not isinstance(view.heat, Heat):
        return []
    sides = ((view.ask.rows, view.heat.rows), (view.ask.columns, view.heat.columns))
    marked = [
        escape(label(view, name, value))
        for name, margin in sides
        for value in margin.loc[margin["significant"], "value"].tolist()
    ]
    if not marked:
        return []
    more = f" and {len(marked) - MOST_NAMED} more" if len(marked) > MOST_NAMED else ""
    return [f"More than chance as a whole: {', '.join(marked[:MOST_NAMED])}{more}."]


def _value_legend(view: HeatmapView) -> list[str]:
    total = view.judged
    overall = level_words(view, total["level"])
    spread = f"{level_words(view, total['level_low'])} to {level_words(view, total['level_high'])}"
    than = f"the same cell in {compared(view)}" if view.compared else f"the whole ({overall})"
    return [
        view.measure.definition,
        f"All: {overall} ({spread}), n = {total['observed']:,.0f} {view.measure.n_label}.",
        f"Stronger: higher than {than}. ● with its whole 80 % interval above it. Grey: n too small.",
    ]


def sentence(view: HeatmapView, row: str, column: str) -> str:
    """One cell, or a whole row or column, in words."""
    if ALL in (row, column):
        return _side_sentence(view, row, column)
    cells = view.heat.cells
    (cell,) = cells[(cells["row"] == row) & (cells["column"] == column)].to_dict("records")
    before = ""
    if view.before is not None:
        before = f" {view.before.get((row, column), 0):,} in {compared(view)}."
    if isinstance(view.heat, ValueHeat):
        return _value_sentence(view, cell) + before
    told = f"{cell['observed']:,} against {cell['expected']:,.1f} expected"
    if not cell["has_power"]:
        return f"{told}: too little to judge.{before}"
    verdict = "more than chance" if cell["significant"] else "within chance"
    return (
        f"{told}: {cell['ratio']:.1f}× when shrunk ({cell['ratio_low']:.1f} to "
        f"{cell['ratio_high']:.1f}), {verdict}.{before}"
    )


def _value_sentence(view: HeatmapView, cell: Mapping[Hashable, Any]) -> str:
    low, high = (level_words(view, cell[f"level_{end}"]) for end in ("low", "high"))
    level = level_words(view, cell["level"])
    drawn = "" if view.measure.kind == "p90" else " when drawn towards the whole"
    told = f"{level} ({low} to {high}{drawn}), n = {cell['observed']:,} {view.measure.n_label}."
    return told if cell["has_power"] else f"{told} Too few to judge."


def _side_sentence(view: HeatmapView, row: str, column: str) -> str:
    if row == column == ALL:
        return f"{view.cases:,} {view.measure.n_label}."
    margin, value = (view.heat.columns, column) if row == ALL else (view.heat.rows, row)
    (side,) = margin[margin["value"] == value].to_dict("records")
    if isinstance(view.heat, ValueHeat):
        return _value_sentence(view, {**side, "has_power": True})
    told = f"{side['observed']:,} cases, {side['excess']:+,.0f} against expected"
    if np.isnan(side["q"]):
        return f"{told}."
    return f"{told}, {'more than chance' if side['significant'] else 'within chance'} as a whole."


def level_words(view: HeatmapView, level: float) -> str:
    """A value of the measure as people read it."""
    if np.isnan(level):
        return "–"
    if view.measure.kind == "share":
        return f"{level:.0%}" if level >= 0.1 else f"{level:.1%}"
    return worked(int(level)) if view.measure.kind == "p90" else f"{level:.2f}"
