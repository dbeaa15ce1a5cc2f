"""Every figure of the queue opens exactly the cases that it counts, for any filter and person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment, Sort, Whose
from core.cases.measures import TILES
from core.cases.model import Viewer
from core.clock import FixedClock
from core.desk.boot import Desk, open_desk
from core.desk.queue import QueueView, queue_view
from core.errors import Refused
from core.settings import Settings
from core.storage.cases import QUEUE_ROWS
from core.storage.queue import count, ids_of, look_at, named
from tests.support.rows import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    grant,
    random_cases,
    remove_case,
    store_cases,
    store_partners,
)
from tests.support.stores import MONDAY_MORNING, sqlite_url

LEAD = Person("ana", "Ana", "team_lead", team="red", zone="Europe/Berlin")
PEOPLE = (
    LEAD,
    Person("bo", "Bo", "analyst", team="blue", zone="Asia/Tokyo"),
    Person("mia", "Mia", "partner_manager", partner_ids=frozenset({1, 2})),
    Person("ada", "Ada", "auditor"),
    Person("vic", "Vic", "viewer"),
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a few hundred cases in every state, some of them restricted with grants."""
    folder = tmp_path_factory.mktemp("busy")
    address = Settings(database_url=sqlite_url(folder), local_dir=folder)
    desk = open_desk(address, FixedClock(MONDAY_MORNING))
    store_partners(desk.store, *(a_partner(i) for i in range(1, 6)))
    cases = random_cases(400, seed=7, open_share=0.5)
    store_cases(desk.store, *cases)
    secret = [case["id"] for case in cases if case["restriction"] == "restricted"]
    for id_ in secret[:10]:
        grant(desk.store, id_, "person", "bo")
    for id_ in secret[5:20]:
        grant(desk.store, id_, "role", "partner_manager")
    yield desk
    desk.store.close()


def total(desk: Desk, person: Person, chosen: CaseFilter) -> int:
    look = look_at(desk.book, scope_of(person), viewer_of(person), NOW)
    with desk.store.read() as connection:
        found = named(connection, chosen, scope_of(person))
    with desk.snapshot.reading() as reading:
        return count(reading, chosen, replace(look, found=found))


def viewer_of(person: Person) -> Viewer:
    return Viewer(person.username, person.team)


people = st.sampled_from(PEOPLE)


def few(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


filters = st.fixed_dictionaries(
    {},
    optional={
        "segment": st.sampled_from(Segment),
        "flags": few(*Flag),
        "whose": few(*Whose),
        "priority": few("P0", "P1", "P2"),
        "owner": few("us", "requester", ""),
        "partner": few("P-0001", "P-0002", "P-9999", ""),
        "market": few("DE", "NA", ""),
        "assignee": few("ana", "bo", ""),
        "sla_frt": few("met", "breached", "running"),
        "received_from": st.none() | st.just((MONDAY_MORNING - timedelta(days=20)).date()),
        "resolved_to": st.none() | st.just((MONDAY_MORNING - timedelta(days=1)).date()),
        "responded_from": st.none() | st.just((MONDAY_MORNING - timedelta(days=9)).date()),
        "zone": st.sampled_from(["UTC", "America/New_York"]),
        "due_within": st.none() | st.just(300),
        "age_over": st.none() | st.just(3 * 24 * 60),
    },
).map(CaseFilter.model_validate)
slowly = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@slowly
@given(person=people, chosen=filters)
def test_a_tile_counts_what_it_opens(busy: Desk, person: Person, chosen: CaseFilter) -> None:
    for tile in queue_view(busy, person, chosen).tiles:
        assert tile.n == total(busy, person, tile.filter), tile.name
        if tile.before_filter:
            assert tile.before_n == total(busy, person, tile.before_filter)


@slowly
@given(person=people, chosen=filters)
def test_a_mark_of_a_chart_counts_what_it_opens(
    busy: Desk, person: Person, chosen: CaseFilter
) -> None:
    view = queue_view(busy, person, chosen)
    flow = [m for m in view.flow if m.count or m.day.day % 9 == 0]
    marks = [(m.count, m.filter) for m in view.ageing] + [(m.count, m.filter) for m in flow]
    for number, narrowed in marks:
        assert number == total(busy, person, narrowed)


@slowly
@given(person=people, chosen=filters)
def test_a_facet_counts_what_choosing_it_shows(
    busy: Desk, person: Person, chosen: CaseFilter
) -> None:
    view = queue_view(busy, person, chosen)
    assert view.total == total(busy, person, chosen)
    for name in ("priority", "partner", "sla_frt", "assignee", "abuse_family", "restriction"):
        for value in view.facets.dimensions[name]:
            assert value.count == total(busy, person, chosen.but(**{name: (value.value,)}))
    for flag, number in view.facets.flags.items():
        flags = tuple(dict.fromkeys((*chosen.flags, Flag(flag))))
        assert number == total(busy, person, chosen.but(flags=flags))
    for segment, number in view.facets.segments.items():
        assert number == total(busy, person, chosen.but(segment=segment))


@slowly
@given(person=people, chosen=filters)
def test_the_values_of_a_dimension_cover_all_cases(
    busy: Desk, person: Person, chosen: CaseFilter
) -> None:
    view = queue_view(busy, person, chosen)
    for name in DIMENSIONS:
        everything = total(busy, person, chosen.without(name))
        assert sum(value.count for value in view.facets.dimensions[name]) == everything


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("segment", [Segment.OPEN, Segment.ALL])
def test_turning_pages_shows_every_case_once_and_back_again(
    busy: Desk, sort: Sort, segment: Segment
) -> None:
    chosen = CaseFilter(sort=sort, segment=segment)
    pages = [queue_view(busy, LEAD, chosen)]
    while place := pages[-1].next:
        pages.append(queue_view(busy, LEAD, chosen, place))
    seen = [id_ for page in pages for id_ in page.rows["id"]]
    look = look_at(busy.book, scope_of(LEAD), viewer_of(LEAD), NOW)
    with busy.snapshot.reading() as reading:
        assert sorted(seen) == ids_of(reading, chosen, look)
    assert len(seen) == len(set(seen)) == pages[0].total
    assert [page.first for page in pages] == [1 + 50 * i for i in range(len(pages))]
    back = [pages[-1]]
    while place := back[-1].previous:
        back.append(queue_view(busy, LEAD, chosen, place))
    assert [list(p.rows["id"]) for p in back] == [list(p.rows["id"]) for p in reversed(pages)]
    assert [page.first for page in back] == [page.first for page in reversed(pages)]


def order(view: QueueView, column: str) -> list[object]:
    return list(view.rows[column])


def test_orders_are_what_their_rule_says(busy: Desk) -> None:
    received = order(queue_view(busy, LEAD, CaseFilter(sort=Sort.AGE)), "received_at")
    assert received == sorted(received)  # type: ignore[type-var]
    newest = order(queue_view(busy, LEAD, CaseFilter(sort=Sort.RECEIVED)), "received_at")
    assert newest == sorted(newest, reverse=True)  # type: ignore[type-var]
    due = queue_view(busy, LEAD, CaseFilter(sort=Sort.DUE)).rows["next_due_at"].dropna()
    assert len(due) > 5
    assert due.is_monotonic_increasing
    by_priority = order(queue_view(busy, LEAD, CaseFilter(sort=Sort.PRIORITY)), "priority")
    assert by_priority == sorted(by_priority)  # type: ignore[type-var]
    urgency = queue_view(busy, LEAD, CaseFilter()).rows["urgency"].dropna().round(5)
    assert len(urgency) > 5
    assert urgency.is_monotonic_decreasing


def test_rows_have_the_declared_shape_also_when_there_are_none(busy: Desk) -> None:
    QUEUE_ROWS.check(queue_view(busy, LEAD, CaseFilter()).rows)
    empty = queue_view(busy, LEAD, CaseFilter(assignee=("nobody",)))
    QUEUE_ROWS.check(empty.rows)
    assert (len(empty.rows), empty.total, empty.first, empty.next) == (0, 0, 0, None)


def test_a_clock_is_missed_only_after_its_due_moment(desk: Desk, clock: FixedClock) -> None:
    store_cases(desk.store, a_case(1, next_due_at=NOW, frt_due_at=NOW))
    view = queue_view(desk, LEAD, CaseFilter())
    assert (view.facets.flags["breached"], view.rows.loc[0, "state"]) == (0, "running")
    assert queue_view(desk, LEAD, CaseFilter(due_within=0)).total == 1
    clock.advance(timedelta(minutes=1))
    view = queue_view(desk, LEAD, CaseFilter())
    assert (view.facets.flags["breached"], view.rows.loc[0, "state"]) == (1, "breached")
    assert view.rows.loc[0, "sla_frt"] == "breached"
    assert queue_view(desk, LEAD, CaseFilter(sla_frt=("breached",))).total == 1
    assert queue_view(desk, LEAD, CaseFilter(due_within=5)).total == 0


def test_the_first_reply_tile_compares_two_windows_of_the_persons_days(desk: Desk) -> None:
    def replied(id_: int, at: int, took: int) -> dict[str, object]:
        return a_finished_case(id_, first_response_at=at, frt_us=took, received_at=at - took)

    midnight = NOW - 10 * HOUR  # in Berlin, on 2 March at 09:00 UTC
    store_cases(
        desk.store,
        replied(1, midnight, 2 * HOUR),
        replied(2, midnight - 6 * DAY, 4 * HOUR),
        replied(3, midnight - 6 * DAY - 1, 8 * HOUR),
        replied(4, midnight - 13 * DAY, 8 * HOUR),
        replied(5, midnight - 13 * DAY - 1, 99 * HOUR),
        a_finished_case(6, first_response_at=NOW - HOUR, frt_us=None),
    )
    tile = {t.name: t for t in queue_view(desk, LEAD, CaseFilter()).tiles}["frt_p90"]
    assert (tile.n, tile.before_n, tile.before) == (2, 2, 8 * HOUR)
    assert tile.value == pytest.approx(3.8 * HOUR)
    assert tile.series[-1] == 2 * HOUR
    assert len(tile.series) == 28


def test_the_open_tile_walks_back_to_every_evening(desk: Desk) -> None:
    store_cases(
        desk.store,
        a_case(1, received_at=NOW - 100 * DAY),
        a_case(2, received_at=NOW - 2 * DAY),
        a_finished_case(3, received_at=NOW - 5 * DAY, resolved_at=NOW - DAY),
    )
    tile = queue_view(desk, LEAD, CaseFilter()).tiles[0]
    assert tile.name == TILES[0].name == "open"
    assert tile.series[-7:] == (1, 2, 2, 2, 3, 2, 2)


def test_each_flag_means_what_it_says(desk: Desk) -> None:
    store_cases(
        desk.store,
        a_case(1, assignee="ana", channel="phone"),
        a_case(2, reopen_count=1, first_response_at=NOW, assignee="ana"),
        a_case(3, unsupported_pause=True, first_response_at=NOW, assignee="ana"),
        a_case(4, data_fault="x", first_response_at=NOW, assignee="ana"),
        a_case(5, legal_hold=True, first_response_at=NOW, assignee="ana"),
        a_case(6, first_response_at=NOW),
        a_case(7, sla_upd="breached", first_response_at=NOW, assignee="ana"),
    )
    flags = queue_view(desk, LEAD, CaseFilter()).facets.flags
    expected: dict[str, int] = {flag.value: 1 for flag in Flag}
    assert flags == {**expected, "at_risk": 0}


def test_at_risk_follows_the_share_of_the_policy(desk: Desk) -> None:
    worked = dict(look_at(desk.book, scope_of(LEAD), viewer_of(LEAD), NOW).worked)
    name = next(key for key in worked if key.startswith("24x7@"))
    half = {"next_target_us": 4 * HOUR, "next_calendar": name, "next_base_us": worked[name]}
    store_cases(
        desk.store,
        a_case(1, **{**half, "next_base_us": worked[name] - 3 * HOUR}),
        a_case(2, **{**half, "next_base_us": worked[name] - 3 * HOUR + 1}),
    )
    view = queue_view(desk, LEAD, CaseFilter(flags=(Flag.AT_RISK,)))
    assert list(view.rows["id"]) == [1]
    assert view.rows.loc[0, "state"] == "at_risk"
    assert view.rows.loc[0, "share_used"] == 0.75
    assert view.rows.loc[0, "urgency"] == 1.5


def test_the_next_read_shows_the_persons_own_write(desk: Desk) -> None:
    store_cases(desk.store, a_case(1))
    before = queue_view(desk, LEAD, CaseFilter())
    store_cases(desk.store, a_finished_case(1), a_case(2))
    after = queue_view(desk, LEAD, CaseFilter())
    assert [list(before.rows["id"]), list(after.rows["id"])] == [[1], [2]]
    assert after.version > before.version
    remove_case(desk.store, 2)
    assert queue_view(desk, LEAD, CaseFilter()).total == 0


def test_mine_and_team_need_somebody(desk: Desk) -> None:
    store_cases(desk.store, a_case(1, assignee="ana", team="red"), a_case(2))
    loner = Person("", "Nobody", "analyst")
    for segment in (Segment.MINE, Segment.TEAM):
        assert queue_view(desk, LEAD, CaseFilter(segment=segment)).total == 1
        assert queue_view(desk, loner, CaseFilter(segment=segment)).total == 0


def test_references_name_cases_and_short_words_are_told_off(desk: Desk) -> None:
    store_cases(desk.store, a_case(1), a_case(2), a_case(3))
    chosen = CaseFilter(cases=("E-000001", "E-000003", "E-999999"))
    assert list(queue_view(desk, LEAD, chosen).rows["id"]) == [1, 3]
    view = queue_view(desk, LEAD, CaseFilter(text="x"))
    assert (view.total, len(view.notices)) == (0, 1)
    viewer = Person("vic", "Vic", "viewer")
    assert queue_view(desk, viewer, CaseFilter(text="e-000002")).total == 1


def test_a_day_of_a_filter_is_a_day_of_its_zone(desk: Desk) -> None:
    store_cases(desk.store, a_case(1, received_at=NOW - 9 * HOUR - 30 * MINUTE))
    day = MONDAY_MORNING.date()
    in_berlin = CaseFilter(received_from=day, received_to=day, zone="Europe/Berlin")
    assert queue_view(desk, LEAD, in_berlin).total == 1
    assert queue_view(desk, LEAD, in_berlin.but(zone="UTC")).total == 0


def test_a_role_without_the_queue_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        queue_view(desk, Person("root", "Root", "admin"), CaseFilter())
