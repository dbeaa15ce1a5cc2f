"""Charts carry no data in their specification, every count in their table, and words."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from core.cases.filter import CaseFilter
from core.cases.model import AgeingMark, FlowMark
from core.charts.ageing import ageing_chart, ageing_mark
from core.charts.flow import flow_chart, flow_mark
from core.charts.model import PICK
from core.charts.owners import OWNER_BAND, owner_band
from core.charts.sparkline import sparkline

AGEING = (
    AgeingMark("us", "under 1 d", 0, 3, CaseFilter(owner=("us",), age_under=1440)),
    AgeingMark("policy", "under 1 d", 0, 1, CaseFilter(owner=("policy",), age_under=1440)),
    AgeingMark("us", "30 d and more", 5, 2, CaseFilter(owner=("us",), age_over=43200)),
)
FLOW = (
    FlowMark(date(2026, 3, 1), "arrivals", 5, CaseFilter(received_from=date(2026, 3, 1))),
    FlowMark(date(2026, 3, 1), "resolutions", 4, CaseFilter(resolved_from=date(2026, 3, 1))),
    FlowMark(date(2026, 3, 2), "arrivals", 7, CaseFilter(received_from=date(2026, 3, 2))),
)


def test_the_specification_holds_no_data_and_is_built_once_per_shape() -> None:
    first, second = ageing_chart(AGEING), ageing_chart(AGEING[:1] + AGEING[2:])
    assert first.spec is second.spec
    assert "data" not in first.spec
    assert "datasets" not in first.spec
    assert first.spec["usermeta"]["embedOptions"]["renderer"] == "canvas"


def test_what_the_browser_builds_a_chart_from_is_the_same_for_other_counts() -> None:
    fewer = ageing_chart(AGEING[:1])
    assert (fewer.spec, fewer.alt) == (ageing_chart(AGEING).spec, ageing_chart(AGEING).alt)
    assert flow_chart(FLOW[:1]).alt == flow_chart(FLOW).alt


def test_the_table_behind_the_ageing_chart_has_every_count_in_order_of_age() -> None:
    table = ageing_chart(AGEING).table()
    assert list(table["Age"]) == ["under 1 d", "30 d and more"]
    assert list(table["Policy"]) == [1, 0]
    assert list(table["Us"]) == [3, 2]


def test_a_click_picks_a_mark_with_the_filter_that_opens_its_cases() -> None:
    assert ageing_mark(AGEING, {"bucket": "30 d and more", "owner": "us"}) is AGEING[2]
    assert ageing_mark(AGEING, {"bucket": "30 d and more", "owner": "policy"}) is None
    assert flow_mark(FLOW, {"day": "2026-03-01", "kind": "resolutions"}) is FLOW[1]
    params = flow_chart(FLOW).spec["params"]
    assert [(p["name"], p["select"]["fields"]) for p in params] == [(PICK, ["day", "kind"])]


def test_the_words_of_the_flow_say_the_sums_of_its_bars() -> None:
    drawing = flow_chart(FLOW)
    assert drawing.summary == "Per day: 12 cases received and 4 resolved over 2 days"
    assert drawing.table().to_dict("list") == {
        "Day": ["2026-03-01", "2026-03-02"],
        "Received": [5, 7],
        "Resolved": [4, 0],
    }


def test_over_many_days_what_was_resolved_hangs_below_what_came_in() -> None:
    days = [date(2026, 1, 1) + timedelta(days=back) for back in range(90)]
    many = flow_chart([FlowMark(day, "arrivals", 1, CaseFilter()) for day in days])
    assert "xOffset" not in many.spec["encoding"]
    assert many.spec["transform"][0]["calculate"].startswith("datum.what == 'Resolved' ? -datum")
    assert "xOffset" in flow_chart(FLOW).spec["encoding"]


def test_charts_without_marks_are_empty_and_not_an_error() -> None:
    assert ageing_chart(()).table().empty
    assert flow_chart(()).frame.empty


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


def test_a_sparkline_leaves_a_gap_where_nothing_is_known() -> None:
    assert sparkline((1, 2, None, 4)).count("M") == 2
    assert sparkline((3, 3, 3)).count("14.0") == 3
    assert sparkline(()) == sparkline((None, None)) == ""
