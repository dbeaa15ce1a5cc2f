"""Charts carry no data in their specification, every count in their table, and words."""

from __future__ import annotations

import pandas as pd

from core.charts.ageing import AGEING, ageing_chart
from core.charts.flow import flow_chart
from core.charts.model import PICK
from core.charts.owners import OWNER_BAND, owner_band

BUCKETS = ("under 4 h", "4–24 h", "over 30 d")


def open_cases() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "bucket": ["under 4 h", "under 4 h", "over 30 d"],
            "owner": ["us", "policy", "us"],
            "cases": [3, 1, 2],
        }
    )


def days() -> pd.DataFrame:
    return pd.DataFrame(
        {"day": ["2026-03-01", "2026-03-02"], "arrivals": [5, 7], "resolutions": [4, 0]}
    )


def test_the_specification_holds_no_data_and_is_built_once_per_shape() -> None:
    first, second = ageing_chart(open_cases(), BUCKETS), ageing_chart(AGEING.empty(), BUCKETS)
    assert first.spec is second.spec
    assert "data" not in first.spec
    assert "datasets" not in first.spec
    assert first.spec["usermeta"]["embedOptions"]["renderer"] == "canvas"


def test_the_table_behind_the_ageing_chart_has_every_count_in_order_of_age() -> None:
    table = ageing_chart(open_cases(), BUCKETS).table
    assert list(table.index) == ["under 4 h", "over 30 d"]
    assert table.to_numpy().sum() == open_cases()["cases"].sum()
    assert table.loc["over 30 d", "Policy"] == 0


def test_a_click_picks_what_the_filter_can_say() -> None:
    fields = [p["select"]["fields"] for p in ageing_chart(open_cases(), BUCKETS).spec["params"]]
    assert fields == [["bucket", "owner"]]
    params = flow_chart(days()).spec["params"]
    assert [(p["name"], p["select"]["fields"]) for p in params] == [(PICK, ["day", "kind"])]


def test_two_bars_a_day_sum_to_what_the_words_say() -> None:
    drawing = flow_chart(days())
    assert drawing.frame.groupby("kind")["cases"].sum().to_dict() == {
        "arrivals": 12,
        "resolutions": 4,
    }
    assert drawing.alt == "Per day: 12 cases received and 4 resolved over 2 days"


def test_a_wait_without_a_question_says_so() -> None:
    band = OWNER_BAND.check(
        pd.DataFrame(
            {
                "from_ms": [0, 60_000],
                "to_ms": [60_000, 120_000],
                "owner": ["us", "requester"],
                "supported": [True, False],
            }
        ).astype({"owner": "str"})
    )
    drawing = owner_band(band, ["1 m", "1 m"])
    assert list(drawing.frame["evidence"]) == ["", "no question was asked"]
    assert "Requester 1 m" in drawing.alt
