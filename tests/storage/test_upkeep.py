"""Looking after the store: health, backups and erasing, for those who may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from core.access.model import Person
from core.desk import upkeep
from core.desk.boot import OPERATOR, Desk
from core.errors import Refused

LEAD = Person(username="lead", name="A lead", role="team_lead")


def test_a_fresh_store_is_found_healthy(desk: Desk) -> None:
    findings = upkeep.examine(desk)

    assert [f.check for f in findings if not f.ok] == []


def test_a_changed_entry_of_the_record_is_found(desk: Desk) -> None:
    with desk.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE id = 1"))

    found = upkeep.verify_audit(desk)

    assert not found.ok
    assert "Entry 1" in found.finding


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_weak_cookie_key_is_found(desk: Desk) -> None:
    weak = desk.settings.model_validate({**dict(desk.settings), "cookie_key": "aaaa"})

    findings = upkeep.examine(replace(desk, settings=weak))

    assert [f.check for f in findings if not f.ok] == ["cookie key"]


def test_only_the_operator_backs_up(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        upkeep.back_up(desk, LEAD, tmp_path / "store.tar.gz")

    assert upkeep.back_up(desk, OPERATOR, tmp_path / "store.tar.gz") > 0


def test_erasing_leaves_a_mark_in_the_record_and_not_the_name(desk: Desk) -> None:
    erased = upkeep.erase(desk, OPERATOR, "Ines Calloway")

    with desk.store.read() as connection:
        entries = connection.execute(text("SELECT subject, details FROM audit")).all()
    assert erased.cases == 0
    assert not [e for e in entries if "Calloway" in e.subject + e.details]


def test_a_lead_does_not_erase(desk: Desk) -> None:
    with pytest.raises(Refused):
        upkeep.erase(desk, LEAD, "Ines Calloway")
