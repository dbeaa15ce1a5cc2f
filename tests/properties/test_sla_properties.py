"""What must hold for any calendar and any case, whatever the numbers are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import from_micros, to_micros
from core.sla.calendars import CalendarMeasure, measure_of
from core.sla.clocks import clocks
from core.sla.model import (
    Calendar,
    CaseFacts,
    ClockEvent,
    ClockName,
    EventKind,
    OpenInterval,
    Owner,
    Verdict,
)
from tests.properties.sla_cases import MINUTES, a_calendar, a_story, a_world
from tests.spec.sla_table import OFFICE, a_book, a_policy

BEGIN = datetime(2026, 3, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


@lru_cache(maxsize=64)
def calendar_number(number: int) -> Calendar:
    """One of a few random calendars."""
    return a_calendar(Random(number), f"r{number}", BEGIN, BEGIN, MINUTES)


CALENDARS = st.integers(0, 39).map(calendar_number)
MOMENTS = st.integers(0, 40 * 86_400_000_000).map(lambda us: from_micros(to_micros(BEGIN) + us))


def worked(calendar: Calendar, *moments: datetime) -> list[timedelta]:
    measure = measure_of(calendar)
    return [measure.worked_at(moment) for moment in moments]


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_working_time_is_monotone_and_additive(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    first, second, third = sorted((one, two, three))
    a, b, c = worked(calendar, first, second, third)
    assert timedelta() <= b - a <= second - first
    assert (b - a) + (c - b) == c - a


@given(CALENDARS, MOMENTS, st.integers(1, 200 * 3600))
def test_the_due_time_is_the_earliest_instant_with_that_much_work(
    calendar: Calendar, since: datetime, seconds: int
) -> None:
    measure = measure_of(calendar)
    goal = measure.worked_at(since) + timedelta(seconds=seconds)
    due = measure.moment_at(goal)
    assert measure.worked_at(due) == goal
    assert measure.worked_at(due - timedelta(microseconds=1)) < goal


@given(CALENDARS, st.lists(MOMENTS, min_size=1, max_size=20))
def test_arrays_measure_like_single_moments(calendar: Calendar, moments: list[datetime]) -> None:
    measure = measure_of(calendar)
    together = measure.worked(np.array([to_micros(m) for m in moments], dtype=np.int64))
    assert list(together) == [measure.worked_at(m) // timedelta(microseconds=1) for m in moments]


def test_the_edges_of_a_measure_ascend_without_touching() -> None:
    for number in range(40):
        measure: CalendarMeasure = measure_of(calendar_number(number))
        assert (measure.opens < measure.closes).all()
        assert (measure.closes[:-1] < measure.opens[1:]).all()


@given(st.integers(0, 30), st.sampled_from(["Asia/Tokyo", "Asia/Kolkata", "Asia/Singapore"]))
def test_the_measure_depends_on_the_wall_clock_and_not_on_the_zone(hours: int, zone: str) -> None:
    """Where no clock is ever changed, the same wall-clock story gives the same working time."""
    week = tuple(OpenInterval(day, 9 * HOUR, 17 * HOUR) for day in range(5))
    here = Calendar("here", "UTC", BEGIN, week)
    there = Calendar("there", zone, BEGIN, week)
    shift = there_offset(zone)
    end = BEGIN + hours * HOUR
    a, b = worked(here, BEGIN, end)
    c, d = worked(there, BEGIN - shift, end - shift)
    assert b - a == d - c


def there_offset(zone: str) -> timedelta:
    hours = {"Asia/Tokyo": 9.0, "Asia/Kolkata": 5.5, "Asia/Singapore": 8.0}
    return timedelta(hours=hours[zone])


@given(st.integers(61, 14 * 60), st.integers(1, 59), st.integers(1, 15 * 60))
def test_moving_a_pause_within_closed_time_changes_nothing(
    start: int, moved: int, length: int
) -> None:
    """A pause wholly inside Friday evening to Monday morning costs and saves nothing."""
    closes = datetime(2026, 1, 16, 16, tzinfo=UTC)  # Friday 17:00 in Berlin
    facts = CaseFacts(priority="P2", tier="T1", calendar="office")

    def told(begin: int) -> tuple[object, ...]:
        pause = closes + timedelta(minutes=begin)
        events = (
            ClockEvent(closes - 3 * HOUR, EventKind.RECEIVED),
            ClockEvent(pause, EventKind.STATUS, "awaiting_requester"),
            ClockEvent(pause + timedelta(minutes=length), EventKind.STATUS, "in_progress"),
            ClockEvent(closes + 67 * HOUR, EventKind.STATUS, "resolved"),
        )
        ttr = clocks(facts, events, a_book(), closes + 90 * HOUR).clocks[ClockName.TTR]
        return ttr.verdict, ttr.elapsed, ttr.due_at, ttr.breached_at

    assert told(start) == told(start + moved)


@given(st.integers(0, 10_000), st.integers(0, 18 * 24 * 60))
def test_what_is_breached_stays_breached_and_parts_fill_the_time(seed: int, minutes: int) -> None:
    world = a_world(Random(f"shared/{seed % 7}"), 0, MINUTES)
    story = a_story(Random(seed), world.book, world.begin, MINUTES)
    early = clocks(story.facts, story.events, world.book, world.begin + timedelta(minutes=minutes))
    late = clocks(story.facts, story.events, world.book, world.at)
    assert sum(early.parts.values(), timedelta()) == early.wall
    lengths = dict.fromkeys(Owner, timedelta())
    for one in early.segments:
        lengths[one.owner] += one.ended_at - one.started_at
    assert lengths == early.parts
    if early.received_at != late.received_at or set(late.faults) - set(early.faults):
        return  # what came in later rewrote the beginning or showed it to be contradictory
    for name in ClockName:
        if early.clocks[name].verdict is Verdict.BREACHED:
            assert late.clocks[name].verdict is Verdict.BREACHED


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_event_that_no_clock_reads_changes_no_clock(seed: int, minutes: int) -> None:
    world = a_world(Random(f"shared/{seed % 7}"), 0, MINUTES)
    story = a_story(Random(seed), world.book, world.begin, MINUTES)
    first = min(e.at for e in story.events)
    note = ClockEvent(first + timedelta(minutes=minutes), EventKind.NOTE, "seen")
    plain = clocks(story.facts, story.events, world.book, world.at)
    noted = clocks(story.facts, (*story.events, note), world.book, world.at)
    assert plain.clocks == noted.clocks
    assert plain.parts == noted.parts


@pytest.mark.parametrize("hours", range(1, 9))
def test_a_larger_target_never_turns_met_into_breached(hours: int) -> None:
    events = (
        ClockEvent(datetime(2026, 1, 12, 8, tzinfo=UTC), EventKind.RECEIVED),
        ClockEvent(datetime(2026, 1, 12, 13, tzinfo=UTC), EventKind.REPLY),
    )
    facts = CaseFacts(priority="P2", tier="T1", calendar=OFFICE.key)
    verdicts = [
        clocks(facts, events, a_book(a_policy(P2=f"{h} h / 8 h / 1 d / 3 d")), BEGIN).clocks
        for h in (hours, hours + 1)
    ]
    small, large = (v[ClockName.FRT].verdict for v in verdicts)
    assert small is Verdict.BREACHED or large is Verdict.MET
