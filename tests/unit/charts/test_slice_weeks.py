"""The chart of a slice: its weeks and what was expected of them."""

from __future__ import annotations

from datetime import date, timedelta
from math import nan

from core.charts.model import PICK
from core.charts.slice_weeks import SliceWeek, slice_chart

MONDAY = date(2026, 2, 2)
WEEKS = (
    SliceWeek(MONDAY, 4, nan, nan, nan),
    SliceWeek(MONDAY + timedelta(days=7), 5, 4.5, 2.0, 7.0),
    SliceWeek(MONDAY + timedelta(days=14), 41, 13.2, 8.0, 18.0),
)


def test_the_specification_is_one_for_all_slices_and_holds_no_data() -> None:
    first, second = slice_chart(WEEKS), slice_chart(WEEKS[1:])
    assert first.spec is second.spec
    assert "datasets" not in first.spec
    assert all("data" not in layer for layer in first.spec["layer"])


def test_a_click_picks_the_week_and_the_last_one_stands_out() -> None:
    drawing = slice_chart(WEEKS)
    params = [
        p for layer in (drawing.spec, *drawing.spec["layer"]) for p in layer.get("params", ())
    ]
    assert [(p["name"], p["select"]["fields"]) for p in params] == [(PICK, ["week"])]
    assert drawing.frame["is_found"].tolist() == [False, False, True]


def test_the_table_has_every_week_the_newest_first() -> None:
    drawing = slice_chart(WEEKS)
    assert drawing.table()["Cases"].tolist() == [41, 5, 4]
    assert drawing.summary == "41 cases against 13.2 expected, after 2 weeks"
