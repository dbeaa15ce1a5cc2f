"""What a surge counts is what the queue shows: over roles, filters, weeks, time zones and stores."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.clock import FixedClock
from core.desk.boot import Desk
from core.desk.queue import queue_view
from core.desk.surges import SurgesView, ground, surges_view
from core.errors import Refused
from tests.support.surge_world import (
    NEW_CASES,
    NEW_SURFACE,
    SURGE,
    SURGE_ON,
    THURSDAY,
    fill_with_surge,
)

LEAD = Person("lead", "Lead", "team_lead")
AUDITOR = Person("auditor", "Auditor", "auditor")
MANAGER = Person("pm", "Manager", "partner_manager", partner_ids=frozenset({1, 2, 3, 4, 5, 6}))
PEOPLE = (LEAD, AUDITOR, MANAGER, Person("eye", "Viewer", "viewer"))
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland")
FILTERS = (
    CaseFilter(),
    CaseFilter(priority=("P2", "P3"), segment=Segment.ALL),
    CaseFilter(market=("BR", "DE", ""), channel=("partner_email", "chat")),
    CaseFilter(platform=("facebook",), age_over=60),
)
WEEKS = ("", "now", (SURGE_ON - timedelta(weeks=3)).isoformat(), SURGE_ON.isoformat())
SEED = 3


@pytest.fixture
def surged(desk: Desk, clock: FixedClock) -> Iterator[Desk]:
    """A desk with one surge in its last whole week, on each store."""
    clock.at = THURSDAY
    fill_with_surge(desk.store)
    yield desk
    desk.snapshot.close()


def total(desk: Desk, person: Person, filter_: CaseFilter) -> int:
    return queue_view(desk, person, filter_, facets=()).total


def counted(view: SurgesView) -> list[tuple[int, CaseFilter]]:
    """Every number of a view with the filter behind it."""
    judged = view.judged
    found = [(row.count, view.headline_filter(row)) for row in judged.headlines]
    found += [
        (row.drift.count, view.headline_filter(row, drift=True))
        for row in judged.headlines
        if row.drift is not None
    ]
    marks = [*judged.rare, *judged.small]
    for sighting in judged.sightings:
        assert sighting.mark.count == sighting.finding.count
        marks += [*sighting.weeks[-4:], *sighting.related]
    found += [(m.count, m.of(view.filter, view.zone)) for m in marks if m.count]
    found += [(one.count, view.day_filter(one)) for one in view.days.alarms]
    new = judged.result.new_values
    return found + [(n.count, view.week_filter(**{n.dimension: (n.value,)})) for n in new]


def test_every_number_opens_as_many_cases_as_it_counts(surged: Desk) -> None:
    draw = random.Random(SEED)
    for person in PEOPLE:
        for filter_, week in zip(draw.sample(FILTERS, 3), draw.sample(WEEKS, 3), strict=True):
            view = surges_view(surged, person, filter_, week, draw.choice(ZONES))
            numbers = counted(view)
            for count, behind in draw.sample(numbers, min(15, len(numbers))):
                assert total(surged, person, behind) == count, (person.role, view.week, behind)


def test_the_surge_is_the_first_finding_whatever_the_zone(surged: Desk) -> None:
    keys = set()
    for zone in ZONES:
        view = surges_view(surged, LEAD, CaseFilter(), SURGE_ON.isoformat(), zone)
        first = view.findings[0]
        assert first.sighting.finding.slice == SURGE
        keys.add(first.key)
        assert total(surged, LEAD, first.sighting.mark.of(view.filter, view.zone)) > 25
    assert len(keys) == 1


def test_the_days_of_the_surge_are_told_in_every_zone_with_exactly_their_cases(
    surged: Desk,
) -> None:
    brazil = CaseFilter(market=("BR",))
    for zone in ZONES:
        view = surges_view(surged, LEAD, brazil, SURGE_ON.isoformat(), zone)
        assert view.days.days[-1] == view.week.last_day
        rose = [one for one in view.days.alarms if one.value == SURGE[0].value]
        assert rose
        for one in rose:
            assert total(surged, LEAD, view.day_filter(one)) == one.count


def test_cases_with_a_new_value_are_listed_apart_and_not_counted(surged: Desk) -> None:
    view = surges_view(surged, AUDITOR, CaseFilter(), SURGE_ON.isoformat())
    mark = view.findings[0].sighting.mark
    assert mark.parts["surface"] == ("", "feed", "reels", "stories")
    assert view.judged.not_counted == NEW_CASES
    wider = mark.of(view.filter, view.zone).without("surface")
    assert total(surged, AUDITOR, wider) == mark.count + NEW_CASES
    (new,) = view.judged.result.new_values
    assert (new.value, new.count) == (NEW_SURFACE, NEW_CASES)


def test_nobody_counts_what_they_may_not_see(surged: Desk) -> None:
    counts = {
        person.username: surges_view(surged, person, CaseFilter()).judged.headlines[0].count
        for person in (LEAD, AUDITOR, MANAGER)
    }
    assert counts["pm"] < counts["lead"] < counts["auditor"]
    keys = {surges_view(surged, p, CaseFilter()).findings[0].key for p in (LEAD, AUDITOR)}
    assert len(keys) == 2


def test_the_week_so_far_ends_with_the_last_whole_day(surged: Desk) -> None:
    view = surges_view(surged, LEAD, CaseFilter(), "now")
    assert view.week.is_running
    assert (view.week.first_day, view.week.last_day) == (
        SURGE_ON + timedelta(days=7),
        SURGE_ON + timedelta(days=9),
    )
    usual = view.judged.result.usual_total
    whole = surges_view(surged, LEAD, CaseFilter()).judged.result.usual_total
    assert usual == pytest.approx(whole * 3 / 7, rel=0.25)


def test_a_week_that_cannot_be_chosen_is_told_and_the_last_one_shown(surged: Desk) -> None:
    view = surges_view(surged, LEAD, CaseFilter(), "2026-02-24")
    assert view.week.first_day == SURGE_ON
    assert "is no week to choose" in view.notices[0]
    assert surges_view(surged, LEAD, CaseFilter()).notices == ()


def test_a_second_look_scans_nothing(surged: Desk) -> None:
    told: list[float] = []

    def look() -> SurgesView:
        return surges_view(
            surged, LEAD, CaseFilter(), progress=lambda share, what: told.append(share)
        )

    first = look()
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    told.clear()
    assert look().judged is first.judged
    assert told == []


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_without_history_the_view_says_why_nothing_was_scanned(desk: Desk) -> None:
    view = surges_view(desk, LEAD, CaseFilter())
    assert view.findings == ()
    assert "are needed" in view.judged.result.coverage.why_not
    desk.snapshot.close()


def test_dates_and_states_of_the_filter_do_not_count() -> None:
    asked = CaseFilter(market=("BR",), age_over=60, received_from=SURGE_ON)
    assert ground(asked) == CaseFilter(
        segment=Segment.ALL, sort=ground(asked).sort, market=("BR",), zone=asked.zone
    )


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_who_may_not_read_risk_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        surges_view(desk, replace(LEAD, role="admin"), CaseFilter())
