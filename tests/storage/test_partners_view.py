"""The partners page keeps to the scope, and each of its counts is the count of the queue."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm
from sqlalchemy import insert, update

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.partner_ask import BETTER, FILTERS, WORSE, Order, PartnerAsk
from core.desk.partner_export import partners_csv, take_partners
from core.desk.partner_funnel import MEASURES, funnel_view
from core.desk.partner_lines import PLACES
from core.desk.partner_movers import movers_view
from core.desk.partners import PartnerLine, PartnersView, partners_view
from core.desk.queue import queue_view
from core.errors import Refused
from core.partners.bands import Override
from core.stats.ranks import ranks
from core.storage import people
from core.storage.fold import fold
from core.storage.partner_records import set_band
from core.storage.tables import CaseEventRow, PartnerAliasRow, PartnerRow
from core.storage.trail import audit_entries
from tests.support.rows import (
    DAY,
    DRAFT,
    HOUR,
    NOW,
    a_case,
    a_finished_case,
    a_partner,
    store_cases,
    store_partners,
)
from tests.support.served_world import PARTNERS, WORSE_CHANNEL, WORSE_REF, fill_served

OWN = frozenset({1, 2, 3, 5, PARTNERS})
LEAD = Person("lead", "Lead", "team_lead")
MANAGER = Person("pm", "Manager", "partner_manager", partner_ids=OWN)
AUDITOR = Person("auditor", "Auditor", "auditor")
EYE = Person("eye", "Viewer", "viewer")
NOBODY = Person("new", "New", "partner_manager")
CATEGORIES = ("news_publisher", "broadcaster", "sports_league")
MARKETS = ("DE", "NA", "")
EXTRA = 100_000  # keys of cases beside those of the world
ANA, BEN = "ana", "ben"


@pytest.fixture
def served(desk: Desk) -> Iterator[Desk]:
    """Partners of several sorts served for months, with open cases of every kind, on each store."""
    fill_served(desk)
    store_partners(desk.store, *(_partner(key) for key in range(1, PARTNERS + 1)))
    store_cases(desk.store, *_open_cases())
    with desk.store.write(DRAFT) as write:
        names = [(key, f"Partner {key}") for key in range(1, PARTNERS + 1)]
        spelled = [*names, (4, "Fourth Star"), (5, "Fifth Star")]
        write.connection.execute(
            insert(PartnerAliasRow),
            [{"partner_id": k, "folded": fold(n), "spelling": n} for k, n in spelled],
        )
        for name, keys in ((ANA, [1, 2, 4]), (BEN, [2, 3, 6])):
            user = people.add_user(
                write, people.NewUser(name, name.title(), "partner_manager", "x")
            )
            people.set_partners(write, user, keys)
    yield desk
    desk.snapshot.close()


def _partner(key: int) -> dict[str, object]:
    parts = {"tier": f"T{key % 4 + 1}", "category": CATEGORIES[key % 3], "market": MARKETS[key % 3]}
    return a_partner(key, **parts)


def _open_cases() -> list[dict[str, object]]:
    """For every partner a few open cases: on time, missed, restricted, without a clock."""
    cases = []
    for key in range(1, PARTNERS + 1):
        first = EXTRA + 10 * key
        own = {"partner_id": key, "received_at": NOW - key * DAY}
        cases += [
            a_case(first, **own, next_due_at=NOW + key * HOUR, frt_due_at=NOW + key * HOUR),
            a_case(first + 1, partner_id=key, next_due_at=NOW - HOUR, frt_due_at=NOW - HOUR),
            a_case(
                first + 2,
                partner_id=key,
                restriction="restricted",
                received_at=NOW - 300 * DAY,
                next_due_at=NOW + HOUR // 2,
            ),
            a_case(first + 3, partner_id=key, next_clock="", next_due_at=None, sla_frt="none"),
        ]
    return cases


def whole(desk: Desk, person: Person, **parts: object) -> PartnersView:
    """Everything on one page."""
    return partners_view(desk, person, PartnerAsk(size=100).but(**parts))


def total(desk: Desk, person: Person, filter_: CaseFilter) -> int:
    return queue_view(desk, person, filter_, facets=()).total


def refs(view: PartnersView) -> set[str]:
    return {line.ref for line in view.lines}


def line_of(view: PartnersView, ref: str) -> PartnerLine:
    (found,) = [line for line in view.lines if line.ref == ref]
    return found


def test_every_count_opens_as_many_cases_in_the_queue(served: Desk) -> None:
    for person in (LEAD, MANAGER, AUDITOR, EYE):
        view = whole(served, person)
        for line in (*view.lines[:5], *view.lines[-3:]):
            assert total(served, person, line.cases()) == line.open_count
            assert total(served, person, line.cases(Segment.BREACHED)) == line.breached_count
        assert view.cases is not None
        assert total(served, person, view.cases) == view.open_count > 0
        breached = view.cases.but(segment=Segment.BREACHED)
        assert total(served, person, breached) == view.breached_count > 0


def test_live_figures_are_those_of_the_cases_that_the_person_may_see(served: Desk) -> None:
    for person, sees_restricted in ((LEAD, False), (AUDITOR, True)):
        view = whole(served, person)
        for line in view.lines:
            rows = queue_view(served, person, line.cases(), facets=()).rows
            assert line.oldest_at == int(rows["received_at"].min())
            due = rows["next_due_at"].dropna()
            assert line.next_due_at == int(due[due >= to_micros(view.at)].min())
            assert (line.oldest_at <= NOW - 300 * DAY) == sees_restricted


def test_a_partner_manager_sees_own_partners_only_wherever_they_are_counted(served: Desk) -> None:
    desk_wide, own = whole(served, LEAD), whole(served, MANAGER)
    mine = {f"P-{key:04d}" for key in OWN}
    assert refs(own) == mine < refs(desk_wide)
    assert own.in_scope == own.total == len(OWN)
    for name in FILTERS:
        if name not in {"manager", "trend"}:
            assert sum(own.counts[name].values()) == len(OWN)
    values = {"tier", "category", "market"}
    assert all(set(own.counts[n]) == {getattr(x, n) for x in own.lines} for n in values)
    assert set(own.counts["manager"]) == set(own.manager_names) | {""}
    assert own.ranked == sum(line.health is not None for line in own.lines)
    assert all(line.rank is None or line.rank[1] <= own.ranked for line in own.lines)


def test_no_filter_search_or_order_leads_a_partner_manager_to_another_partner(served: Desk) -> None:
    mine = {f"P-{key:04d}" for key in OWN}
    asks: list[dict[str, object]] = [{"order": order} for order in Order]
    asks += [{"text": text} for text in ("partner", "star", "P-0004", "Partner 4", "p")]
    asks += [{"manager": (ANA,)}, {"manager": (BEN, "")}, {"trend": (WORSE, BETTER)}]
    asks += [{"breached": True}, {"tier": ("T1", "T2", "T3", "T4")}]
    for parts in asks:
        view = whole(served, MANAGER, **parts)
        assert refs(view) <= mine, parts
        assert view.total == len(view.lines), parts
    assert whole(served, MANAGER, text="P-0004").total == 0
    assert whole(served, MANAGER, text="Fourth").total == 0
    assert refs(whole(served, MANAGER, text="FIFTH  star")) == {"P-0005"}
    assert refs(whole(served, LEAD, text="star")) == {"P-0004", "P-0005"}
    assert whole(served, NOBODY).in_scope == 0


def test_movers_and_funnel_hold_to_the_scope(served: Desk) -> None:
    mine = {f"P-{key:04d}" for key in OWN}
    for person, allowed in ((MANAGER, mine), (NOBODY, set())):
        seen = movers_view(served, person, PartnerAsk())
        assert {x.found.ref for x in (*seen.sure, *seen.perhaps)} <= allowed
        assert seen.compared <= len(allowed)
        for measure in MEASURES:
            view = funnel_view(served, person, PartnerAsk(), measure)
            assert {point.ref for point in view.points} <= allowed
            assert view.too_few + len(view.points) <= len(allowed)


def test_the_limits_of_the_funnel_are_the_same_for_everybody(served: Desk) -> None:
    for measure in MEASURES:
        wide = funnel_view(served, LEAD, PartnerAsk(), measure)
        own = funnel_view(served, MANAGER, PartnerAsk(), measure)
        assert wide.limits is not None
        assert own.limits is not None
        assert own.limits.funnel == wide.limits.funnel
        # Not even how large others are is told, nor how many there are.
        largest = max((point.of for point in own.points), default=0)
        assert own.limits.sizes[-1] <= 1.2 * max(largest, 2 * own.around.rules.least_effective_n)
        assert (own.learnt_from, wide.learnt_from is None) == (None, False)
        assert set(own.points) == {p for p in wide.points if int(p.ref[2:]) in OWN}


def test_health_is_the_same_for_all_viewers_and_ranks_are_among_those_in_scope(
    served: Desk,
) -> None:
    wide, own = whole(served, LEAD), whole(served, MANAGER)
    for line in own.lines:
        other = line_of(wide, line.ref)
        assert (line.health, line.trend, line.band) == (other.health, other.trend, other.band)
    scored = [line for line in own.lines if line.health]
    value, low, high = np.array(
        [(x.health.value, x.health.low, x.health.high) for x in scored if x.health]
    ).T
    spread = (high - low) / (2 * norm.ppf((1 + own.rules.interval) / 2))
    among = ranks(value, spread, own.rules.interval, own.rules.worst_share)
    told = [line.rank for line in scored]
    assert told == list(zip(among.low.astype(int), among.high.astype(int), strict=True))


def test_each_value_of_a_filter_shows_as_many_partners_as_it_says(served: Desk) -> None:
    for person in (LEAD, MANAGER):
        ground = {"tier": ("T1", "T2", "T3")}
        view = whole(served, person, **ground)
        for name in FILTERS:
            for value, count in view.counts[name].items():
                found = whole(served, person, **{**ground, name: (value,)})
                assert found.total == count, (person.role, name, value)
        assert whole(served, person, **ground, breached=True).total == view.breached


def test_pages_hold_every_partner_once_in_the_order_that_they_say(served: Desk) -> None:
    for order in Order:
        view = partners_view(served, LEAD, PartnerAsk(order=order))
        assert [line.ref for line in view.lines] == [
            line.ref for line in whole(served, LEAD, order=order).lines
        ]
    lines = whole(served, LEAD, order=Order.BREACHED).lines
    assert all(a.breached_count >= b.breached_count for a, b in pairwise(lines))
    lines = whole(served, LEAD, order=Order.DUE).lines
    dues = [line.next_due_at for line in lines if line.next_due_at is not None]
    assert dues == sorted(dues)
    lines = whole(served, LEAD).lines
    at_places = [(PLACES[x.band], x.health.high) for x in lines if x.health]
    assert at_places == sorted(at_places)
    assert whole(served, LEAD, order=Order.FELL).lines[0].ref == WORSE_REF
    beyond = partners_view(served, LEAD, PartnerAsk(page=99))
    assert (beyond.ask.page, beyond.first) == (1, 1)


def test_a_trend_is_called_worse_only_when_its_whole_interval_says_so(served: Desk) -> None:
    view = whole(served, LEAD)
    told = {line.ref: line.trend.side for line in view.lines if line.trend}
    assert told[WORSE_REF] == WORSE
    for line in view.lines:
        if line.trend is not None:
            assert (line.trend.side == WORSE) == (line.trend.high < 0)
    assert view.counts["trend"][WORSE] == sum(side == WORSE for side in told.values())


def test_too_few_cases_have_no_score_no_rank_and_no_trend(served: Desk) -> None:
    line = line_of(whole(served, LEAD), f"P-{PARTNERS:04d}")
    assert line.band == line.computed == "not_enough_data"
    assert (line.health, line.rank, line.trend) == (None, None, None)


def test_a_band_by_hand_is_shown_counted_and_filtered_until_it_ends(served: Desk) -> None:
    before = line_of(whole(served, LEAD), "P-0002")
    band = "at_risk" if before.band != "at_risk" else "healthy"
    with served.store.write(DRAFT) as write:
        set_band(write, 2, Override(band, NOW, NOW + DAY), "They told us so.")
    line = line_of(whole(served, LEAD, band=(band,)), "P-0002")
    assert (line.band, line.computed) == (band, before.computed)
    served.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert line_of(whole(served, LEAD), "P-0002").band == before.band


def test_managers_stand_beside_their_partners(served: Desk) -> None:
    view = whole(served, LEAD)
    served_by = {line.ref: [who.username for who in line.managers] for line in view.lines[:50]}
    assert served_by["P-0001"] == [ANA]
    assert served_by["P-0002"] == [ANA, BEN]
    assert served_by["P-0007"] == []
    assert view.counts["manager"] == {ANA: 3, BEN: 3, "": PARTNERS - 5}
    assert refs(whole(served, LEAD, manager=(BEN,))) == {"P-0002", "P-0003", "P-0006"}


def test_who_got_worse_comes_with_the_cause_and_its_cases(served: Desk) -> None:
    view = movers_view(served, LEAD, PartnerAsk())
    first = view.sure[0]
    assert first.found.ref == WORSE_REF
    assert first.causes[0].cause.name == "sla_attainment"
    part = first.found.parts[0]
    assert (part.dimension, part.value) == ("channel", WORSE_CHANNEL)
    assert total(served, LEAD, part.of) == part.after_of
    assert total(served, LEAD, part.hits) == part.after_hits
    for seen in (*view.sure, *view.perhaps[:2]):
        for cause in seen.causes:
            if cause.of is not None:
                assert total(served, LEAD, cause.of) == cause.of_count
    assert view.sure_count == view.around.counts["trend"][WORSE]


def test_the_funnel_puts_a_much_worse_partner_outside_with_its_cases(served: Desk) -> None:
    late = {"partner_id": 7, "sla_frt": "breached", "sla_ttr": "breached"}
    moments = {"frt_breached_at": NOW - 2 * HOUR, "ttr_breached_at": NOW - 2 * HOUR}
    store_cases(
        served.store,
        *(a_finished_case(n, **late, **moments) for n in range(EXTRA * 2, EXTRA * 2 + 60)),
    )
    view = funnel_view(served, LEAD, PartnerAsk(), "sla_attainment")
    (first,) = view.outside
    assert (first.ref, first.beyond) == ("P-0007", -2)
    for point in view.points[:4]:
        cases = view.cases_of(point)
        assert cases is not None
        assert total(served, LEAD, cases) == point.case_count
    few = view.around.rules.least_effective_n
    assert all(point.of >= few for point in view.points)


def test_the_last_contact_is_the_last_message_that_the_person_may_see(desk: Desk) -> None:
    store_partners(desk.store, a_partner(1), a_partner(2), a_partner(3))
    quiet = [
        a_case(10 + n, partner_id=1, last_event_at=NOW - n * HOUR, restriction="open")
        for n in range(6)
    ]
    deep = a_finished_case(30, partner_id=1, last_event_at=NOW - 20 * HOUR)
    hidden = a_case(40, partner_id=2, restriction="sealed", last_event_at=NOW)
    store_cases(desk.store, *quiet, deep, hidden, a_case(41, partner_id=2))
    events = [(10, "status", NOW - 2), (11, "note", NOW - HOUR), (30, "reply", NOW - 21 * HOUR)]
    events += [(40, "message_in", NOW - 5), (41, "auto_reply", NOW - 5), (41, "reply", NOW - DAY)]
    with desk.store.write(DRAFT) as write:
        rows = [
            {"case_id": c, "seq": 1 + n, "at": at, "kind": kind, "recorded_at": at}
            for n, (c, kind, at) in enumerate(events)
        ]
        write.connection.execute(insert(CaseEventRow), rows)
    told = {line.id: line.contact_at for line in whole(desk, LEAD).lines}
    assert told == {1: NOW - 21 * HOUR, 2: NOW - DAY, 3: None}
    assert {x.id: x.contact_at for x in whole(desk, AUDITOR).lines}[2] == NOW - 5


def test_an_inactive_partner_stays_on_the_list_as_long_as_a_case_is_open(desk: Desk) -> None:
    gone = [a_partner(key, is_active=False) for key in (1, 2)]
    store_partners(desk.store, *gone, a_partner(3))
    store_cases(desk.store, a_case(1, partner_id=1))
    assert refs(whole(desk, LEAD)) == {"P-0001", "P-0003"}


def test_the_file_has_the_whole_list_of_the_scope_and_is_on_the_record(served: Desk) -> None:
    with served.store.write(DRAFT) as write:
        write.connection.execute(update(PartnerRow).where(PartnerRow.id == 1).values(name="=cmd()"))
    ask = PartnerAsk(text="partner")
    for person, count in ((LEAD, PARTNERS), (MANAGER, len(OWN))):
        view = take_partners(served, person, ask)
        lines = list(csv.DictReader(io.StringIO(partners_csv(view))))
        assert len(lines) == count
        assert {line["ref"] for line in lines} == refs(view)
        assert "'=cmd()" in {line["name"] for line in lines}
        with served.store.read() as connection:
            entry = audit_entries(connection, act="partner.export_list")[0]
        assert (entry.actor, entry.details["partners"]) == (person.username, count)
        assert "partner" not in str(entry.details["filter"])
    with pytest.raises(Refused):
        take_partners(served, EYE, ask)


def test_whoever_may_not_see_partners_is_refused(served: Desk) -> None:
    admin = Person("root", "Admin", "admin")
    for read in (whole, lambda d, p: movers_view(d, p, PartnerAsk())):
        with pytest.raises(Refused):
            read(served, admin)
    with pytest.raises(Refused):
        funnel_view(served, admin, PartnerAsk(), MEASURES[0])
