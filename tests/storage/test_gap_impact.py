"""Every number of a gap's impact is that of plain rules over its cases, and of the queue it opens."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Flag
from core.desk.boot import Desk
from core.desk.gap_impact import FEW_WEEKS, NO_FILTER, ImpactView, impact_view, ranking_view
from core.desk.queue import look_of, queue_view
from core.errors import Refused
from core.storage.queue import count, with_grants
from tests.support.gap_worlds import (
    PEOPLE,
    PlantedGap,
    Row,
    draw_matching,
    file_gap,
    is_matched,
    may_see,
    received_day,
)
from tests.support.rows import (
    DAY,
    HOUR,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    random_cases,
    store_cases,
    store_partners,
)

OVERTURNED = {"overturned_restored", "overturned_removed", "partially_overturned"}
LEA, PAT = PEOPLE[0], PEOPLE[2]


def plant(desk: Desk, seed: int, gaps: int = 2) -> tuple[list[Row], list[PlantedGap]]:
    draw = random.Random(seed)
    cases: list[Row] = [
        {**case, "time_us_us": draw.randrange(40) * HOUR, "partner_id": case["partner_id"]}
        for case in random_cases(200, seed=seed)
    ]
    store_partners(desk.store, *(a_partner(i) for i in range(1, 6)))
    store_cases(desk.store, *cases)
    planted = [
        file_gap(
            desk.store,
            number,
            [case["id"] for case in draw.sample(cases, 6)],
            draw_matching(draw, cases),
        )
        for number in range(1, gaps + 1)
    ]
    return cases, planted


def is_breached(case: Row) -> bool:
    recorded = [case.get(f"sla_{name}") for name in ("frt", "nrt", "upd", "ttr", "ttr_first")]
    is_late = bool(case["next_clock"]) and case["next_due_at"] < NOW
    return "breached" in recorded or is_late


def told(case: Row) -> dict[str, bool]:
    outcome = case.get("outcome", "")
    overturned = outcome in OVERTURNED
    return {
        "cases": True,
        "open": bool(case["owner"]),
        "breached": is_breached(case),
        "overturned": overturned,
        "reviewed": overturned or outcome in {"upheld", "action_changed", "newsworthy_allowance"},
        "reopened": case["reopen_count"] > 0,
        "wrong": overturned or is_breached(case),
    }


def opened(desk: Desk, person: Person) -> Callable[[CaseFilter], int]:
    def number(filter_: CaseFilter) -> int:
        look, _ = look_of(desk, person, filter_)
        with desk.snapshot.reading() as reading:
            return count(reading, filter_, with_grants(reading, look))

    return number


def seen_by(person: Person, gap: PlantedGap, cases: list[Row]) -> list[Row]:
    behind = (c for c in cases if c["id"] in gap.linked or is_matched(c, gap.matching))
    return [case for case in behind if may_see(case, person)]


def test_every_figure_is_that_of_the_rules_and_of_the_queue(desk: Desk) -> None:
    draw = random.Random(5)
    cases, planted = plant(desk, seed=3)
    some = 0
    for gap in planted:
        for person in PEOPLE:
            view = impact_view(desk, person, gap.ref, by="market")
            mine = seen_by(person, gap, cases)
            check_figures(view, mine, gap, person)
            check_values(view, mine)
            number = opened(desk, person)
            for total, filter_ in draw.sample([*every_count(view)], 8):
                assert number(filter_) == total, (person.username, filter_.chosen())
                some += total > 0
    for one in ranking_view(desk, LEA).gaps:
        for counted in (one.cases, one.recent):
            assert opened(desk, LEA)(counted.filter) == counted.count
    assert some > 30


def check_figures(view: ImpactView, mine: list[Row], gap: PlantedGap, person: Person) -> None:
    expected = Counter(name for case in mine for name, is_so in told(case).items() if is_so)
    expected["linked"] = sum(case["id"] in gap.linked for case in mine)
    expected["matching"] = sum(is_matched(case, gap.matching) for case in mine)
    first = received_day({"received_at": NOW}, person.zone) - timedelta(days=27)
    expected["recent"] = sum(received_day(case, person.zone) >= first for case in mine)
    assert {name: one.count for name, one in view.figures.items()} == {
        name: expected[name] for name in view.figures
    }
    overturned = view.figures["overturned"]
    assert (overturned.of, overturned.of_filter) == (
        expected["reviewed"],
        view.figures["reviewed"].filter,
    )
    spent = sorted(case["time_us_us"] for case in mine)
    assert (view.spent.cases, view.spent.total_us) == (len(spent), sum(spent))
    assert view.spent.max_us == max(spent, default=0)
    partners = {case["partner_id"] for case in mine} - {None}
    assert view.reach.partners == len(partners)
    assert view.reach.values["language"] == len({case["language"] for case in mine} - {""})


def check_values(view: ImpactView, mine: list[Row]) -> None:
    expected = Counter(case["market"] for case in mine)
    assert {one.value: one.cases for one, _ in view.values} == dict(expected)
    for one, _ in view.values:
        here = [case for case in mine if case["market"] == one.value]
        assert one.partners == len({case["partner_id"] for case in here} - {None})


def every_count(view: ImpactView) -> Iterator[tuple[int, CaseFilter]]:
    yield from ((one.count, one.filter) for one in view.figures.values())
    yield from ((one.cases, filter_) for one, filter_ in view.values)
    yield from ((week.count, filter_) for week, filter_ in view.trend)
    yield view.behind.cases, view.behind.filter
    for name, filter_ in view.behind.hit_filters.items():
        yield view.behind.hits[name], filter_


def weekly_cases(per_week: int, weeks: int = 40, **parts: Any) -> list[Row]:
    """Cases of the same kind every week; each third is overturned."""
    cases: list[Row] = []
    for number in range(per_week * weeks):
        received = NOW - 3 * DAY - (number // per_week) * 7 * DAY - number % per_week * HOUR
        outcome = "overturned_restored" if number % 3 == 0 else "upheld"
        finished = {"received_at": received, "resolved_at": received + HOUR, "time_us_us": HOUR}
        frt = {"first_response_at": received + HOUR, "outcome": outcome}
        cases.append(a_finished_case(0, **finished, **frt, **parts))
    return cases


def store_numbered(desk: Desk, *groups: list[Row]) -> list[Row]:
    cases: list[Row] = []
    for case in (one for group in groups for one in group):
        number = len(cases) + 1
        named = {"id": number, "ref": f"E-{number:06d}", "external_id": f"T{number}"}
        cases.append({**case, **named})
    store_cases(desk.store, *cases)
    return cases


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_open_gaps_stand_by_what_the_next_weeks_will_cost(desk: Desk) -> None:
    many, few = weekly_cases(12, market="BR"), weekly_cases(1, market="JP")
    store_numbered(desk, many, few)
    file_gap(desk.store, 1, matching=CaseFilter(market=("JP",)))
    file_gap(desk.store, 2, matching=CaseFilter(market=("BR",)))
    file_gap(desk.store, 3, [1, 2, 3])
    view = ranking_view(desk, LEA)
    assert [one.gap.ref for one in view.gaps] == ["G-0002", "G-0001", "G-0003"]
    first, second, last = view.gaps
    assert first.place is not None
    assert second.place is not None
    assert (first.place.first, first.place.last, first.place.alike) == (1, 1, ())
    # Twelve a week, of which a third is overturned.
    assert first.place.expected.low <= 4 * 12 / 3 <= first.place.expected.high
    assert (last.place, last.why_not, last.cases.count) == (None, NO_FILTER, 3)
    impact = impact_view(desk, LEA, "G-0002")
    assert impact.outlook is not None
    assert impact.outlook.hits["wrong"] == first.place.expected
    assert impact.outlook.cases.low <= 48 <= impact.outlook.cases.high
    assert impact.outlook.spent is not None
    assert impact.outlook.spent.mean == pytest.approx(impact.outlook.cases.mean * HOUR)
    assert all(week.count == 12 and not week.is_above for week, _ in impact.trend)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_young_desk_foresees_nothing(desk: Desk) -> None:
    store_numbered(desk, weekly_cases(3, weeks=8, market="BR"))
    file_gap(desk.store, 1, matching=CaseFilter(market=("BR",)))
    view = impact_view(desk, LEA, "G-0001")
    assert (view.outlook, view.why_no_outlook) == (None, FEW_WEEKS)
    assert all(week.expected != week.expected for week, _ in view.trend)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_partner_manager_counts_own_cases_only_and_is_told_so(desk: Desk) -> None:
    store_partners(desk.store, *(a_partner(i) for i in (1, 2)))
    groups = [weekly_cases(1, weeks=20, market="BR", partner_id=key) for key in (1, 2)]
    store_numbered(desk, *groups)
    file_gap(desk.store, 1, matching=CaseFilter(market=("BR",)))
    whole, own = impact_view(desk, LEA, "G-0001"), impact_view(desk, PAT, "G-0001")
    assert (whole.figures["cases"].count, own.figures["cases"].count) == (40, 20)
    assert (whole.is_own_only, own.is_own_only) == (False, True)
    assert own.reach.partners == 1
    assert ranking_view(desk, PAT).gaps[0].cases.count == 20


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_gap_without_cases_counts_nothing_and_breaks_nothing(desk: Desk) -> None:
    file_gap(desk.store, 1)
    view = impact_view(desk, LEA, "G-0001", by="partner")
    assert {one.count for one in view.figures.values()} == {0}
    assert (view.values, view.spent.cases, view.why_no_outlook) == ((), 0, NO_FILTER)
    assert ranking_view(desk, LEA).gaps[0].cases.count == 0


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_who_reads_no_gaps_gets_neither_impact_nor_ranking(desk: Desk) -> None:
    file_gap(desk.store, 1)
    admin = Person("adam", "Adam", "admin")
    for ask in (lambda: impact_view(desk, admin, "G-0001"), lambda: ranking_view(desk, admin)):
        with pytest.raises(Refused, match="open policy gaps"):
            ask()


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_case_that_changes_is_counted_anew(desk: Desk) -> None:
    cases = store_numbered(desk, weekly_cases(1, weeks=3, market="BR"))
    file_gap(desk.store, 1, matching=CaseFilter(market=("BR",)))
    assert impact_view(desk, LEA, "G-0001").figures["overturned"].count == 1
    store_cases(desk.store, {**cases[1], "outcome": "overturned_removed"})
    assert impact_view(desk, LEA, "G-0001").figures["overturned"].count == 2
    asked = CaseFilter(gap="G-0001", flags=(Flag.WENT_WRONG,), segment="all")
    assert queue_view(desk, LEA, asked).total == 2


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_days_are_those_of_the_zone(desk: Desk) -> None:
    # The 28 days begin at midnight of 3 February, which in Auckland is 11:00 UTC of the 2nd.
    noon_of_the_second = NOW - 28 * DAY + 3 * HOUR
    store_cases(desk.store, a_case(1, received_at=noon_of_the_second, market="BR"))
    file_gap(desk.store, 1, [1])
    counts = {
        zone: impact_view(desk, LEA, "G-0001", zone).figures["recent"].count
        for zone in ("UTC", "Asia/Tokyo", "Pacific/Auckland")
    }
    assert counts == {"UTC": 0, "Asia/Tokyo": 0, "Pacific/Auckland": 1}
