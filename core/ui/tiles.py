"""Bordered tiles with one figure each; a click anywhere on a tile opens the cases it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.cases.filter import CaseFilter
from core.cases.model import Tile
from core.charts.sparkline import sparkline
from core.ui.address import go
from core.ui.format import DASH, UNKNOWN, count, duration, plural, worked

WORKING_TIME = frozenset({"frt_p90"})  # measured by a working calendar, so never told in days


def tiles(all_tiles: Sequence[Tile], now_shown: CaseFilter) -> None:
    """All tiles in one row that wraps on a narrow screen."""
    grid = st.grid(len(all_tiles), min_column_width=175, gap="xsmall")
    for tile in all_tiles:
        with grid:
            _tile(tile, is_chosen=tile.filter == now_shown)


def _tile(tile: Tile, *, is_chosen: bool) -> None:
    key = f"tile-chosen-{tile.name}" if is_chosen else f"tile-{tile.name}"
    with st.container(border=True, key=key, height="stretch", gap="xxsmall"):
        st.metric(
            tile.label,
            figure(tile),
            delta=None if tile.before is None else change(tile),
            delta_color="gray",
            delta_arrow="off" if tile.before is None else _arrow(tile),
            delta_description=comparison(tile),
        )
        picture = sparkline(tile.series)
        if picture:
            st.image(picture, width="stretch", alt=tile.series_label)
        elif tile.value is None:
            st.caption("Nothing to measure here.")
        else:
            st.caption(tile.definition)
        st.button(
            f"Open {plural(tile.n, 'case')}: {tile.label}",
            key=f"open-{tile.name}",
            help=explanation(tile),
            on_click=go,
            args=(tile.filter,),
        )


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


def _arrow(tile: Tile) -> Literal["up", "down", "off"]:
    if tile.value is None or tile.before is None or tile.value == tile.before:
        return "off"
    return "up" if tile.value > tile.before else "down"
