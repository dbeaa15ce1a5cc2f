"""Dismissing, confirming and taking back: who may, what is recorded, what changes, what is erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.boot import Desk
from core.desk.surge_acts import FindingAsk, confirm_finding, dismiss_finding, take_back
from core.desk.surges import SeenFinding, SurgesView, surges_view
from core.errors import Conflict, NotFound, Refused
from core.risk.finding_acts import Act
from core.storage.findings import ACTS
from core.storage.privacy import erase, erase_due
from core.storage.trail import audit_entries
from tests.support.surge_world import SURGE, SURGE_ON, THURSDAY, fill_with_surge

LEAD = Person("lead", "Lead", "team_lead")
LIAISON = Person("liaison", "Liaison", "policy_liaison", zone="Asia/Kathmandu")
ANALYST = Person("analyst", "Analyst", "analyst")
AUDITOR = Person("auditor", "Auditor", "auditor")
MANAGER = Person("pm", "Manager", "partner_manager", partner_ids=frozenset(range(1, 10)))
WEEK = SURGE_ON.isoformat()


@pytest.fixture
def surged(desk: Desk, clock: FixedClock) -> Iterator[Desk]:
    """A desk with one surge in its last whole week, on each store."""
    clock.at = THURSDAY
    fill_with_surge(desk.store)
    yield desk
    desk.snapshot.close()


def seen_by(desk: Desk, person: Person, filter_: CaseFilter | None = None) -> SurgesView:
    return surges_view(desk, person, filter_ or CaseFilter(), WEEK)


def first(desk: Desk, person: Person = LEAD) -> tuple[SeenFinding, FindingAsk]:
    view = seen_by(desk, person)
    seen = view.findings[0]
    assert seen.sighting.finding.slice == SURGE
    return seen, FindingAsk(CaseFilter(), WEEK, view.zone, seen.key)


def rows(desk: Desk) -> list[dict[str, object]]:
    with desk.store.read() as connection:
        return [dict(row._mapping) for row in connection.execute(select(ACTS).order_by(ACTS.c.id))]


def test_a_dismissal_folds_the_finding_for_everybody_with_the_same_reach(surged: Desk) -> None:
    seen, ask = first(surged)
    dismiss_finding(surged, LEAD, ask, " A known campaign ")
    for person in (LEAD, LIAISON, ANALYST):
        view = seen_by(surged, person)
        (folded,) = view.dismissed
        assert folded.key == seen.key
        assert folded.key not in {one.key for one in view.standing}
        assert folded.act is not None
        assert (folded.act.by, folded.act.reason, folded.act.at) == (
            "lead",
            "A known campaign",
            THURSDAY,
        )
    for person in (AUDITOR, MANAGER):
        assert seen_by(surged, person).dismissed == ()
    narrower = seen_by(surged, LEAD, CaseFilter(priority=("P1", "P2", "P3")))
    assert narrower.dismissed == ()


def test_each_act_is_recorded_without_its_words(surged: Desk) -> None:
    seen, ask = first(surged)
    dismiss_finding(surged, LEAD, ask, "Told by Maya Example")
    take_back(surged, LIAISON, replace(ask, zone="Asia/Kathmandu"))
    confirm_finding(surged, LEAD, ask)
    with surged.store.read() as connection:
        entries = audit_entries(connection, subject=seen.key)
    assert [(e.actor, e.act) for e in reversed(entries)] == [
        ("lead", "finding.dismiss"),
        ("liaison", "finding.take_back"),
        ("lead", "finding.confirm"),
    ]
    assert "Maya" not in repr(entries)
    assert entries[0].details["slice"] == {c.dimension: c.value for c in SURGE}
    dismissed, confirmed = rows(surged)
    assert (dismissed["ended_by"], confirmed["ended_by"]) == ("liaison", "")


def test_a_confirmed_week_is_no_history_for_the_weeks_after_it(
    surged: Desk, clock: FixedClock
) -> None:
    _, ask = first(surged)
    confirm_finding(surged, LEAD, ask, "A wave of fake profiles")
    own = seen_by(surged, LEAD)
    assert own.left_out == ()
    assert own.standing[0].act is not None
    assert own.standing[0].act.act is Act.CONFIRM
    clock.advance(timedelta(weeks=1))
    assert surges_view(surged, LEAD, CaseFilter()).left_out == (SURGE_ON,)
    assert surges_view(surged, MANAGER, CaseFilter()).left_out == ()
    take_back(surged, LEAD, ask)
    assert surges_view(surged, LEAD, CaseFilter()).left_out == ()


def test_the_second_verdict_on_a_finding_is_refused(surged: Desk) -> None:
    _, ask = first(surged)
    confirm_finding(surged, LEAD, ask)
    with pytest.raises(Conflict):
        dismiss_finding(surged, LIAISON, replace(ask, zone="Asia/Kathmandu"), "No")
    take_back(surged, LEAD, ask)
    with pytest.raises(Refused, match="nothing to take back"):
        take_back(surged, LEAD, ask)
    assert len(rows(surged)) == 1


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_who_may_not_write_or_does_not_see_it_changes_nothing(surged: Desk) -> None:
    _, ask = first(surged)
    with pytest.raises(Refused):
        dismiss_finding(surged, ANALYST, ask, "No")
    with pytest.raises(NotFound):
        dismiss_finding(surged, LEAD, replace(ask, key="0123456789abcdef"), "No")
    of_auditor, _ = first(surged, AUDITOR)
    with pytest.raises(NotFound):
        dismiss_finding(surged, LEAD, replace(ask, key=of_auditor.key), "No")
    with pytest.raises(Refused, match="needs a reason"):
        dismiss_finding(surged, LEAD, ask, " ")
    assert rows(surged) == []


def test_a_reason_that_names_a_requester_goes_with_them_and_the_verdict_stays(
    surged: Desk,
) -> None:
    _, ask = first(surged)
    dismiss_finding(surged, LEAD, ask, "Maya Example sent all of them")
    with surged.store.write(Draft("ada", "requester.erase", "requester")) as write:
        erase(write, "Maya Example")
    (row,) = rows(surged)
    assert (row["reason"], row["act"]) == ("", "dismiss")
    assert len(seen_by(surged, LEAD).dismissed) == 1


def test_a_reason_is_kept_no_longer_than_its_class_says(surged: Desk, clock: FixedClock) -> None:
    _, ask = first(surged)
    dismiss_finding(surged, LEAD, ask, "A known campaign")
    for days, kept in ((729, "A known campaign"), (2, "")):
        clock.advance(timedelta(days=days))
        with surged.store.write(Draft("ada", "retention.erase", "store")) as write:
            erase_due(write, clock.now(), limit=0)
        assert rows(surged)[0]["reason"] == kept
