"""The heatmap: colour is how far a cell lies from what it is measured by, a dot marks what is sure.

Whole rows and columns stand beside the cells as figures; they are clicked like cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial
from math import isnan
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from core.charts.model import PICK, Drawing, specification
from core.risk.cells import CellState, Heat
from core.risk.heat_ask import ALL
from core.risk.heat_values import ValueHeat

ROW_HEIGHT, MARGIN = 22, 150
FEWEST_ROWS = 5
MANY_COLUMNS = 18  # from which on the figures of whole columns are small
GREY, FIGURES = "#8a939c", "#7b858e"
MARK, MARK_ON_DARK = "#111111", "#f4f6f8"
ON_DARK = "luminance(background) < 0.5"  # the theme of the reader gives the ground
PLAIN_OPACITY, GREY_OPACITY, SIDE_OPACITY = 1.0, 0.18, 0.1
STATES: Mapping[str, str] = {
    CellState.JUDGED: "judged",
    CellState.NO_POWER: "too little to show anything",
    CellState.SHORT_HISTORY: "history too short",
    CellState.NEW: "new: never seen before these weeks",
}
ALT = "Heatmap of cases; the table beside its title has the figures"
Label = Callable[[str], str]
ScaleName = Literal["expected", "whole", "period"]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Colours from a low to a high ratio, on the log scale; ``title`` says of what to what.

    What is as usual is near the ground that it stands on, so a dark page has colours of its own.
    """

    title: str
    far: float  # the ratio from which a cell has the full colour
    colours: tuple[str, str, str]
    on_dark: tuple[str, str, str]


DIVERGING = ("#2f6fb5", "#dde1e5", "#bd2a2a"), ("#5a9be6", "#3a444e", "#f2665a")
SCALES: Mapping[ScaleName, _Scale] = {
    "expected": _Scale("× expected", 4.0, *DIVERGING),
    "whole": _Scale(
        "× the whole",
        2.0,
        ("#e3ece9", "#7db5a5", "#0b5446"),
        ("#22302e", "#357c6c", "#a3e6d4"),
    ),
    "period": _Scale("× the other period", 2.0, *DIVERGING),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How the parts of a heatmap are called; ``level`` says a value of its measure."""

    row: Label
    column: Label
    n: str
    level: Callable[[float], str]
    scale: ScaleName
    before: Mapping[tuple[str, str], int] | None = None


@cache
def _spec(scale: ScaleName, *, is_compared: bool, is_narrow: bool) -> dict[str, Any]:
    """The shape with the few things that differ from heatmap to heatmap."""
    found = deepcopy(_shape())
    cells, _, figures = found["layer"]
    colour = cells["encoding"]["color"]
    chosen = SCALES[scale]
    end = float(np.log2(chosen.far))
    colour["legend"] |= {"title": chosen.title, "values": [-end, -end / 2, 0, end / 2, end]}
    pairs = zip(chosen.colours, chosen.on_dark, strict=True)
    colours = [{"expr": _by_ground(*pair)} for pair in pairs]
    colour["scale"] |= {"domain": [-end, 0, end], "range": colours}
    if not is_compared:
        told = cells["encoding"]["tooltip"]
        cells["encoding"]["tooltip"] = [one for one in told if one["field"] != "before"]
    figures["mark"]["fontSize"] = 9 if is_narrow else 11
    return found


@cache
def _shape() -> dict[str, Any]:
    """What all heatmaps have in common; to build and check it takes longer than all the rest."""
    picked = alt.selection_point(name=PICK, fields=["row_key", "column_key"], toggle=False)
    opacity = (
        alt.when("datum.side")
        .then(alt.value(SIDE_OPACITY))
        .when("!datum.has_power")
        .then(alt.value(GREY_OPACITY))
        .otherwise(alt.value(PLAIN_OPACITY))
    )
    plain = alt.when("datum.side || !datum.has_power").then(alt.value(GREY))
    cells = (
        _placed()
        .mark_rect(cursor="pointer")
        .encode(color=plain.otherwise(_colour()), opacity=opacity, tooltip=_tooltip())
        .add_params(picked)
    )
    dot = alt.ExprRef(_by_ground(MARK, MARK_ON_DARK))
    marks = (
        _placed().mark_point(filled=True, size=34, color=dot).transform_filter("datum.significant")
    )
    figures = (
        _placed().mark_text(color=FIGURES).encode(text="figure:N").transform_filter("datum.side")
    )
    chart = alt.LayerChart(layer=[cells, marks, figures])
    return specification(chart, MARGIN)


def _tooltip() -> list[alt.Tooltip]:
    titles = {"row": "Row", "column": "Column", "count": "Cases", "level": "Measured"}
    titles |= {"before": "Other period", "told": "Ratio", "verdict": "Verdict"}
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in titles.items()]


def _placed() -> alt.Chart:
    """Rows and columns in their order, which the data bring along; whole ones come first."""
    quiet: dict[str, Any] = {"ticks": False, "domain": False}
    across = alt.Axis(orient="top", labelAngle=-45, labelLimit=120, labelOverlap=False, **quiet)
    gaps = alt.Scale(paddingInner=0.06, paddingOuter=0)
    by_row = alt.EncodingSortField(field="row_rank", op="min")
    by_column = alt.EncodingSortField(field="column_rank", op="min")
    down = alt.Axis(labelLimit=190, **quiet)
    return alt.Chart().encode(
        x=alt.X("column:N", sort=by_column, title=None, axis=across, scale=gaps),
        y=alt.Y("row:N", sort=by_row, title=None, axis=down, scale=gaps),
    )


def _colour() -> alt.Color:
    legend = alt.Legend(
        orient="bottom",
        direction="horizontal",
        gradientLength=180,
        labelExpr="format(pow(2, datum.value), '.2~r') + '×'",
    )
    return alt.Color("far:Q", scale=alt.Scale(interpolate="rgb", clamp=True), legend=legend)


def _by_ground(light: str, dark: str) -> str:
    return f"{ON_DARK} ? '{dark}' : '{light}'"


def heat_chart(heat: Heat | ValueHeat, words: Words) -> Drawing:
    """Cells with whole rows and columns; a click picks ``row_key`` and ``column_key``."""
    drawn = _drawn(heat, words)
    total = heat.total
    summary = f"{total['observed']:,.0f} {words.n} in {total['judged_count']:,.0f} judged cells"
    rows = max(FEWEST_ROWS, len(heat.rows) + 1)
    shape = _spec(
        words.scale,
        is_compared=words.before is not None,
        is_narrow=len(heat.columns) > MANY_COLUMNS,
    )
    # Only the height hangs on the data; to build the whole anew costs more than all the rest.
    spec = {**shape, "height": MARGIN + ROW_HEIGHT * rows}
    return Drawing(spec, drawn, ALT, summary, partial(_table, drawn, words))


def _drawn(heat: Heat | ValueHeat, words: Words) -> pd.DataFrame:
    """All cells, then the whole rows and columns; put together as lists, the quickest way."""
    parts = [_cells(heat, words), _side("row", heat, words), _side("column", heat, words)]
    columns = {name: [one for part in parts for one in part[name]] for name in parts[0]}
    columns["row"] = _named(columns["row_key"], words.row)
    columns["column"] = _named(columns["column_key"], words.column)
    return pd.DataFrame(columns)


def _cells(heat: Heat | ValueHeat, words: Words) -> dict[str, list[Any]]:
    cells = heat.cells
    far = SCALES[words.scale].far
    ratio = np.clip(cells["ratio"].to_numpy(), 1 / far, far)
    row_keys, column_keys = cells["row"].tolist(), cells["column"].tolist()
    before = words.before or {}
    keys = zip(row_keys, column_keys, strict=True)
    return {
        "row_key": row_keys,
        "column_key": column_keys,
        "row_rank": cells["row_rank"].tolist(),
        "column_rank": cells["column_rank"].tolist(),
        "count": [_counted(n, words.n) for n in cells["observed"].tolist()],
        "level": _levels(heat, words),
        "before": [f"{before.get(key, 0):,}" for key in keys],
        "far": np.nan_to_num(np.log2(ratio)).tolist(),
        "told": _told(cells),
        "verdict": _verdicts(heat),
        "figure": [""] * len(cells),
        "observed": cells["observed"].tolist(),
        "significant": cells["significant"].tolist(),
        "has_power": cells["has_power"].tolist(),
        "side": [False] * len(cells),
    }


def _side(axis: str, heat: Heat | ValueHeat, words: Words) -> dict[str, list[Any]]:
    """Whole rows, or whole columns, each with what it counts or measures."""
    margin, other = (heat.rows, "column") if axis == "row" else (heat.columns, "row")
    numbers, count = margin["observed"].tolist(), len(margin)
    if isinstance(heat, ValueHeat):
        levels = [words.level(level) for level in margin["level"].tolist()]
        figures = levels
    else:
        excesses = (margin["excess"].round() + 0.0).tolist()
        levels = [f"{excess:+,.0f} against expected" for excess in excesses]
        figures = [f"{n:,}" for n in numbers]
    return {
        f"{axis}_key": margin["value"].tolist(),
        f"{other}_key": [ALL] * count,
        f"{axis}_rank": list(range(count)),
        f"{other}_rank": [-1] * count,
        "count": [_counted(n, words.n) for n in numbers],
        "level": levels,
        "before": [""] * count,
        "far": [0.0] * count,
        "told": [""] * count,
        "verdict": [f"the whole {axis}"] * count,
        "figure": figures,
        "observed": numbers,
        "significant": [False] * count,
        "has_power": [True] * count,
        "side": [True] * count,
    }


def _counted(number: int, things: str) -> str:
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def _levels(heat: Heat | ValueHeat, words: Words) -> list[str]:
    cells = heat.cells
    if isinstance(heat, Heat):
        return ["–" if isnan(n) else f"{n:,.1f} expected" for n in cells["expected"].tolist()]
    columns = (cells[name].tolist() for name in ("level", "level_low", "level_high"))
    return [
        f"{words.level(level)} ({words.level(low)} to {words.level(high)})"
        for level, low, high in zip(*columns, strict=True)
    ]


def _named(keys: list[str], label: Label) -> list[str]:
    """Names of the keys; where two share one, the key stands beside it."""
    names = {key: label(key) for key in dict.fromkeys(keys)}
    seen = Counter(names.values())
    apart = {key: name if seen[name] == 1 else f"{name} ({key})" for key, name in names.items()}
    return [apart[key] for key in keys]


def _told(cells: pd.DataFrame) -> list[str]:
    columns = (cells[name].tolist() for name in ("ratio", "ratio_low", "ratio_high"))
    return [
        "–" if isnan(r) else f"{r:.2g}× ({low:.2g} to {high:.2g})"
        for r, low, high in zip(*columns, strict=True)
    ]


def _verdicts(heat: Heat | ValueHeat) -> list[str]:
    cells = heat.cells
    sure = "more than chance" if isinstance(heat, Heat) else "interval above"
    told = []
    for state, marked in zip(cells["state"].tolist(), cells["significant"].tolist(), strict=True):
        if marked:
            told.append(sure)
        else:
            told.append("within chance" if state == CellState.JUDGED else STATES[state])
    return told


def _table(drawn: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Every cell with cases or an expectation, in the order of the picture; whole ones first."""
    some = drawn[(drawn["observed"] > 0) | drawn["has_power"]]
    some = some.sort_values(["row_rank", "column_rank"], kind="stable")
    columns = {
        "Row": some["row"],
        "Column": some["column"],
        words.n.capitalize(): some["observed"],
        "Measured": some["level"],
    }
    if words.before is not None:
        columns["Other period"] = some["before"]
    return pd.DataFrame({**columns, "Ratio": some["told"], "Verdict": some["verdict"]})
