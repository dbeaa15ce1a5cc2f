"""The charts of a partner's health: specifications without data, exact steps, the same in words."""

from __future__ import annotations

from datetime import date, timedelta
from math import nan

import pytest

from core.charts.health_history import BandRange, Happening, ScorePoint, history_chart
from core.charts.health_parts import PartMark, StepMark, parts_chart, steps_chart
from core.charts.model import PICK

PARTS = (
    PartMark("csat", "CSAT", 7.5, 6.0, 9.0, 10.0, 8.0, "78 %"),
    PartMark("open_gaps", "Unresolved gaps", 5.0, 5.0, 5.0, 5.0, nan, "0 gaps"),
)
STEPS = (
    StepMark("before", "Score of 25 Oct", 60.0, 60.0, "level", "60.0"),
    StepMark("csat", "CSAT", 60.0, 54.0, "own", "−6.0"),
    StepMark("usual", "The usual moved", 54.0, 55.0, "usual", "+1.0"),
    StepMark("after", "Score of 22 Nov", 55.0, 55.0, "level", "55.0"),
)
DAY = date(2026, 3, 2)
BANDS = (
    BandRange("At risk", "#ad720d", 0, 50),
    BandRange("Watch", "#138db1", 50, 70),
    BandRange("Healthy", "#2c965d", 70, 100),
)


def points(scores: list[float]) -> list[ScorePoint]:
    return [
        ScorePoint(DAY + timedelta(weeks=at), score, score - 4, score + 4, "Watch", 20.0)
        for at, score in enumerate(scores)
    ]


def test_no_specification_holds_data_and_each_is_built_once_per_shape() -> None:
    assert parts_chart(PARTS).spec is parts_chart(PARTS[::-1]).spec
    assert steps_chart(STEPS).spec is steps_chart(STEPS).spec
    for drawing in (parts_chart(PARTS), steps_chart(STEPS), history_chart(points([60]), BANDS, ())):
        assert "datasets" not in drawing.spec
        assert not any("data" in layer for layer in drawing.spec["layer"])


def test_a_click_picks_an_input_or_a_day() -> None:
    for drawing, field in (
        (parts_chart(PARTS), "name"),
        (steps_chart(STEPS), "name"),
        (history_chart(points([60, 61]), BANDS, ()), "day"),
    ):
        params = drawing.spec.get("params") or [
            one for layer in drawing.spec["layer"] for one in layer.get("params", ())
        ]
        assert [(one["name"], one["select"]["fields"]) for one in params] == [(PICK, [field])]


def test_the_table_behind_has_what_each_input_adds() -> None:
    table = parts_chart(PARTS).table()
    assert list(table["Adds"]) == [7.5, 5.0]
    assert list(table["of at most"]) == [10.0, 5.0]


def test_steps_keep_their_order_and_their_way() -> None:
    drawn = steps_chart(STEPS).frame
    assert list(drawn["label"]) == [step.label for step in STEPS]
    assert list(drawn["way"]) == ["worse", "worse", "usual", "worse"]
    assert "CSAT −6.0" in steps_chart(STEPS).summary


@pytest.mark.parametrize(
    ("scores", "seen"), [([60, 62], ["Watch", "Healthy"]), ([90, 95], ["Healthy"])]
)
def test_bands_are_drawn_as_far_as_they_are_in_sight(scores: list[float], seen: list[str]) -> None:
    drawn = history_chart(points(scores), BANDS, ()).frame
    bands = drawn[drawn["kind"] == "band"]
    assert [label for label in bands["told"] if label in seen] == seen
    assert bands["low"].min() <= min(scores) - 4
    assert bands["high"].max() >= max(scores) + 4


def test_a_week_without_a_score_is_a_gap_and_an_event_is_marked() -> None:
    drawing = history_chart(points([60, nan, 62]), BANDS, [Happening(DAY, "Tier T1")])
    assert drawing.summary == "3 weeks, 2 of them with a score, from 60 to 62"
    assert list(drawing.table()["Day"]) == ["2026-03-16", "2026-03-09", "2026-03-02"]
    events = drawing.frame[drawing.frame["kind"] == "event"]
    assert list(events["told"]) == ["Tier T1"]
