"""The health book of a demo world: what it counts, what opens its cases, and how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.boot import Desk, open_desk
from core.desk.case import case_view
from core.desk.health_book import HealthBook, book_change, health_book, health_cases, today_of
from core.desk.health_history import WEEKS, health_history
from core.desk.queue import look_of, queue_view
from core.desk.workspace import create_demo
from core.partners.bands import NO_BAND, band_name
from core.partners.health_day import health_day
from core.settings import Settings
from core.sla.model import ClockName, Verdict
from core.storage.partner_conditions import COUNTED_INPUTS
from core.storage.partner_evidence import ground_rows, input_rows
from core.storage.partner_times import resolution_times
from core.storage.queue import count, with_grants
from core.storage.snapshot import Reading
from core.storage.tables import CaseRow
from tests.support.rows import (
    DAY,
    HOUR,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    store_cases,
    store_partners,
)
from tests.support.stores import MONDAY_MORNING, sqlite_url

LEAD = Person("ana", "Ana", "team_lead", zone="Asia/Tokyo")
VIEWER = Person("vic", "Vic", "viewer", zone="America/Los_Angeles")
TODAY = today_of(NOW)
DAYS = (TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=28), TODAY - timedelta(days=90))
TREND = timedelta(days=28)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A demo world of 12,000 cases."""
    folder = tmp_path_factory.mktemp("health")
    desk = open_desk(
        Settings(database_url=sqlite_url(folder), local_dir=folder), FixedClock(MONDAY_MORNING)
    )
    create_demo(desk, 12_000, seed=3)
    yield desk
    desk.snapshot.close()
    desk.store.close()


def total(desk: Desk, person: Person, chosen: CaseFilter) -> int:
    """How many cases the queue counts."""
    look, _ = look_of(desk, person, chosen)
    with desk.snapshot.reading() as reading:
        return count(reading, chosen, with_grants(reading, look))


def books(reading: Reading) -> tuple[HealthBook, HealthBook]:
    return health_book(reading, TODAY - TREND), health_book(reading, TODAY)


def test_the_queue_counts_as_many_cases_as_the_book_says(desk: Desk) -> None:
    create_demo(desk, 3_000, seed=5)
    rng = np.random.default_rng(1)
    compared = 0
    for day in DAYS:
        with desk.snapshot.reading() as reading:
            book, refs = health_book(reading, day), reading.roster.refs
        for place in [0, *rng.choice(np.arange(1, len(refs)), 3, replace=False).tolist()]:
            for name in book.rules.inputs:
                cases = health_cases(refs[place], name, day, book.rules)
                if cases is None:
                    assert name not in COUNTED_INPUTS
                    continue
                person = (LEAD, VIEWER)[compared % 2]
                assert total(desk, person, cases.of) == book.cases[name][place], (name, day)
                if cases.hits is not None:
                    assert total(desk, person, cases.hits) == book.hits[name][place], (name, day)
                compared += book.cases[name][place] > 0
    assert compared > 40
    load = health_cases(refs[0], "load", TODAY, book.rules)
    assert load is not None
    view = queue_view(desk, LEAD, load.of)
    with desk.snapshot.reading() as reading:
        assert view.total == health_book(reading, TODAY).cases["load"][0]


def test_counts_of_the_evidence_are_the_hits_of_the_score(demo: Desk) -> None:
    with demo.snapshot.reading() as reading:
        book = health_book(reading, TODAY)
    for name, hits in book.hits.items():
        evidence: Any = book.moment.inputs.evidence[name]
        np.testing.assert_array_equal(evidence.hits, hits)
        is_share = book.rules.inputs[name].kind == "share"
        np.testing.assert_array_equal(
            evidence.of if is_share else evidence.effective, book.cases[name]
        )
        assert (evidence.effective <= book.cases[name] + 1e-9).all()
    assert set(book.cases) - set(book.hits) == {"ttr_p90"}
    assert "open_gaps" in book.moment.health.names, "the demo files gaps"


def test_contributions_sum_to_the_score_and_to_its_change(demo: Desk) -> None:
    with demo.snapshot.reading() as reading:
        before, after = books(reading)
        change = book_change(before, after, reading)
    for book in (before, after):
        health, known = book.moment.health, np.isfinite(book.moment.health.score)
        assert known.any()
        np.testing.assert_allclose(
            health.contributions[known].sum(axis=1), health.score[known], rtol=0, atol=1e-9
        )
    moved = after.moment.health.score - before.moment.health.score
    np.testing.assert_allclose(change.parts.sum(axis=1), moved, rtol=0, atol=1e-9)
    np.testing.assert_allclose(change.total, moved, rtol=0, atol=1e-9)
    assert np.isfinite(change.others[np.isfinite(moved)]).all()


def test_with_fewer_than_ten_effective_cases_there_is_no_score(demo: Desk) -> None:
    with demo.snapshot.reading() as reading:
        book = health_book(reading, TODAY)
    health = book.moment.health
    few = health.effective < book.rules.least_effective_n
    assert few.any()
    assert (~few).any()
    np.testing.assert_array_equal(np.isnan(health.score), few)
    np.testing.assert_array_equal(health.bands == NO_BAND, few)


def test_everything_of_a_day_is_counted_until_its_end_and_nothing_after(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1))
    received = NOW - 40 * DAY
    late = {"sla_frt": "breached", "frt_breached_at": received + 20 * DAY}
    resolved = {"first_response_at": received + 21 * DAY, "resolved_at": NOW - DAY}
    case = a_finished_case(1, partner_id=1, received_at=received, **late, **resolved)
    store_cases(desk.store, case)

    def counted(back: int, name: str) -> tuple[int, int]:
        with desk.snapshot.reading() as reading:
            book = health_book(reading, TODAY - timedelta(days=back))
        return int(book.cases[name][0]), int(book.hits[name][0])

    assert counted(30, "load") == (1, 1), "it was open then"
    assert counted(0, "load") == (1, 0), "it is resolved now"
    assert counted(41, "load") == (0, 0), "it had not been received"
    assert counted(25, "sla_attainment") == (0, 0), "no verdict yet, so not counted"
    assert counted(18, "sla_attainment") == (1, 0), "missed by then"


def test_today_is_counted_until_the_last_full_minutes(desk: Desk, clock: FixedClock) -> None:
    store_partners(desk.store, a_partner(1))
    clock.advance(timedelta(minutes=7))
    store_cases(desk.store, a_case(1, partner_id=1, received_at=NOW + 2 * HOUR // 60))
    store_cases(desk.store, a_case(2, partner_id=1, received_at=NOW - HOUR))
    with desk.snapshot.reading() as reading:
        book = health_book(reading, TODAY)
        assert book.at == NOW
        assert book.cases["load"].tolist() == [1]
    cases = health_cases("P-0001", "load", TODAY, book.rules)
    assert cases is not None
    assert total(desk, LEAD, cases.of) == 1
    clock.advance(timedelta(minutes=9))
    assert total(desk, LEAD, cases.of) == 2


@pytest.mark.parametrize("level", ["restricted", "sealed"])
def test_restricted_cases_do_not_count(desk: Desk, level: str) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2))
    seen = [a_finished_case(n, partner_id=1 + n % 2, csat=4) for n in range(1, 31)]
    store_cases(desk.store, *seen)
    with desk.snapshot.reading() as reading:
        before = health_book(reading, TODAY)
    hidden = [
        a_finished_case(n, partner_id=1, sla_frt="breached", restriction=level, priority="P0")
        for n in range(31, 51)
    ]
    store_cases(desk.store, *hidden)
    with desk.snapshot.reading() as reading:
        after = health_book(reading, TODAY)
    for name in before.cases:
        np.testing.assert_array_equal(before.cases[name], after.cases[name])
    np.testing.assert_array_equal(before.moment.health.score, after.moment.health.score)


def test_a_share_of_the_target_is_above_one_where_the_clock_was_missed(demo: Desk) -> None:
    day = health_day(TODAY, NOW)
    with demo.snapshot.reading() as reading:
        found = input_rows(reading, ground_rows(reading, day), "ttr_p90", day)
        assert found is not None
        times = resolution_times(found.rows, day, demo.book)
        verdict: Any = found.rows.column(CaseRow.__table__.c.sla_ttr)
    missed = np.array(verdict.values)[verdict.codes] == Verdict.BREACHED
    known = np.isfinite(times.shares)
    assert known.mean() > 0.995
    alike = (times.shares > 1) == missed
    assert alike[known & times.ended].mean() > 0.98, "the rest changed priority on the way"
    assert alike[known & ~times.ended].mean() > 0.9
    assert (times.shares[known] >= 0).all()


def test_an_open_case_has_used_as_much_of_its_target_as_its_clock_says(demo: Desk) -> None:
    day = health_day(TODAY, NOW)
    with demo.snapshot.reading() as reading:
        found = input_rows(reading, ground_rows(reading, day), "ttr_p90", day)
        assert found is not None
        times = resolution_times(found.rows, day, demo.book)
        ids = found.rows.ids[~times.ended]
    shares, alike = times.shares[~times.ended], []
    person = replace(LEAD, role="admin", is_operator=True)
    for case_id, share in list(zip(ids.tolist(), shares.tolist(), strict=True))[::6]:
        clock = case_view(demo, person, f"E-{case_id:06d}").clocks.clocks[ClockName.TTR]
        if clock.verdict is Verdict.RUNNING and clock.share_used is not None:
            alike.append(abs(share - clock.share_used) < 1e-6)
    assert len(alike) > 10
    assert np.mean(alike) > 0.9, "but for those whose calendar changed on the way"


def test_bands_follow_from_those_of_the_days_before(demo: Desk) -> None:
    with demo.snapshot.reading() as reading:
        first = health_book(reading, TODAY).moment.health.bands
        demo.snapshot.memory.clear()
        again = health_book(reading, TODAY).moment.health.bands
    np.testing.assert_array_equal(first, again)


def test_a_history_ends_with_the_book_of_the_day(demo: Desk) -> None:
    with demo.snapshot.reading() as reading:
        book = health_book(reading, TODAY)
        frame = health_history(reading, int(book.ids[0]), TODAY)
        week = frame["day"].iloc[-2].date()
        then = health_book(reading, week)
    assert len(frame) == WEEKS
    assert frame["day"].is_monotonic_increasing
    assert frame["score"].iloc[-1] == book.moment.health.score[0]
    assert frame["score"].iloc[-2] == then.moment.health.score[0]
    assert frame["band"].iloc[-2] == band_name(int(then.moment.health.bands[0]))
    assert week.isoweekday() == 7


def test_what_changes_no_case_leaves_the_book_as_it_is(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1))
    store_cases(desk.store, *(a_finished_case(n, partner_id=1) for n in range(1, 21)))
    with desk.snapshot.reading() as reading:
        state, version = reading.state, reading.version
        book = health_book(reading, TODAY)
    desk.store.record(Draft("ana", "session.begin", "ana", {}))
    with desk.snapshot.reading() as reading:
        assert reading.version > version
        assert reading.state == state
        assert health_book(reading, TODAY).moment.inputs is book.moment.inputs


def test_a_day_is_counted_again_only_when_a_case_of_it_changed(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1))
    recent = [a_finished_case(n, partner_id=1) for n in range(1, 21)]
    old = a_finished_case(21, partner_id=1, received_at=NOW - 40 * DAY, resolved_at=NOW - 39 * DAY)
    store_cases(desk.store, *recent, old)
    with desk.snapshot.reading() as reading:
        before, after = books(reading)
    store_cases(desk.store, a_finished_case(22, partner_id=1))
    with desk.snapshot.reading() as reading:
        again, newer = books(reading)
    assert again.moment.inputs is before.moment.inputs
    assert newer.cases["load"][0] == after.cases["load"][0] + 1
    with desk.store.write(Draft("tester", "case.write", "test")) as write:
        sealed = update(CaseRow).where(CaseRow.id == 21).values(restriction="sealed")
        write.connection.execute(sealed.values(change_seq=write.seq))
    with desk.snapshot.reading() as reading:
        earlier, _ = books(reading)
    assert earlier.cases["load"][0] == before.cases["load"][0] - 1


def test_a_partner_that_changes_tier_is_measured_by_the_other_usual(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(desk.store, *(a_finished_case(n, partner_id=1) for n in range(1, 21)))
    with desk.snapshot.reading() as reading:
        assert set(health_book(reading, TODAY).moment.inputs.groups.tolist()) == {0}
    store_partners(desk.store, a_partner(2, tier="T1"))
    with desk.snapshot.reading() as reading:
        assert health_book(reading, TODAY).moment.inputs.groups.tolist() == [1, 0]


def test_a_desk_without_a_case_has_a_book_without_a_score(desk: Desk) -> None:
    with desk.snapshot.reading() as reading:
        assert not len(health_book(reading, TODAY).ids)
    store_partners(desk.store, a_partner(1))
    with desk.snapshot.reading() as reading:
        book = health_book(reading, TODAY)
        assert np.isnan(book.moment.health.score).all()
        assert book.place(1) == 0
        assert book.place(2) is None
        assert len(health_history(reading, 1, TODAY)) == WEEKS
        assert health_history(reading, 2, TODAY).empty


def test_a_book_reaches_back_before_the_first_case(demo: Desk) -> None:
    with demo.snapshot.reading() as reading:
        book = health_book(reading, date(2020, 1, 1))
    assert np.isnan(book.moment.health.score).all()
    assert not any(counted.any() for counted in book.cases.values())
