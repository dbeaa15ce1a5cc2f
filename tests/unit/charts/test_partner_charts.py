"""The charts of a partner's service and conduct: every piece, its words, and what a click picks."""

from __future__ import annotations

from datetime import date

from core.cases.filter import CaseFilter
from core.charts.conduct import conduct_chart, conduct_mark
from core.charts.waiting import waiting_chart
from core.desk.partner_conduct import ActionMark
from core.desk.partner_served import OwnedTime
from core.storage.partner_served_figures import Longest, OwnerTime

MARKS = (
    ActionMark(date(2026, 1, 1), "strike", 2, CaseFilter(text="a")),
    ActionMark(date(2026, 2, 1), "content", 5, CaseFilter(text="b")),
)


def owned(owner: str, share: float) -> OwnedTime:
    time = OwnerTime(owner, 10, 2, 4.0, Longest(1, 6, is_open=False))
    return OwnedTime(time, share, "E-1")


def test_each_mark_of_conduct_is_picked_by_month_and_group() -> None:
    drawing = conduct_chart(MARKS, ["2026-01", "2026-02"])
    picks = zip(drawing.frame["month"], drawing.frame["group"], strict=True)
    for mark, (month, group) in zip(MARKS, picks, strict=True):
        assert conduct_mark(MARKS, {"month": month, "group": group}) is mark
    assert conduct_mark(MARKS, {"month": "2026-02", "group": "strike"}) is None
    assert list(drawing.table()["Cases"]) == [2, 5]
    assert "7 violations" in drawing.summary


def test_a_month_without_a_violation_keeps_its_place() -> None:
    months = ["2026-01", "2026-02", "2026-03"]
    assert conduct_chart(MARKS, months).spec["encoding"]["x"]["scale"]["domain"] == months


def test_the_bar_has_a_piece_for_each_owner() -> None:
    drawing = waiting_chart([owned("us", 0.7), owned("policy", 0.3)], ["7 h", "3 h"])
    assert list(drawing.frame["share"]) == [0.7, 0.3]
    assert drawing.summary == "Who held the time: Us 70 %, Policy 30 %"
    assert not drawing.can_be_clicked
    assert list(drawing.table()["length"]) == ["7 h", "3 h"]
