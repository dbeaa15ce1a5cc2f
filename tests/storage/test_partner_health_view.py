"""What a partner's page says of health: sums to the last digit, opens its cases, keeps to the scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.health_book import today_of
from core.desk.partner import Partner, open_partner
from core.desk.partner_health_view import (
    Behind,
    HealthView,
    InputLine,
    ScoreChange,
    change_view,
    compared_days,
    health_view,
    served_by,
)
from core.desk.partner_history import history_view
from core.desk.partner_segments import DIMENSIONS, SegmentsAsk, segments_view
from core.desk.queue import queue_view
from core.errors import NotFound, Refused
from core.partners.explained import without_partners
from core.partners.score_rules import health_versions
from tests.support.served_world import FEW_REF, OTHER_REF, WORSE_CHANNEL, WORSE_REF, fill_served

LEAD = Person("lead", "Lead", "team_lead")
MANAGER = Person("pm", "Manager", "partner_manager", partner_ids=frozenset({1}))
EYE = Person("eye", "Viewer", "viewer")
ADMIN = Person("root", "Admin", "admin")
EXACT = 1e-9


@pytest.fixture
def served(desk: Desk) -> Iterator[Desk]:
    """A desk with partners served for months, on each store."""
    fill_served(desk)
    yield desk
    desk.snapshot.close()


def today(desk: Desk) -> date:
    return today_of(to_micros(desk.clock.now()))


def total(desk: Desk, person: Person, filter_: CaseFilter) -> int:
    return queue_view(desk, person, filter_, facets=()).total


def look(desk: Desk, person: Person = LEAD, ref: str = WORSE_REF) -> HealthView:
    return health_view(desk, person, open_partner(desk, person, ref))


def changed(desk: Desk, person: Person = LEAD, ref: str = WORSE_REF) -> ScoreChange:
    days = compared_days(desk.clock.now(), health_versions().on(today(desk)), None, None)
    return change_view(desk, person, open_partner(desk, person, ref), *days)


def assert_opens(desk: Desk, person: Person, behind: Behind) -> None:
    assert total(desk, person, behind.of) == behind.count
    if behind.hits is not None:
        assert total(desk, person, behind.hits) == behind.hit_count


def test_contributions_sum_to_the_score_and_each_opens_its_cases(served: Desk) -> None:
    for person in (LEAD, MANAGER):
        view = look(served, person)
        assert view.standing.has_score
        parts = sum(line.explained.part for line in view.lines)
        assert parts == pytest.approx(view.standing.score, abs=EXACT)
        assert sum(line.explained.weight for line in view.lines) == pytest.approx(1, abs=EXACT)
        behind = [line.behind for line in view.lines if line.behind]
        assert len(behind) == len(view.lines)
        for one in behind:
            assert_opens(served, person, one)
        for line in view.lines:
            hits = line.explained.hits
            if hits is not None and line.behind:
                assert hits == line.behind.hit_count


def test_everybody_reads_the_same_health(served: Desk) -> None:
    first = look(served, LEAD)
    for person in (MANAGER, EYE):
        other = look(served, person)
        assert other.standing == first.standing
        assert [_uncounted(one) for one in other.lines] == [_uncounted(one) for one in first.lines]


def _uncounted(line: InputLine) -> InputLine:
    """The line but for how many partners stand behind its usual, which not everybody may know."""
    return replace(line, explained=without_partners(line.explained))


def test_the_parts_of_a_change_sum_to_it_and_open_their_cases(served: Desk) -> None:
    change = changed(served)
    assert sum(part.part for part in change.parts) == pytest.approx(change.total, abs=EXACT)
    moved = sum(part.own for part in change.parts) + change.usual
    assert change.before.score + moved == pytest.approx(change.after.score, abs=EXACT)
    assert change.total < -3
    assert change.parts[0].name == "sla_attainment"
    for part in change.parts[:3]:
        for behind in (part.cases_before, part.cases_after):
            assert behind is not None
            assert_opens(served, MANAGER, behind)


def test_any_two_days_can_be_compared(served: Desk) -> None:
    partner = open_partner(served, LEAD, WORSE_REF)
    for back, length in ((0, 1), (3, 7), (30, 90)):
        until = today(served) - timedelta(days=back)
        change = change_view(served, LEAD, partner, until - timedelta(days=length), until)
        assert change.after.score - change.before.score == pytest.approx(change.total, abs=EXACT)
        assert sum(part.part for part in change.parts) == pytest.approx(change.total, abs=EXACT)


def test_segments_sum_to_what_own_cases_moved_and_find_the_cause(served: Desk) -> None:
    change = changed(served)
    partner = open_partner(served, MANAGER, WORSE_REF)
    names = tuple(part.name for part in change.parts)
    ask = SegmentsAsk(change.before.day, change.after.day, names)
    found = segments_view(served, MANAGER, partner, ask)
    assert (found.name, found.dimension) == ("sla_attainment", "channel")
    assert min(found.segments, key=lambda one: one.telling).value == WORSE_CHANNEL
    own = {part.name: part.own for part in change.parts}
    for name in found.inputs:
        for dimension in DIMENSIONS:
            ask = SegmentsAsk(change.before.day, change.after.day, names, name, dimension)
            cut = segments_view(served, MANAGER, partner, ask)
            assert cut.own == pytest.approx(own[name], abs=EXACT), (name, dimension)
    for segment in found.segments:
        for day in (segment.before, segment.after):
            assert total(served, MANAGER, day.of_filter) == day.of
            assert total(served, MANAGER, day.hits_filter) == day.hits


def test_a_partner_with_few_cases_has_no_score_and_no_change(served: Desk) -> None:
    view = look(served, LEAD, FEW_REF)
    assert not view.standing.has_score
    assert view.standing.band.band == "not_enough_data"
    assert view.standing.effective < view.standing.rules.least_effective_n
    assert changed(served, LEAD, FEW_REF).parts == ()


def test_an_input_that_nobody_records_is_named(served: Desk) -> None:
    assert "open_gaps" in look(served).not_recorded


def test_the_history_ends_with_today(served: Desk) -> None:
    partner = open_partner(served, LEAD, WORSE_REF)
    weeks = history_view(served, LEAD, partner).weeks
    assert weeks[-1].day == today(served)
    assert weeks[-1].score == pytest.approx(look(served).standing.score, abs=EXACT)
    gaps = [(b.day - a.day).days for a, b in pairwise(weeks)]
    assert set(gaps[:-1]) == {7}
    assert 1 <= gaps[-1] <= 7


Reads = Callable[[Desk, Person, Partner], object]
READS: dict[str, Reads] = {
    "health": health_view,
    "change": lambda desk, person, partner: change_view(
        desk, person, partner, today(desk) - timedelta(days=7), today(desk)
    ),
    "segments": lambda desk, person, partner: segments_view(
        desk, person, partner, SegmentsAsk(today(desk) - timedelta(days=7), today(desk), ())
    ),
    "history": history_view,
    "managers": served_by,
}


def test_no_read_reaches_a_partner_outside_of_the_scope(served: Desk) -> None:
    other = open_partner(served, LEAD, OTHER_REF)
    for read in READS.values():
        with pytest.raises(NotFound) as refusal:
            read(served, MANAGER, other)
        assert str(refusal.value) == str(NotFound("Partner", OTHER_REF))
        with pytest.raises(Refused):
            read(served, ADMIN, other)


def test_outside_of_the_scope_is_as_absent(served: Desk) -> None:
    for ref in (OTHER_REF, "P-9999", ""):
        with pytest.raises(NotFound) as refusal:
            open_partner(served, MANAGER, ref)
        assert str(refusal.value) == str(NotFound("Partner", ref))


def test_days_that_do_not_follow_are_put_in_order() -> None:
    now, rules = datetime(2026, 3, 10, 12, tzinfo=UTC), health_versions().versions[-1]
    here = now.date()
    assert compared_days(now, rules, None, None) == (here - timedelta(days=28), here)
    assert compared_days(now, rules, here, here) == (here - timedelta(days=1), here)
    ahead = here + timedelta(days=9)
    assert compared_days(now, rules, None, ahead) == (here - timedelta(days=28), here)
