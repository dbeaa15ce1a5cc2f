"""Takes a heatmap out of the desk, as data or as a picture: permission, record, then the file."""

from __future__ import annotations

import csv
import io
import math
from typing import Literal

import pandas as pd

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.export import escaped, recorded
from core.desk.risk import HeatmapView, heatmap_view
from core.risk.heat_ask import HeatmapAsk
from core.risk.heat_values import ValueHeat

Form = Literal["csv", "svg"]
# What a file tells of each cell, besides its row and column.
COUNTS = ("observed", "expected", "excess", "ratio", "ratio_low", "ratio_high", "p", "q")
LEVELS = ("observed", "level", "level_low", "level_high", "ratio", "ratio_low", "ratio_high")
VERDICTS = ("significant", "has_power", "state")
DIGITS = 6


def take_heatmap(
    desk: Desk, person: Person, filter_: CaseFilter, ask: HeatmapAsk, zone: str, form: Form
) -> HeatmapView:
    """The heatmap as it leaves the desk; it is on the record before anybody has it."""
    require(person, "case.export")
    view = heatmap_view(desk, person, filter_, ask, zone)
    details: dict[str, Detail] = {
        "format": form,
        "cases": view.cases,
        "version": view.version,
        "rows": view.ask.rows,
        "columns": view.ask.columns,
        "measure": str(view.ask.measure),
        "filter": recorded(view.cell_filter()),
    }
    desk.store.record(Draft(person.username, "risk.export", "heatmap", details))
    return view


def heatmap_csv(view: HeatmapView) -> str:
    """One line per cell, values by their codes; durations in seconds."""
    cells = view.heat.cells
    names = (*(LEVELS if isinstance(view.heat, ValueHeat) else COUNTS), *VERDICTS)
    parts = {f"row: {view.ask.rows}": cells["row"], f"column: {view.ask.columns}": cells["column"]}
    parts |= {name: _plain(view, cells, name) for name in names}
    if view.before is not None:
        keys = zip(cells["row"], cells["column"], strict=True)
        parts["observed_before"] = pd.Series([view.before.get(key, 0) for key in keys])
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["from", "to", *parts])
    dates = (view.mondays[0].isoformat(), view.last_day.isoformat())
    for line in zip(*parts.values(), strict=True):
        writer.writerow([*dates, *(_cell(value) for value in line)])
    return file.getvalue()


def _plain(view: HeatmapView, cells: pd.DataFrame, name: str) -> pd.Series:
    if name.startswith("level") and view.measure.kind == "p90":
        return cells[name] / 1_000_000
    return cells[name]


def _cell(value: object) -> str:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.{DIGITS}g}"
    return str(value)
