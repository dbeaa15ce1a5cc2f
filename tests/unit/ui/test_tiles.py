"""A tile says its value, what it compares with and from how many cases, and never invents zero."""

from __future__ import annotations

from core.cases.filter import CaseFilter
from core.cases.model import Tile, Unit
from core.ui import tiles

HOUR = 3_600_000_000


def a_tile(
    name: str = "open",
    unit: Unit = "cases",
    value: float | None = 3214,
    before: float | None = None,
    before_n: int = 0,
) -> Tile:
    return Tile(name, "Open", "Open cases.", unit, value, 40, CaseFilter(), before, before_n)


def test_counts_and_durations_are_told_in_their_own_words() -> None:
    assert tiles.figure(a_tile()) == "3,214"
    assert tiles.figure(a_tile("oldest", "duration", 50 * HOUR)) == "2 d 02 h"
    assert tiles.figure(a_tile("frt_p90", "duration", 50 * HOUR)) == "50 h 00 m"


def test_nothing_to_measure_is_a_dash_and_not_zero() -> None:
    assert tiles.figure(a_tile("frt_p90", "duration", None)) == "–"
    assert tiles.change(a_tile("frt_p90", "duration", None, before=HOUR)) == ""


def test_a_change_has_its_direction_and_its_number_of_cases() -> None:
    slower = a_tile("frt_p90", "duration", 2 * HOUR, before=1.5 * HOUR, before_n=38)
    assert tiles.change(slower) == "+30 m"
    assert tiles.comparison(slower) == "n = 40"
    assert "Before: 1 h 30 m from 38 cases." in tiles.explanation(slower)


def test_every_tile_says_what_it_counts_and_from_how_many_cases() -> None:
    assert tiles.explanation(a_tile()).startswith("Open cases. From 40 cases.")
