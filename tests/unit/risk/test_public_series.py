"""Quarters, areas and restatements of the public report."""

from __future__ import annotations

from datetime import date

import pytest

from core.risk.public_report import area_key, area_of, policy_areas, public_report
from core.risk.public_series import Edition, Figure, FigureKey, Told, share_of, told
from core.risk.quarters import (
    complete_quarters,
    first_day,
    last_day,
    moved,
    quarter_of,
    quarters_between,
)
from core.stats.proportion import share_interval
from core.taxonomy import taxonomy

KEY = FigureKey("actioned", "facebook", "hateful_conduct", "2024Q2")
OLD = Edition("PR-0001", "2024Q2", "", 1)
NEW = Edition("PR-0002", "2024Q3", "", 2)


def a_figure(low: int | None, high: int | None = None, area: str = "Hate Speech") -> Figure:
    return Figure("actioned", "facebook", area, "2024Q2", low, high or low)


def test_quarters_follow_each_other_over_the_year() -> None:
    assert quarter_of(date(2024, 12, 31)) == "2024Q4"
    assert moved("2024Q4", 1) == "2025Q1"
    assert (first_day("2024Q4"), last_day("2024Q4")) == (date(2024, 10, 1), date(2024, 12, 31))
    assert complete_quarters(3, date(2024, 5, 1)) == ("2023Q3", "2023Q4", "2024Q1")
    assert quarters_between("2023Q4", "2024Q2") == ("2023Q4", "2024Q1", "2024Q2")


def test_areas_are_known_by_all_names_that_they_have_had() -> None:
    for now, before in [
        ("Hateful Conduct", "Hate Speech"),
        ("Dangerous Organizations: Terrorism", "Dangerous Orgs: Terrorism"),
        ("Restricted Goods & Services: Drugs", "regulated goods:  drugs"),
        ("Violence and Incitement", "Violence And Incitement"),
        ("Violent and Graphic Content", "Violent & Graphic Content"),
        ("Suicide, Self-Injury, and Eating Disorders", "Suicide and Self–Injury"),
    ]:
        assert area_key(now) == area_key(before) in policy_areas()
    assert area_of(area_key("Squirrel Fraud"), "Squirrel Fraud").abuse_type == ""


def test_every_area_stands_beside_a_type_of_ours() -> None:
    types = {area.abuse_type for area in policy_areas().values()}
    assert types <= set(taxonomy().abuse_types)


def test_every_series_is_found_by_its_names() -> None:
    report = public_report()
    for key, series in report.series.items():
        assert {report.series_named(name.upper()) for name in series.names} == {key}
    assert report.series_named("Likes") == ""


def test_the_newest_release_is_shown_and_the_change_is_told() -> None:
    found = told([(NEW, [a_figure(110, area="Hateful Conduct")]), (OLD, [a_figure(100)])])
    shown = found[KEY]
    assert (shown.figure.value, shown.ref) == (110, "PR-0002")
    (change,) = shown.restatements
    assert (change.before_ref, change.after_ref) == ("PR-0001", "PR-0002")
    assert change.change_share == pytest.approx(0.1)


def test_the_same_figure_again_is_no_restatement() -> None:
    assert told([(OLD, [a_figure(100)]), (NEW, [a_figure(100)])])[KEY].restatements == ()


def test_a_figure_withdrawn_or_turned_into_a_range_is_a_restatement_without_a_share() -> None:
    for later in (a_figure(None), a_figure(90, 110)):
        (change,) = told([(OLD, [a_figure(100)]), (NEW, [later])])[KEY].restatements
        assert change.change_share is None


def test_a_figure_that_only_an_older_release_has_goes_on_being_shown() -> None:
    assert told([(OLD, [a_figure(100)]), (NEW, [])])[KEY].ref == "PR-0001"


def test_later_quarters_are_newer_than_a_later_import() -> None:
    late_import = Edition("PR-0003", "2024Q1", "2026-01-01", 3)
    found = told([(OLD, [a_figure(100)]), (late_import, [a_figure(50)])])
    assert found[KEY].figure.value == 100


def test_a_share_needs_both_figures_and_a_whole_above_nought() -> None:
    part, whole = Told(a_figure(20), "x"), Told(a_figure(80), "x")
    assert share_of(part, whole) == 0.25
    for other in (None, Told(a_figure(None), "x"), Told(a_figure(0), "x")):
        assert share_of(part, other) is None
    assert share_of(None, whole) is None


def test_the_interval_of_a_share_holds_it_and_closes_at_none_and_all() -> None:
    low, high = share_interval(2, 12, 0.8)
    assert (low, high) == pytest.approx((0.06921, 0.33778), abs=1e-5)
    assert share_interval(0, 12, 0.8)[0] == 0
    assert share_interval(12, 12, 0.8)[1] == 1
