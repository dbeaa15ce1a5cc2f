"""Bordered tiles with one figure each; a click anywhere on a tile opens the cases it counts.

All tiles are one component: as one Streamlit element for each part of each tile they were half of
everything that a click had to send and to draw anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.cases.filter import CaseFilter
from core.cases.model import Tile
from core.charts.sparkline import VIEW_BOX, sparkline
from core.ui.address import go
from core.ui.format import DASH, UNKNOWN, count, duration, plural, worked

WORKING_TIME = frozenset({"frt_p90"})  # measured by a working calendar, so never told in days
KEY = "tiles"

# Its rules of appearance are in the style sheet, which knows light and dark.
_draw = st.components.v2.component(
    "desk-tiles",
    html='<div class="desk-tiles"></div>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def tiles(all_tiles: Sequence[Tile], now_shown: CaseFilter) -> None:
    """All tiles in one row that wraps on a narrow screen."""
    filters = {tile.name: tile.filter for tile in all_tiles}

    def take() -> None:
        name = st.session_state[KEY].get("open")
        if name in filters:
            go(filters[name])

    draw([told(tile, is_chosen=tile.filter == now_shown) for tile in all_tiles], KEY, take)


def draw(parts: Sequence[Mapping[str, object]], key: str, take: Callable[[], None]) -> None:
    """Tiles as ``told`` gives them; ``take`` finds the name of the clicked one under ``open``."""
    _draw(key=key, data={"box": VIEW_BOX, "tiles": [*parts]}, on_open_change=take)


def told(tile: Tile, *, is_chosen: bool) -> dict[str, object]:
    """Everything that is written and drawn on a tile, as texts."""
    line = sparkline(tile.series)
    return {
        "name": tile.name,
        "label": tile.label,
        "value": figure(tile),
        "change": change(tile),
        "note": comparison(tile) or ("" if line else _without_line(tile)),
        "line": line,
        "line_label": tile.series_label,
        "opens": f"Open {plural(tile.n, 'case')}: {tile.label}",
        "help": explanation(tile),
        "is_chosen": is_chosen,
    }


def figure(tile: Tile) -> str:
    """The value of a tile in words; without anything to measure it is unknown, not zero."""
    if tile.value is None:
        return DASH
    return _told(tile, tile.value)


def change(tile: Tile) -> str:
    """How far the value lies from the one before; '' where one of them is unknown."""
    if tile.value is None or tile.before is None:
        return ""
    gap = tile.value - tile.before
    return f"{'+' if gap >= 0 else '-'}{_told(tile, abs(gap))}"


def comparison(tile: Tile) -> str:
    """From how many cases the value comes; the tooltip has the rest."""
    if tile.before is None:
        return ""
    return f"n = {tile.n:,}"


def explanation(tile: Tile) -> str:
    """What the tile counts, from how many cases, and what its series shows."""
    lines = [tile.definition, f"From {plural(tile.n, 'case')}."]
    if tile.before is not None:
        lines.append(f"Before: {_told(tile, tile.before)} from {plural(tile.before_n, 'case')}.")
    if tile.series_label:
        lines.append(f"Line: {tile.series_label}, {len(tile.series)} days.")
    return " ".join([*lines, "Click to open them."])


def _told(tile: Tile, value: float) -> str:
    if tile.unit == "cases":
        return count(int(value), unknown=UNKNOWN)
    return worked(value) if tile.name in WORKING_TIME else duration(value)


def _without_line(tile: Tile) -> str:
    return "Nothing to measure here." if tile.value is None else tile.definition
