"""Every figure of a partner's service opens exactly its cases, for everybody who may see the partner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk
from core.desk.health_book import health_book, health_cases, today_of
from core.desk.partner import open_partner
from core.desk.partner_conduct import conduct_view
from core.desk.partner_served import ServiceView, service_view
from core.desk.queue import look_of, queue_view
from core.errors import NotFound
from core.storage.partner_peers import RESOLUTIONS
from core.storage.queue import count as queue_count
from core.storage.queue import with_grants
from tests.support.partner_cases import PARTNERS, days_before, fill_partners, open_to_all
from tests.support.rows import (
    DAY,
    HOUR,
    NOW,
    a_finished_case,
    a_partner,
    grant,
    store_cases,
    store_partners,
)

LEAD = Person("ana", "Ana", "team_lead", team="red", zone="Asia/Tokyo")
AUDITOR = Person("ada", "Ada", "auditor")
VIEWER = Person("vic", "Vic", "viewer")
MANAGER = Person("mia", "Mia", "partner_manager", partner_ids=frozenset({1, 2}))
WINDOWS = (28, 90)
USUAL = 12  # late first replies of forty


def view_of(desk: Desk, person: Person, number: int, days: int) -> ServiceView:
    return service_view(desk, person, open_partner(desk, person, f"P-{number:04d}"), days)


def total(desk: Desk, person: Person, chosen: CaseFilter) -> int:
    look, _ = look_of(desk, person, chosen)
    with desk.snapshot.reading() as reading:
        return queue_count(reading, chosen, with_grants(reading, look))


def opened(view: ServiceView) -> Iterator[tuple[str, int, CaseFilter]]:
    """Every number of the view with the filter that stands behind it."""
    for one in view.shares:
        yield one.ask.name, one.count.of, one.ask.of
        yield f"{one.ask.name} hits", one.count.hits, one.ask.hits
    for tail in view.tails:
        yield tail.name, tail.tail.n, tail.filter
        yield f"{tail.name} waiting", tail.waiting, tail.waiting_filter
    found = view.csat
    yield "resolved", view.resolved_count, view.resolved
    yield "asked", found.csat.resolved, found.resolved
    yield "answered", found.csat.answered, found.answered
    yield "satisfied", found.csat.satisfied, found.satisfied


@pytest.mark.parametrize("days", WINDOWS)
def test_every_figure_counts_what_it_opens(desk: Desk, days: int) -> None:
    cases = fill_partners(desk, 320, seed=days)
    for case in [c for c in cases if c["restriction"] == "restricted"][:20]:
        grant(desk.store, case["id"], "person", "ana")
    counted = 0
    for number in range(1, PARTNERS + 1):
        for name, count, filter_ in opened(view_of(desk, LEAD, number, days)):
            assert count == total(desk, LEAD, filter_), (number, name)
            counted += count
    assert counted > 100


def test_the_figures_are_the_same_for_everybody_who_may_see_the_partner(desk: Desk) -> None:
    cases = fill_partners(desk, 200, seed=3)
    for case in [c for c in cases if c["restriction"] == "restricted"][:20]:
        grant(desk.store, case["id"], "person", "mia")
    views = [view_of(desk, person, 1, 90) for person in (LEAD, AUDITOR, VIEWER, MANAGER)]
    shares = [[(s.count, s.low, s.high, s.beside) for s in view.shares] for view in views]
    assert shares[1:] == shares[:-1]
    assert len({view.csat.csat for view in views}) == 1
    for person, view in zip((AUDITOR, VIEWER, MANAGER), views[1:], strict=True):
        for name, count, filter_ in opened(view):
            assert count == total(desk, person, filter_), name


def test_a_partner_outside_of_the_scope_is_not_found(desk: Desk) -> None:
    fill_partners(desk, 40, seed=1)
    strange = open_partner(desk, LEAD, "P-0004")
    for read in (service_view, conduct_view):
        with pytest.raises(NotFound) as hidden:
            read(desk, MANAGER, strange)
        with pytest.raises(NotFound) as absent:
            open_partner(desk, MANAGER, "P-0999")
        assert str(hidden.value).replace("P-0004", "") == str(absent.value).replace("P-0999", "")


def test_shares_that_enter_health_have_the_cases_of_health(desk: Desk) -> None:
    fill_partners(desk, 250, seed=5)
    day = today_of(NOW)
    with desk.snapshot.reading() as reading:
        book = health_book(reading, day)
    views = {days: view_of(desk, LEAD, 2, days) for days in WINDOWS}
    place = book.place(2)
    assert place is not None
    by_input = {
        "sla_attainment": (28, "frt"),
        "returns": (90, "returns"),
        "overturn_rate": (90, "overturn_rate"),
    }
    for name, (days, called) in by_input.items():
        (figure,) = [s for s in views[days].shares if s.ask.name == called]
        assert figure.count == (int(book.hits[name][place]), int(book.cases[name][place]))
        asked = health_cases("P-0002", name, day, book.rules)
        assert asked is not None
        assert figure.ask.of == asked.of
        assert figure.ask.hits == asked.hits
    rated = views[90].csat.csat
    assert (rated.satisfied, rated.answered) == (
        book.hits["csat"][place],
        book.cases["csat"][place],
    )
    (slow,) = [t for t in views[90].tails if t.name == RESOLUTIONS]
    assert slow.tail.n == book.cases["ttr_p90"][place]


def test_csat_and_its_bounds_agree_with_a_count_by_hand(desk: Desk) -> None:
    cases = fill_partners(desk, 400, seed=11)
    for number in range(1, PARTNERS + 1):
        frame = pd.DataFrame(open_to_all(cases, number))
        # Ninety days that end a week ago, when most ratings have come in.
        asked = frame[frame["resolved_at"].between(days_before(96), days_before(6) - 1)]
        good, given = (asked["csat"] >= 4).sum(), asked["csat"].notna().sum()
        found = view_of(desk, VIEWER, number, 90).csat.csat
        assert (found.resolved, found.answered, found.satisfied) == (len(asked), given, good)
        assert found.least_share == pytest.approx(good / len(asked))
        assert found.most_share == pytest.approx((good + len(asked) - given) / len(asked))
        assert found.response_share == pytest.approx(given / len(asked))


def test_tails_agree_with_a_count_by_hand(desk: Desk) -> None:
    cases = fill_partners(desk, 400, seed=12)
    frame = pd.DataFrame(open_to_all(cases, 3))
    replies, resolutions = view_of(desk, LEAD, 3, 28).tails
    told = frame[
        frame["first_response_at"].between(days_before(27), days_before(-1) - 1)
        & frame["frt_us"].notna()
    ]
    assert replies.tail.n == len(told)
    assert replies.tail.median_us == pytest.approx(told["frt_us"].quantile(0.5))
    assert replies.tail.p90_us == pytest.approx(told["frt_us"].quantile(0.9))
    known = frame[
        (frame["received_at"] >= days_before(27))
        & (frame["sla_ttr"] != "none")
        & ((frame["owner"] != "") | frame["ttr_us"].notna())
    ]
    until = known["resolved_at"].where(known["owner"] == "", NOW).astype("int64")
    took, ended = until - known["received_at"], known["owner"] == ""
    assert (resolutions.tail.n, resolutions.tail.open_count) == (len(known), int((~ended).sum()))
    assert resolutions.tail.longest is not None
    assert resolutions.tail.longest.took_us == took.max()
    assert resolutions.tail.median_us == _median_by_hand(took.to_numpy(), ended.to_numpy())


def _median_by_hand(took: np.ndarray, ended: np.ndarray) -> float:
    """Where the product of the shares that go on, end by end, falls to a half."""
    left = 1.0
    for time in np.sort(took[ended]):
        left *= 1 - (ended & (took == time)).sum() / (took >= time).sum()
        if left <= 0.5 + 1e-9:
            return float(time)
    return float("inf")


def test_the_longest_case_is_named_and_its_time_belongs_to_owners(desk: Desk) -> None:
    cases = fill_partners(desk, 300, seed=13)
    view = view_of(desk, LEAD, 1, 90)
    frame = pd.DataFrame(open_to_all(cases, 1))
    frame = frame[frame["resolved_at"] >= days_before(89)]
    assert view.resolved_count == len(frame)
    held = {one.time.owner: one for one in view.owned}
    for owner in ("us", "policy", "requester"):
        column = frame[f"time_{owner}_us"].fillna(0)
        assert held[owner].time.total_us == column.sum()
        assert held[owner].time.count == (column > 0).sum()
        assert held[owner].longest_ref == frame["ref"].iloc[int(column.to_numpy().argmax())]
    assert sum(one.share for one in view.owned) == pytest.approx(1)


def test_without_cases_everything_is_unknown_and_nothing_is_zero(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1))
    view = view_of(desk, LEAD, 1, 28)
    assert all(one.share is None and one.beside is None for one in view.shares)
    assert all(one.tail.n == 0 and np.isnan(one.tail.p90_us) for one in view.tails)
    assert view.owned == ()
    assert view.csat.csat.satisfied_share is None
    assert view.csat.csat.response_share is None


def peers_world(desk: Desk, peers: int, bad: int) -> None:
    """Partners alike in everything but how late they are; the first is so in so many of 40 cases."""
    alike = {"tier": "T2", "category": "news_publisher", "market": "DE"}
    store_partners(desk.store, *(a_partner(i, **alike) for i in range(1, peers + 2)))
    cases = []
    for number in range(1, peers + 2):
        for k in range(40):
            late = k < (bad if number == 1 else USUAL + 8 * (-1) ** number)
            received = NOW - (k % 20 + 1) * DAY
            took = 30 * DAY if late else HOUR
            cases.append(
                a_finished_case(
                    number * 100 + k,
                    partner_id=number,
                    abuse_type="spam",
                    received_at=received,
                    first_response_at=received + HOUR,
                    frt_us=took,
                    sla_frt="breached" if late else "met",
                    frt_breached_at=received + HOUR // 2 if late else None,
                    resolved_at=received + 2 * HOUR,
                )
            )
    store_cases(desk.store, *cases)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("bad", "verdict"), [(36, "worse"), (USUAL, ""), (0, "better")])
def test_a_partner_is_told_apart_from_peers_only_beyond_chance(
    desk: Desk, bad: int, verdict: str
) -> None:
    peers_world(desk, 12, bad)
    frt, *_ = view_of(desk, LEAD, 1, 28).shares
    assert frt.beside is not None
    assert (frt.beside.peers, frt.beside.alike, frt.beside.observed) == (12, 3, bad)
    assert frt.beside.verdict == verdict


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_too_few_peers_are_not_spoken_of(desk: Desk) -> None:
    peers_world(desk, 7, 30)
    assert all(one.beside is None for one in view_of(desk, LEAD, 1, 28).shares)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_partner_without_a_case_is_compared_with_nobody(desk: Desk) -> None:
    peers_world(desk, 12, USUAL)
    alike = {"tier": "T2", "category": "news_publisher", "market": "DE"}
    store_partners(desk.store, a_partner(50, **alike))
    view = view_of(desk, LEAD, 50, 28)
    assert all(share.beside is None for share in view.shares)
    assert all(tail.beside is None for tail in view.tails)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("cases", "is_bounded"), [(1, False), (21, False), (22, True)])
def test_a_tail_of_few_cases_has_no_upper_end(desk: Desk, cases: int, is_bounded: bool) -> None:
    store_partners(desk.store, a_partner(1))
    took = [a_finished_case(k, partner_id=1, frt_us=k * HOUR) for k in range(1, cases + 1)]
    store_cases(desk.store, *took)
    replies, _ = view_of(desk, LEAD, 1, 28).tails
    assert np.isfinite(replies.tail.p90_high_us) == is_bounded
    assert replies.tail.p90_low_us <= replies.tail.p90_us


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_changed_case_changes_the_comparison(desk: Desk) -> None:
    peers_world(desk, 12, USUAL)
    before = view_of(desk, LEAD, 1, 28).shares[0].beside
    store_cases(
        desk.store,
        a_finished_case(
            5000,
            partner_id=1,
            abuse_type="spam",
            sla_frt="breached",
            frt_breached_at=NOW - HOUR,
        ),
    )
    after = view_of(desk, LEAD, 1, 28).shares[0].beside
    assert before is not None
    assert after is not None
    assert after.observed == before.observed + 1


def test_conduct_counts_what_it_opens_and_leaves_reversals_out(desk: Desk) -> None:
    cases = fill_partners(desk, 500, seed=21)
    for number in range(1, PARTNERS + 1):
        view = conduct_view(desk, LEAD, open_partner(desk, LEAD, f"P-{number:04d}"))
        assert view.total == total(desk, LEAD, view.filter)
        assert view.total == sum(mark.count for mark in view.marks)
        for mark in view.marks:
            assert mark.count == total(desk, LEAD, mark.filter)
        for _, count, filter_ in view.actions:
            assert count == total(desk, LEAD, filter_)
        for line in view.repeated:
            assert line.count == total(desk, LEAD, line.filter) >= view.rules.repeated_from
        shown = queue_view(desk, LEAD, view.filter, facets=()).rows
        mine = {c["ref"]: c for c in open_to_all(cases, number)}
        assert {mine[ref]["outcome"] for ref in shown["ref"]} <= set(view.rules.outcomes)


def test_conduct_is_no_part_of_the_service(desk: Desk) -> None:
    fill_partners(desk, 100, seed=2)
    partner = open_partner(desk, LEAD, "P-0001")
    before = [(s.count, s.beside) for s in service_view(desk, LEAD, partner, 28).shares]
    violation = a_finished_case(
        9000,
        partner_id=1,
        abuse_type="spam",
        outcome="upheld",
        enforcement_action="strike_applied",
        received_at=NOW - 200 * DAY,
        first_response_at=NOW - 200 * DAY,
        resolved_at=NOW - 199 * DAY,
    )
    found = conduct_view(desk, LEAD, partner).total
    store_cases(desk.store, violation)
    assert conduct_view(desk, LEAD, partner).total == found + 1
    assert [(s.count, s.beside) for s in service_view(desk, LEAD, partner, 28).shares] == before


def test_what_is_opened_names_level_and_days_of_utc(desk: Desk) -> None:
    fill_partners(desk, 30, seed=4)
    for _, _, filter_ in opened(view_of(desk, LEAD, 1, 28)):
        assert filter_.restriction == ("open",)
        assert (filter_.zone, filter_.partner) == ("UTC", ("P-0001",))
        plain = filter_.having(segment=Segment.ALL)
        assert filter_.segment is Segment.OPEN or filter_ == plain
        assert CaseFilter.from_params(filter_.to_params()) == (filter_, [])
