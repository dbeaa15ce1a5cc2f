"""What people wrote about gaps goes with the requester and case it is about, and is backed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk import gaps as commands
from core.desk.boot import Desk, open_desk
from core.desk.gap_views import GapDossier, gap_dossier
from core.desk.gaps import Given, NewGap, NewTask, Seen
from core.errors import Conflict
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.engine import Store, open_store
from core.storage.privacy import erase, erase_due
from core.storage.retention import CASES, kept_for
from core.storage.schema import migrate
from core.storage.tables import Base
from tests.storage.builders import Door, a_case
from tests.support.stores import sqlite_url

LEAD = Person("lee", "Lee", "team_lead")
MAYA = {"requester_name": "Maya Example", "requester_contact": "maya@press.example"}
DRAFT = Draft("ada", "requester.erase", "requester")
NAMES = ("gaps", "gap_cases", "gap_tasks", "gap_entries", "gap_entry_cases")
NEW = NewGap("Bylines are cut", "So says MAYA  example.", "missing_rule", "high")


@pytest.fixture
def desk(ready_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a case of Maya's, one of somebody else, and a gap that tells of her."""
    opened = open_desk(Settings(database_url=ready_url, local_dir=tmp_path), clock)
    Door(opened.store).admit(a_case(1, **MAYA), a_case(2))
    matching = CaseFilter(text="Maya Example", market=("DE",))
    told = replace(NEW, stakeholders=("Maya Example", "Appeals"), matching=matching)
    commands.propose_gap(opened, LEAD, told)
    commands.link_cases(opened, LEAD, "G-0001", ["E-000001"], "strong", "She was the first")
    commands.link_cases(opened, LEAD, "G-0001", ["E-000002"], "weak", "Maya Example said so")
    commands.note(opened, LEAD, "G-0001", "The mayas of old.", "https://x.example/mayas")
    commands.note(opened, LEAD, "G-0001", "As in E-000001.", "https://x.example/1")
    commands.add_task(opened, LEAD, "G-0001", NewTask("Call Maya Example"))
    yield opened
    opened.store.close()


def look(desk: Desk) -> GapDossier:
    return gap_dossier(desk, LEAD, "G-0001")


def everything(store: Store) -> str:
    tables = [Base.metadata.tables[name] for name in NAMES]
    with store.read() as connection:
        return repr([connection.execute(select(table)).all() for table in tables])


def test_what_tells_of_an_erased_requester_goes_and_the_rest_stays(desk: Desk) -> None:
    seen = Seen("G-0001", look(desk).gap.version)
    with desk.store.write(DRAFT) as write:
        erase(write, "maya@press.example")
        assert write.details["gap_texts"] == 7  # the head, a note, a task, and two reasons twice
    left = everything(desk.store).lower()
    assert "maya example" not in left
    assert "e-000001" not in left
    assert "she was the first" not in left
    gap = look(desk).gap
    assert (gap.title, gap.statement, gap.stakeholders, gap.is_erased) == (
        *("Bylines are cut", "", (), True),
    )
    assert gap.matching == CaseFilter(segment="all", market=("DE",))
    assert [e.reason for e in look(desk).log if e.act == "noted"] == ["", "The mayas of old."]
    assert {e.case_ref: e.reason for e in look(desk).evidence} == {"E-000001": "", "E-000002": ""}
    with pytest.raises(Conflict, match="a text was erased"):
        commands.edit_gap(desk, LEAD, seen, NEW)


def test_a_linked_case_under_legal_hold_holds_the_texts_of_its_gap(desk: Desk) -> None:
    with desk.store.write(DRAFT) as write:
        held = update(CASES).where(CASES.c.ref == "E-000002").values(legal_hold=True)
        write.connection.execute(held)
        erase(write, "maya@press.example")
    assert look(desk).gap.statement == "So says MAYA  example."
    assert {e.case_ref: e.reason for e in look(desk).evidence} == {
        "E-000001": "",
        "E-000002": "Maya Example said so",
    }


def test_texts_of_a_closed_gap_are_kept_for_a_while(desk: Desk, clock: FixedClock) -> None:
    seen = Seen("G-0001", look(desk).gap.version)
    commands.respond(desk, LEAD, seen, "declined", Given("It is rare."))
    kept, closed_at = kept_for()["standard"], look(desk).gap.closed_at
    assert closed_at
    for past, gone in ((timedelta(), False), (timedelta(seconds=1), True)):
        clock.at = closed_at + kept + past
        with desk.store.write(DRAFT) as write:
            erase_due(write, clock.now())
        assert (look(desk).gap.title == "") is gone
    left = everything(desk.store)
    assert all(word not in left for word in ("rare", "mayas", "first", "Call", "Appeals"))
    version = look(desk).gap.version
    with desk.store.write(DRAFT) as write:
        erase_due(write, clock.now())
    assert look(desk).gap.version == version  # once is enough


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_gaps_come_back_from_a_backup(desk: Desk, tmp_path: Path) -> None:
    before = everything(desk.store)
    backup(desk.store, tmp_path / "desk.tar.gz", "ada")
    (tmp_path / "target").mkdir()
    target = open_store(Settings(database_url=sqlite_url(tmp_path / "target")), desk.clock)
    migrate(target)
    restore(target, tmp_path / "desk.tar.gz", "ada")
    assert everything(target) == before
    target.close()
