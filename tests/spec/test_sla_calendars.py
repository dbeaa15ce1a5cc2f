"""Working time on the wall calendar: due instants and the length of odd days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.sla.calendars import measure_of
from core.sla.model import Calendar
from tests.spec.sla_table import (
    BERLIN_ALWAYS,
    HOUR,
    LUNCH,
    NIGHT,
    OFFICE,
    OFFICE_WEEK,
    moment,
)


@pytest.mark.parametrize(
    ("calendar", "since", "work", "due"),
    [
        (OFFICE, "Fri 2026-01-16 16:00", 2 * HOUR, "Mon 2026-01-19 10:00"),
        (OFFICE, "Fri 2026-01-16 16:00", 1 * HOUR, "Fri 2026-01-16 17:00"),
        (OFFICE, "Fri 2026-01-16 18:00", 8 * HOUR, "Mon 2026-01-19 17:00"),
        (OFFICE, "Fri 2026-03-27 16:00", 2 * HOUR, "Mon 2026-03-30 10:00"),
        (LUNCH, "Thu 2026-01-15 11:30", 1 * HOUR, "Thu 2026-01-15 13:30"),
        (LUNCH, "Thu 2026-01-15 11:30", HOUR / 2, "Thu 2026-01-15 12:00"),
        (NIGHT, "Fri 2026-01-16 23:00", 7 * HOUR, "Sat 2026-01-17 06:00"),
        (NIGHT, "Fri 2026-01-16 23:00", 8 * HOUR, "Mon 2026-01-19 23:00"),
        (BERLIN_ALWAYS, "Sun 2026-03-29 00:00", 23 * HOUR, "Mon 2026-03-30 00:00"),
        (BERLIN_ALWAYS, "Sun 2026-10-25 00:00", 25 * HOUR, "Mon 2026-10-26 00:00"),
    ],
)
def test_work_is_due_at_the_earliest_instant_of_open_time(
    calendar: Calendar, since: str, work: timedelta, due: str
) -> None:
    measure = measure_of(calendar)
    assert measure.moment_at(measure.worked_at(moment(since)) + work) == moment(due)


@pytest.mark.parametrize(
    ("calendar", "day", "after", "hours"),
    [
        (BERLIN_ALWAYS, "2026-03-29 00:00", "2026-03-30 00:00", 23),
        (BERLIN_ALWAYS, "2026-10-25 00:00", "2026-10-26 00:00", 25),
        (OFFICE, "2026-03-30 00:00", "2026-03-31 00:00", 8),
        (OFFICE, "2026-10-26 00:00", "2026-10-27 00:00", 8),
        (NIGHT, "2026-03-27 12:00", "2026-03-28 12:00", 8),
    ],
)
def test_a_day_has_the_hours_that_the_wall_clock_shows(
    calendar: Calendar, day: str, after: str, hours: int
) -> None:
    measure = measure_of(calendar)
    assert measure.worked_at(moment(after)) - measure.worked_at(moment(day)) == hours * HOUR


def test_office_hours_last_eight_hours_on_the_days_the_clocks_change() -> None:
    sundays = tuple(OFFICE_WEEK[0].__class__(6, 9 * HOUR, 17 * HOUR) for _ in range(1))
    measure = measure_of(Calendar("sunday", "Europe/Berlin", OFFICE.effective_from, sundays))
    for day, after in (
        ("2026-03-29 00:00", "2026-03-30 00:00"),
        ("2026-10-25 00:00", "2026-10-26 00:00"),
    ):
        assert measure.worked_at(moment(after)) - measure.worked_at(moment(day)) == 8 * HOUR
