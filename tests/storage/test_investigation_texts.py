"""What people wrote in investigations goes with the requester and case it is about, and is backed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk import investigations as commands
from core.desk.boot import Desk, open_desk
from core.desk.investigation_views import InvestigationView, investigation_view
from core.desk.investigations import Seen
from core.errors import Conflict
from core.risk.investigation import Evidence
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.engine import Store, open_store
from core.storage.privacy import erase, erase_due
from core.storage.retention import kept_for
from core.storage.schema import migrate
from core.storage.tables import Base
from tests.storage.builders import Door, a_case
from tests.support.stores import sqlite_url

LEAD = Person("lee", "Lee", "team_lead")
MAYA = {"requester_name": "Maya Example", "requester_contact": "maya@press.example"}
DRAFT = Draft("ada", "requester.erase", "requester")
TABLES = [t for t in Base.metadata.sorted_tables if t.name.startswith("investigation")]


@pytest.fixture
def desk(ready_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a case of Maya's and one of somebody else."""
    opened = open_desk(Settings(database_url=ready_url, local_dir=tmp_path), clock)
    Door(opened.store).admit(a_case(1, **MAYA), a_case(2))
    yield opened
    opened.store.close()


def look(desk: Desk) -> InvestigationView:
    return investigation_view(desk, LEAD, "I-0001")


def now(desk: Desk) -> Seen:
    return Seen("I-0001", look(desk).facts.version)


def written(desk: Desk) -> None:
    """An investigation that tells of Maya in every way there is."""
    scope = CaseFilter(text="maya@press.example", market=("DE",))
    commands.open_investigation(desk, LEAD, "Did MAYA  example write it?", scope)
    by_case = Evidence(("E-000001",), (), ("https://x.example",))
    commands.add_finding(desk, LEAD, now(desk), "She was the first.", by_case)
    commands.add_finding(desk, LEAD, now(desk), "So says Maya Example.", Evidence(("E-000002",)))
    mayas = Evidence(lists=(CaseFilter(text="Maya Example"),))
    commands.add_finding(desk, LEAD, now(desk), "There are more.", mayas)
    commands.add_finding(desk, LEAD, now(desk), "The mayas of old.", Evidence(("E-000002",)))
    commands.add_hypothesis(desk, LEAD, now(desk), "Maya Example did it.")


def everything(store: Store) -> str:
    with store.read() as connection:
        return repr([connection.execute(select(table)).all() for table in TABLES]).lower()


def test_what_tells_of_an_erased_requester_goes_and_the_rest_stays(desk: Desk) -> None:
    written(desk)
    before = now(desk)
    with desk.store.write(DRAFT) as write:
        erase(write, "maya@press.example")
        assert write.details["investigation_texts"] == 5
    view = look(desk)
    assert (view.facts.question, view.facts.scope) == ("", CaseFilter(market=("DE",)))
    texts = [f.finding.text for f in view.findings]
    assert texts == ["", "", "", "The mayas of old."]
    assert [h.is_erased for h in view.hypotheses] == [True]
    held = everything(desk.store)
    assert not [w for w in ("maya example", "maya  example", "press.example") if w in held]
    with pytest.raises(Conflict, match="erased personal text"):
        commands.set_question(desk, LEAD, before, "Did Maya write it?")


def test_a_legal_hold_on_a_pinned_case_keeps_the_texts(desk: Desk) -> None:
    Door(desk.store).admit(a_case(3, legal_hold=True))
    written(desk)
    commands.pin(desk, LEAD, now(desk), ["E-000003"])
    before = everything(desk.store)
    with desk.store.write(DRAFT) as write:
        erase(write, "maya@press.example")
    assert everything(desk.store) == before


def test_texts_of_what_ended_long_ago_are_kept_no_longer(desk: Desk, clock: FixedClock) -> None:
    written(desk)
    commands.move(desk, LEAD, now(desk), "dropped", "Nothing in it.")

    def erase_what_is_due() -> None:
        with desk.store.write(replace(DRAFT, act="retention.erase")) as write:
            erase_due(write, clock.now())

    clock.advance(kept_for()["standard"])
    erase_what_is_due()
    assert look(desk).facts.outcome == "Nothing in it."
    clock.advance(timedelta(seconds=1))
    erase_what_is_due()
    facts, version = look(desk).facts, look(desk).facts.version
    assert (facts.question, facts.outcome) == ("", "")
    assert {f.finding.text for f in look(desk).findings} == {""}
    erase_what_is_due()
    assert look(desk).facts.version == version


def test_a_backup_carries_investigations(desk: Desk, tmp_path: Path, clock: FixedClock) -> None:
    written(desk)
    commands.pin(desk, LEAD, now(desk), ["E-000001"])
    backup(desk.store, tmp_path / "desk.tar.gz", "ada")
    (tmp_path / "target").mkdir()
    target = open_store(Settings(database_url=sqlite_url(tmp_path / "target")), clock)
    migrate(target)
    restore(target, tmp_path / "desk.tar.gz", "ada")
    assert everything(target) == everything(desk.store)
    target.close()


def test_a_case_that_leaves_the_desk_takes_its_pin_and_hides_nothing(desk: Desk) -> None:
    door = Door(desk.store)
    batch = door.admit(a_case(7))
    commands.open_investigation(desk, LEAD, "Why?", CaseFilter(), ["E-000003"])
    commands.add_finding(desk, LEAD, now(desk), "One form.", Evidence(("E-000003",)))
    door.undo(batch)
    view = look(desk)
    assert view.cases.empty
    assert [f.cases for f in view.findings] == [("E-000003",)]
