"""How long a partner's record is kept on both stores: erasing, retention, merging and backups."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.access.rules import scope_of
from core.clock import FixedClock
from core.desk import partner_records as commands
from core.desk.boot import Desk
from core.desk.partner_records import SeenEntry
from core.errors import Conflict
from core.partners.record_rules import Entry, record_rules
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.directory import partners
from core.storage.engine import open_store
from core.storage.partner_records import (
    RECORDS,
)
from core.storage.privacy import erase, erase_cases, erase_due
from core.storage.retention import kept_for
from core.storage.schema import migrate
from core.storage.tables import CaseRow
from tests.storage.builders import Door
from tests.storage.builders import a_case as a_line
from tests.support.partner_record import (
    CALL,
    FRIDAY,
    LEAD,
    OWN,
    PAT,
    every_text,
    look,
    noted,
    promised,
    two_partners,
)
from tests.support.rows import DRAFT, a_case, store_cases
from tests.support.stores import MONDAY_MORNING, sqlite_url


@pytest.fixture(autouse=True)
def world(desk: Desk) -> None:
    """Two partners, of which Pat serves the first."""
    two_partners(desk)


def test_what_was_deleted_for_good_is_emptied_by_the_next_retention(
    desk: Desk, clock: FixedClock
) -> None:
    commands.delete_entry(desk, PAT, Entry.NOTE, noted(desk))
    with desk.store.write(DRAFT) as write:
        erase_due(write, clock.now())
    assert "Maya" in every_text(desk)
    clock.advance(record_rules().undo_for)
    with desk.store.write(DRAFT) as write:
        erase_due(write, clock.now())
    assert "Maya" not in every_text(desk)


def test_erasing_a_requester_empties_what_names_them_and_keeps_that_it_was(desk: Desk) -> None:
    noted(desk, "Maya Example is on leave")
    noted(desk, "The portal is slow")
    promised(desk, "Call Maya Example back")
    commands.log_contact(desk, PAT, OWN, CALL)
    with desk.store.write(DRAFT) as write:
        erase(write, "Maya Example")
    view = look(desk)
    assert sorted(n.text for n in view.notes) == ["", "The portal is slow"]
    assert [(c.text, c.is_erased, c.due_on) for c in view.commitments] == [("", True, FRIDAY)]
    assert [(c.with_whom, c.summary) for c in view.contacts] == [("", "")]
    assert "maya" not in every_text(desk).lower()
    with pytest.raises(Conflict):
        commands.edit_note(desk, PAT, SeenEntry(OWN, 1, 1), "Maya Example is back")


def test_what_names_a_case_goes_with_it_unless_the_case_is_held(desk: Desk) -> None:
    store_cases(desk.store, a_case(7, partner_id=1), a_case(8, partner_id=1, legal_hold=True))
    noted(desk, "See E-000007 before the call")
    noted(desk, "See E-000008, Maya Example")
    with desk.store.write(DRAFT) as write:
        erase_cases(write, [7])
        erase(write, "Maya Example")
    assert {n.text for n in look(desk).notes} == {"", "See E-000008, Maya Example"}


def test_texts_are_kept_as_long_as_their_class_and_open_promises_longer(
    desk: Desk, clock: FixedClock
) -> None:
    noted(desk)
    ended, standing = promised(desk, "Ended"), promised(desk, "Standing")
    commands.log_contact(desk, PAT, OWN, CALL)
    commands.set_band(desk, PAT, OWN, "watch", "Because", MONDAY_MORNING + timedelta(days=1))
    commands.move_promise(desk, PAT, ended, "kept")
    clock.advance(kept_for()[record_rules().kept_as] + timedelta(days=2))
    with desk.store.write(DRAFT) as write:
        erase_due(write, clock.now())
    view = look(desk)
    assert {c.id: c.text for c in view.commitments} == {standing.id: "Standing", ended.id: ""}
    assert [n.text for n in view.notes] == [""]
    assert [c.summary for c in view.contacts] == [""]
    assert [b.reason for b in view.bands] == [""]


def test_the_record_comes_back_with_a_backup(desk: Desk, tmp_path: Path) -> None:
    noted(desk)
    promised(desk)
    commands.log_contact(desk, PAT, OWN, CALL)
    commands.set_band(desk, PAT, OWN, "watch", "Because", MONDAY_MORNING + timedelta(days=1))
    written = every_text(desk)
    backup(desk.store, tmp_path / "desk.tar.gz", "ada")
    (tmp_path / "other").mkdir()
    settings = Settings(database_url=sqlite_url(tmp_path / "other"), local_dir=tmp_path / "other")
    other = open_store(settings, desk.clock)
    migrate(other)
    restore(other, tmp_path / "desk.tar.gz", "ada")
    with other.read() as connection:
        restored = repr([connection.execute(select(table)).all() for table in RECORDS])
    other.close()
    assert restored == written


def test_writing_a_record_touches_no_case(desk: Desk) -> None:
    store_cases(desk.store, a_case(1, partner_id=1))

    def cases() -> list[Any]:
        with desk.store.read() as connection:
            return list(connection.execute(select(CaseRow.__table__)))

    before = cases()
    noted(desk)
    promised(desk)
    assert cases() == before


def test_a_partner_with_a_record_stays_when_the_import_that_brought_it_is_undone(
    desk: Desk,
) -> None:
    door = Door(desk.store)
    batch = door.admit(a_line(1, partner="Nord"), a_line(2, partner="Sued"))
    with desk.store.read() as connection:
        ref = next(p.ref for p in partners(connection, scope_of(LEAD)) if p.name == "Nord")
    commands.add_note(desk, LEAD, ref, "Ask for Maya")
    door.undo(batch)
    with desk.store.read() as connection:
        names = {p.name for p in partners(connection, scope_of(LEAD))}
    assert "Nord" in names
    assert "Sued" not in names
    assert [n.text for n in look(desk, LEAD, ref).notes] == ["Ask for Maya"]
