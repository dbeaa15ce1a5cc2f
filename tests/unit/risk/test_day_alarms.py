"""The last days: kinds of day apart, nothing without history, and what each rule says."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.risk.day_alarms import DayHeadline, Rule, day_headline, judge_days
from core.risk.detector_settings import DayEarsSettings, detectors
from core.stats.arrays import Ints

HOW = detectors().ears_days
SIZE = HOW.history_days + HOW.shown_days
LAST = date(2026, 3, 8)  # a Sunday
DAYS = [LAST - timedelta(days=SIZE - 1 - at) for at in range(SIZE)]
WEDNESDAY = SIZE - 5


def series(working: int = 20, rest: int = 4) -> Ints:
    """One series that repeats itself, and the same as the row of all cases."""
    row = np.array([rest if day.weekday() in HOW.rest_weekdays else working for day in DAYS])
    return np.array([row, row], dtype=np.int64)


def told(counts: Ints) -> DayHeadline:
    return day_headline(counts, [None, "spam"], DAYS, HOW)


def test_a_monday_after_a_quiet_sunday_is_no_alarm() -> None:
    found = told(series())
    assert (found.alarms, found.judged) == ((), 2 * HOW.shown_days)


def test_a_day_that_rises_is_told_by_the_rules_that_see_it_and_then_goes_on() -> None:
    counts = series()
    counts[1, WEDNESDAY] = 60
    rules = {one.on: one.rules for one in told(counts).alarms}
    assert rules[DAYS[WEDNESDAY]] == (Rule.C1, Rule.C2)
    assert rules[DAYS[WEDNESDAY + 1]] == rules[DAYS[WEDNESDAY + 2]] == (Rule.C3,)
    assert len(rules) == 3
    above = {one.on: one.is_above for one in told(counts).alarms}
    assert above == {DAYS[WEDNESDAY + at]: at == 0 for at in range(3)}


def test_a_rest_day_as_busy_as_a_working_day_is_an_alarm() -> None:
    counts = series()
    counts[1, -1] = 20
    (one,) = told(counts).alarms
    assert (one.value, one.on, one.count, one.expected) == ("spam", LAST, 20, 4.0)


def test_two_cases_where_none_were_before_are_no_alarm() -> None:
    counts = series(0, 0)
    counts[:, 0] = 1
    counts[1, WEDNESDAY] = HOW.least_cases - 1
    assert not told(counts).alarms
    counts[1, WEDNESDAY] = HOW.least_cases
    assert told(counts).alarms


@pytest.mark.parametrize("known", [0, 1, 12, 30])
def test_days_before_the_first_case_are_no_history(known: int) -> None:
    counts = series()
    counts[:, : SIZE - known] = 0
    found = told(counts)
    assert not found.alarms
    assert found.judged < 2 * HOW.shown_days


def test_the_newest_day_comes_first_and_all_cases_before_their_values() -> None:
    counts = series()
    counts[:, WEDNESDAY] = 80
    counts[:, -1] = 30
    found = told(counts).alarms
    assert [one.value for one in found if one.on == LAST] == [None, "spam"]
    assert [one.on for one in found] == sorted((one.on for one in found), reverse=True)


def test_all_days_of_a_kind_are_judged_by_days_of_that_kind_alone() -> None:
    counts = series()
    weekdays = [day.weekday() for day in DAYS]
    expected = judge_days(counts, weekdays, HOW).expected[1, -HOW.shown_days :]
    assert expected.tolist() == [20.0] * 5 + [4.0] * 2


@pytest.mark.parametrize(
    "changed", [{"rest_weekdays": ()}, {"rest_weekdays": (5, 5)}, {"history_days": 40}]
)
def test_settings_that_leave_a_kind_without_history_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be some weekdays|hold too few days"):
        DayEarsSettings.model_validate({**HOW.model_dump(), **changed})
