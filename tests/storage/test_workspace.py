"""The demo workspace: what it brings, and where it never goes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.desk.boot import OPERATOR, Desk
from core.desk.investigation_views import investigation_list, investigation_view
from core.desk.partner_records import record_view
from core.desk.people import NewPerson, add_person, list_people
from core.desk.risk_register import register_view
from core.desk.sessions import sign_in
from core.desk.workspace import DEMO_SIGN_INS, create_demo, has_demo, wants_demo
from core.errors import Refused
from core.settings import Environment
from core.storage.schema import is_empty

A_PASSWORD = "quiet-lantern-42"


def test_the_demo_brings_people_partners_cases_and_its_truths(desk: Desk) -> None:
    made = create_demo(desk, 300)

    truths = json.loads(made.truth_file.read_text(encoding="utf-8"))
    assert (made.cases, truths["cases"]) == (300, 300)
    assert {p.username for p in list_people(desk, OPERATOR)} >= set(DEMO_SIGN_INS)
    assert has_demo(desk)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_the_demo_has_as_many_partners_as_asked_for(desk: Desk) -> None:
    made = create_demo(desk, 200, partners=250)
    assert made.partners == 250
    with desk.snapshot.reading() as reading:
        assert len(set(reading.roster.names)) == 250


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_the_demo_investigates_its_surges(desk: Desk) -> None:
    create_demo(desk, 2000)

    found = investigation_list(desk, OPERATOR).lines
    assert [line.status for line in found] == ["in_progress", "concluded"]
    for line in found:
        view = investigation_view(desk, OPERATOR, line.ref)
        assert view.scope
        assert view.scope.count >= line.pin_count > 0
    working = investigation_view(desk, OPERATOR, found[0].ref)
    assert working.assessed is not None
    assert working.assessed.outcome.verdict == "investigate"


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_the_demo_promised_something_and_is_late_with_it(desk: Desk) -> None:
    create_demo(desk, 400)

    record = record_view(desk, OPERATOR, "P-0001")
    assert [one.is_overdue(record.today) for one in record.commitments if one.is_open] == [
        *(True, False, False)
    ]
    assert {one.state for one in record.commitments} == {"open", "kept", "broken"}
    assert len(record.notes) == 2
    assert [one.kind for one in record.contacts] == ["call", "mail", "meeting"]


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_the_demo_perceives_risks_and_has_assessed_two_of_them(desk: Desk) -> None:
    create_demo(desk, 2000)

    lines = register_view(desk, OPERATOR).lines
    assert [line.outcome.verdict if line.outcome else "" for line in lines] == [
        *("investigate", "review", "")
    ]
    assert all(line.case_count for line in lines)
    assert not any(line.last.fault for line in lines if line.last)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_every_demo_sign_in_works_with_the_password_that_was_told(desk: Desk) -> None:
    made = create_demo(desk, 100)

    roles = [sign_in(desk, name, made.password).person.role for name in made.sign_ins]

    assert len(set(roles)) == len(DEMO_SIGN_INS)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_two_demo_workspaces_do_not_share_a_password(desk: Desk) -> None:
    first = create_demo(desk, 100).password

    assert len(first) >= 12
    assert first not in repr(desk)


def test_a_store_in_use_is_left_alone(desk: Desk) -> None:
    add_person(desk, OPERATOR, NewPerson("somebody", "analyst", A_PASSWORD))

    with pytest.raises(Refused, match="not empty"):
        create_demo(desk, 100)

    assert [p.username for p in list_people(desk, OPERATOR)] == ["somebody"]


def test_production_never_gets_demo_data(desk: Desk) -> None:
    settings = desk.settings.model_copy(
        update={"env": Environment.PRODUCTION, "cookie_key": SecretStr("k" * 64)}
    )
    production = replace(desk, settings=settings)

    with pytest.raises(Refused, match="production"):
        create_demo(production, 100)

    assert not wants_demo(production)
    assert is_empty(desk.store)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_store_that_was_named_by_address_is_not_filled_unasked(desk: Desk) -> None:
    assert desk.settings.database_url
    assert not wants_demo(desk)

    own_file = desk.settings.model_copy(update={"database_url": None})

    assert wants_demo(replace(desk, settings=own_file))


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_demo_that_fails_on_the_way_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    def stop(_share: float, _what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_demo(desk, 100, progress=stop)

    assert is_empty(desk.store)
    assert not (tmp_path / "demo_truth.json").exists()
