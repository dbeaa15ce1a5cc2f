"""Erasing empties personal text everywhere it stands, keeps the figures, and respects legal holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.audit.model import Draft
from core.clock import FixedClock
from core.storage.privacy import Erased, erase, erase_due
from core.storage.retention import due_for_retention, kept_for
from core.storage.tables import (
    AuditRow,
    CaseEventRow,
    CaseRow,
    CaseTextRow,
    ImportBeforeRow,
    MessageRow,
)
from core.storage.trail import verify
from tests.storage.builders import Door, a_case, an_event

DRAFT = Draft("ada", "privacy.erase", "requester")
MAYA = {"requester_name": "Maya Example", "requester_contact": "maya@press.example"}
STORY = [
    an_event("received"),
    an_event("reply", after=1, text="Dear Maya"),
    an_event("status", "resolved", after=2),
    an_event("status", "closed", after=3),
]


def erase_maya(door: Door, who: str = "maya@press.example") -> Erased:
    with door.store.write(DRAFT) as write:
        return erase(write, who)


def everything(door: Door) -> str:
    """All that the store holds as text, whatever the table."""
    tables = (CaseRow, CaseTextRow, MessageRow, CaseEventRow, ImportBeforeRow, AuditRow)
    return repr([door.rows(table) for table in tables]).lower()


def test_all_personal_text_of_a_requester_is_gone_and_the_case_stays(door: Door) -> None:
    door.admit(a_case(1, events=STORY, title="About Maya", **MAYA), a_case(2, title="Other"))
    before = door.case(1)
    assert erase_maya(door) == Erased(1, 1, ())
    assert "maya" not in everything(door)
    assert door.found("maya") == []
    assert door.found("other") == ["T2"]
    after = door.case(1)
    assert (after.frt_us, after.closed_at) == (before.frt_us, before.closed_at)
    assert after.version == before.version + 1
    with door.store.read() as connection:
        assert verify(connection).holds


def test_a_requester_is_known_by_address_in_any_case_or_by_exact_name(door: Door) -> None:
    for number, who in enumerate(["MAYA@press.example ", "Maya Example"]):
        door.admit(a_case(number, **MAYA))
        assert erase_maya(door, who).cases == 1


def test_a_legal_hold_refuses_and_is_named(door: Door) -> None:
    door.admit(a_case(1, legal_hold=True, **MAYA), a_case(2, **MAYA))
    assert erase_maya(door) == Erased(1, 0, ("E-000001",))
    assert door.found("case 1") == ["T1"]


def test_pictures_kept_for_undo_are_emptied_too(door: Door) -> None:
    door.admit(a_case(1, title="First Maya", **MAYA))
    second = door.admit(a_case(1, title="Second Maya", **MAYA))
    erase_maya(door)
    assert "maya" not in everything(door)
    assert len(door.rows(ImportBeforeRow)) == 1
    assert door.undo(second).restored == 1
    assert [(t.title, t.erased_at is not None) for t in door.rows(CaseTextRow)] == [("", True)]


def test_a_newer_file_does_not_bring_erased_text_back(door: Door) -> None:
    door.admit(a_case(1, events=STORY, **MAYA))
    erase_maya(door)
    door.admit(a_case(1, events=[*STORY, an_event("note", after=4, text="Maya")], **MAYA))
    assert door.last is not None
    assert door.last.updated == 1
    assert "maya" not in everything(door)
    assert {m.body for m in door.rows(MessageRow)} == {""}


def test_an_unknown_requester_erases_nothing_and_says_so(door: Door) -> None:
    door.admit(a_case(1, **MAYA))
    assert erase_maya(door, "nobody@example.org") == Erased(0, 0, ())


def test_closed_cases_past_their_time_are_due_unless_a_hold_keeps_them(
    door: Door, clock: FixedClock
) -> None:
    door.admit(
        a_case(1, events=STORY, requester_kind="press"),
        a_case(2, events=STORY),
        a_case(3, events=STORY, legal_hold=True, requester_kind="press"),
        a_case(4, requester_kind="press"),
    )
    kept = kept_for()
    assert "legal_hold" not in kept

    def due_after(kept_for_class: timedelta) -> list[str]:
        with door.store.read() as connection:
            at = clock.now() + kept_for_class
            return [found.ref for found in due_for_retention(connection, at)]

    assert due_after(timedelta(0)) == []
    assert due_after(kept["press"]) == ["E-000001"]
    assert due_after(max(kept.values())) == ["E-000001", "E-000002"]


def test_erasing_what_is_due_leaves_nothing_due(door: Door, clock: FixedClock) -> None:
    door.admit(a_case(1, events=STORY), a_case(2))
    clock.advance(timedelta(days=3650))
    with door.store.write(DRAFT) as write:
        assert erase_due(write, clock.now()).cases == 1
    with door.store.read() as connection:
        assert due_for_retention(connection, clock.now()) == []
        titles: list[Any] = list(connection.execute(select(CaseTextRow.title)).scalars())
    assert sorted(titles) == ["", "Case 2"]
