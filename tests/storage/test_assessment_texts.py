"""What people wrote about risks goes with the people it is about, moves with a backup, and judges on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.assessments import Said, history_of, override_verdict, record_assessment, subject_for
from core.desk.boot import Desk
from core.desk.risk_register import add_risk, close_risk, register_view, risk_history
from core.settings import Settings
from core.storage import people
from core.storage.backup import backup, restore
from core.storage.engine import Store, open_store
from core.storage.privacy import erase, erase_due
from core.storage.schema import migrate
from core.storage.tables import AssessmentOverrideRow, AssessmentRow, RiskRow
from core.storage.tables.base import table_of
from core.storage.trail import verify
from tests.storage.builders import Door, a_case
from tests.support.stores import sqlite_url

LEAD = Person("lee", "Lee", "team_lead")
MAYA = {"requester_name": "Maya Example", "requester_contact": "maya@press.example"}
TABLES = (AssessmentRow, AssessmentOverrideRow, RiskRow)
ERASE = Draft("ada", "requester.erase", "requester")


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A case of Maya's, an assessment whose words tell of her, an override and a risk."""
    Door(desk.store).admit(a_case(1, **MAYA), a_case(2))
    with desk.store.write(Draft("test", "person.add", "lee")) as write:
        people.add_user(write, people.NewUser("lee", "Lee", "team_lead", ""))
    subject = subject_for(
        desk, LEAD, "surge", "s", "What Maya  Example wrote", CaseFilter(text="maya example")
    )
    said = {
        "harm": Said("severe", "told by maya@press.example", "a call"),
        "spread": Said("growing", "it rises", "/case?case=E-000001"),
        "reach": Said("wide", "in every market", "/case?case=E-000002"),
    }
    ref = record_assessment(desk, LEAD, subject, said)
    override_verdict(desk, LEAD, ref, "convene", "Maya Example asked for it")
    add_risk(desk, LEAD, subject, "lee", desk.clock.now().date())
    return desk


def everything(store: Store) -> str:
    with store.read() as connection:
        rows = [
            tuple(row) for table in TABLES for row in connection.execute(table_of(table).select())
        ]
    return repr(rows).lower()


def test_words_about_a_requester_go_and_the_verdict_stays(told: Desk) -> None:
    (before,) = register_view(told, LEAD).lines
    with told.store.write(ERASE) as write:
        assert erase(write, "maya@press.example").cases == 1
        assert write.details["assessment_texts"] == 4
    left = everything(told.store)
    assert "maya" not in left
    assert "it rises" not in left
    assert "in every market" in left
    (after,) = register_view(told, LEAD).lines
    assert after.outcome is not None
    assert before.outcome is not None
    assert after.outcome.vector == before.outcome.vector
    (line,) = risk_history(told, LEAD, after.risk.ref)
    assert (line.fault, line.is_erased, line.outcome.verdict) == ("", True, "convene")
    with told.store.read() as connection:
        assert verify(connection).holds


def test_a_legal_hold_keeps_what_names_its_case(desk: Desk) -> None:
    Door(desk.store).admit(a_case(1, legal_hold=True), a_case(2, **MAYA))
    subject = subject_for(desk, LEAD, "surge", "s", "Surge", CaseFilter())
    said = {"harm": Said("severe", "Maya Example said so", "/case?case=E-000001")}
    record_assessment(desk, LEAD, subject, said)
    with desk.store.write(ERASE) as write:
        erase(write, "maya@press.example")
    assert "maya example said so" in everything(desk.store)


def test_old_words_go_when_their_time_is_over_but_not_of_open_risks(
    told: Desk, clock: FixedClock
) -> None:
    other = subject_for(told, LEAD, "surge", "t", "Another", CaseFilter())
    record_assessment(told, LEAD, other, {"harm": Said("low", "said long ago")})
    clock.advance(timedelta(days=3650))
    for was_open in (True, False):
        with told.store.write(ERASE) as write:
            erase_due(write, clock.now())
        left = everything(told.store)
        assert "said long ago" not in left
        assert ("in every market" in left) is was_open
        (risk,) = register_view(told, LEAD, with_closed=True).lines
        if was_open:
            close_risk(told, LEAD, risk.risk.ref, risk.risk.version, "over at last")
            clock.advance(timedelta(days=3650))
    assert "over at last" not in everything(told.store)
    assert history_of(told, LEAD, other)[0].fault == ""


@pytest.fixture
def target(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """An empty embedded store to restore into."""
    (tmp_path / "target").mkdir()
    url = sqlite_url(tmp_path / "target")
    opened = open_store(Settings(database_url=url, local_dir=tmp_path), clock)
    migrate(opened)
    yield opened
    opened.close()


def test_a_backup_brings_assessments_and_risks_along(
    told: Desk, target: Store, tmp_path: Path
) -> None:
    backup(told.store, tmp_path / "all.backup", "ada")
    restore(target, tmp_path / "all.backup", "ada")
    assert everything(target) == everything(told.store)
