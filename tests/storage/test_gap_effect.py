"""The effect of a gap's change as a person sees it: judged in scope, every number with its cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.gap_effect import EffectView, effect_of
from core.desk.queue import look_of
from core.errors import Refused
from core.gaps.effect_facts import Design, Doubt, Verdict
from core.storage.queue import count, with_grants
from core.storage.tables import GapRow
from tests.support.effect_cases import (
    MENDED,
    OTHERS,
    OWN_PARTNER,
    PER_WEEK,
    SHIPPED,
    WEEKS,
    fill_effect,
    shipped_gap,
)
from tests.support.gap_worlds import file_gap
from tests.support.rows import DRAFT, store_cases

LIAISON = Person("liz", "Liz", "policy_liaison")
MANAGER = Person("pat", "Pat", "partner_manager", partner_ids=frozenset({OWN_PARTNER}))
ANALYST = Person("ana", "Ana", "analyst", zone="Asia/Tokyo")
SQLITE = pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)


def number(desk: Desk, person: Person, filter_: CaseFilter) -> int:
    look, _ = look_of(desk, person, filter_)
    with desk.snapshot.reading() as reading:
        return count(reading, filter_, with_grants(reading, look))


def check_cases(desk: Desk, person: Person, view: EffectView) -> None:
    for side in (0, 1):
        for counted, filter_ in (view.counted(side), view.base(side)):
            assert number(desk, person, filter_) == counted > 0
    for change in view.effect.unit_changes:
        for side, told in enumerate((change.before, change.after)):
            assert number(desk, person, view.unit(change.name, side)) == told[0]
    assert view.periods is not None
    facts = view.periods.facts
    of = facts.base if facts.share else facts.counts
    for place in (0, facts.begin, len(facts.counts) - 1):
        assert number(desk, person, view.period(place)) == of[place]


def test_a_mended_clause_worked_and_every_number_opens_its_cases(desk: Desk) -> None:
    fill_effect(desk.store)
    view = effect_of(desk, LIAISON, shipped_gap())
    assert view.verdict is Verdict.WORKED
    effect = view.effect
    assert effect.design is Design.AGAINST_OTHERS
    assert effect.headline is not None
    assert effect.headline.low < 0.5 < effect.headline.high
    assert effect.units == len(OTHERS)
    assert view.base(0)[0] == view.base(1)[0] == WEEKS * PER_WEEK
    assert view.counted(0)[0] > 1.7 * view.counted(1)[0]
    assert view.periods is not None
    assert view.periods.facts.points == (WEEKS, WEEKS)
    assert view.periods.day(WEEKS) == view.shipped_on
    check_cases(desk, LIAISON, view)


def test_a_partner_manager_gets_the_effect_on_own_cases(desk: Desk) -> None:
    fill_effect(desk.store)
    whole, own = (effect_of(desk, person, shipped_gap()) for person in (LIAISON, MANAGER))
    assert own.is_own_only
    assert not whole.is_own_only
    assert own.base(0)[0] == whole.base(0)[0] // 2
    check_cases(desk, MANAGER, own)


@SQLITE
def test_days_are_those_of_the_zone_of_whoever_looks(desk: Desk) -> None:
    fill_effect(desk.store)
    view = effect_of(desk, ANALYST, shipped_gap())
    assert view.zone == "Asia/Tokyo"
    assert view.counted(1)[1].zone == "Asia/Tokyo"
    check_cases(desk, ANALYST, view)


@SQLITE
def test_the_number_of_cases_is_a_measure_of_its_own(desk: Desk) -> None:
    fill_effect(desk.store)
    view = effect_of(desk, LIAISON, shipped_gap(), measure="cases")
    assert view.verdict is Verdict.NO_MEASURABLE_EFFECT
    assert effect_of(desk, LIAISON, shipped_gap(gap_type="tooling_gap")).measure == "cases"
    check_cases(desk, LIAISON, view)


@SQLITE
def test_without_a_change_a_clause_or_cases_the_reason_is_said(desk: Desk) -> None:
    fill_effect(desk.store)

    def doubts(**parts: object) -> tuple[Doubt, ...]:
        return effect_of(desk, LIAISON, shipped_gap(**parts)).effect.doubts

    assert doubts(shipped_at=None) == (Doubt.NOT_SHIPPED,)
    assert doubts(clauses=()) == (Doubt.NO_CASES_NAMED,)
    assert doubts(clauses=("Z-9",)) == (Doubt.FEW_COUNTED,)
    now = desk.clock.now()
    for shipped_at in (now, now - timedelta(weeks=3), now - timedelta(weeks=400)):
        assert doubts(shipped_at=shipped_at) == (Doubt.FEW_POINTS,)


@SQLITE
def test_over_an_empty_store_there_is_no_data(desk: Desk) -> None:
    view = effect_of(desk, LIAISON, shipped_gap())
    assert (view.verdict, view.periods) == (Verdict.NO_DATA, None)


@SQLITE
def test_clauses_of_other_gaps_are_no_comparison_and_what_shipped_meanwhile_is_told(
    desk: Desk,
) -> None:
    fill_effect(desk.store)
    file_gap(desk.store, 7)
    _shipped_meanwhile(desk, 7, OTHERS[0])
    view = effect_of(desk, LIAISON, shipped_gap(abuse_types=("spam",)))
    assert OTHERS[0] not in {change.name for change in view.effect.unit_changes}
    assert view.effect.units == len(OTHERS) - 1
    assert [(one.kind, one.ref) for one in view.also] == [("gap", "G-0007")]


def _shipped_meanwhile(desk: Desk, gap_id: int, clause: str) -> None:
    with desk.store.write(DRAFT) as write:
        facts = {"clauses": f'["{clause}"]', "shipped_at": SHIPPED, "abuse_types": '["spam"]'}
        write.connection.execute(update(GapRow).where(GapRow.id == gap_id).values(**facts))


@SQLITE
def test_a_new_case_changes_the_effect_with_the_next_look(desk: Desk) -> None:
    cases = fill_effect(desk.store)
    before = effect_of(desk, LIAISON, shipped_gap())
    again = effect_of(desk, LIAISON, shipped_gap())
    assert again.effect is before.effect
    kept = next(c for c in cases if c["clause"] == MENDED and c["outcome"] == "upheld")
    store_cases(desk.store, {**kept, "outcome": "overturned_restored"})
    after = effect_of(desk, LIAISON, shipped_gap())
    assert after.counted(0)[0] == before.counted(0)[0] + 1


@SQLITE
def test_who_may_not_read_gaps_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        effect_of(desk, replace(LIAISON, role="nobody"), shipped_gap())
