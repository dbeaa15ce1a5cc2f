"""Undoing an import puts everything back, except what somebody has changed since."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text, update

from core.audit.model import Draft
from core.errors import Refused
from core.storage.tables import (
    CaseEntityRow,
    CaseEventRow,
    CaseTextRow,
    DecisionRow,
    EntityRow,
    ImportBatchRow,
    MessageRow,
    PartnerRow,
    TombstoneRow,
)
from tests.storage.builders import CASES, Door, a_case, an_event

STORY = [
    an_event("received"),
    an_event("reply", after=1, text="Hello"),
    an_event("decision", "upheld", after=2, text="Right as it was"),
]
OTHER = [an_event("received"), an_event("note", after=1, text="Another story")]
PARTS = (CaseTextRow, CaseEventRow, MessageRow, DecisionRow, CaseEntityRow)


def whole(door: Door, number: int) -> dict[str, Any]:
    """Everything of a case but the numbers that say when it was written."""
    case = door.case(number)._asdict()
    for name in ("version", "change_seq", "import_seq"):
        del case[name]
    rows = {row.__name__: [r for r in door.rows(row) if r.case_id == case["id"]] for row in PARTS}
    return {"case": case, **rows}


def edit(door: Door, number: int) -> None:
    with door.store.write(Draft("ben", "case.assign", "case")) as write:
        write.connection.execute(
            update(CASES)
            .where(CASES.c.external_id == f"T{number}")
            .values(assignee="ben", change_seq=write.seq)
        )


def test_cases_that_the_import_created_are_gone_with_all_that_hung_on_them(door: Door) -> None:
    batch = door.admit(a_case(1, events=STORY, partner="Nord", entities=[("url", "x")]), a_case(2))
    result = door.undo(batch)
    assert (result.removed, result.restored, result.kept) == (2, 0, ())
    assert all(door.rows(row) == [] for row in (*PARTS, PartnerRow, EntityRow))
    assert door.found("case") == []
    assert [t.case_id for t in door.rows(TombstoneRow)] == [1, 2]


def test_cases_that_the_import_changed_stand_as_before(door: Door) -> None:
    door.admit(a_case(1, events=STORY, entities=[("url", "x")], outcome="upheld"))
    before = whole(door, 1)
    second = door.admit(a_case(1, events=OTHER, title="Newer", entities=[("url", "y")]), a_case(2))
    assert whole(door, 1) != before
    result = door.undo(second)
    assert (result.removed, result.restored, result.kept) == (1, 1, ())
    assert whole(door, 1) == before
    assert door.case(1).version == 3
    assert (door.found("newer"), door.found("case")) == ([], ["T1"])


def test_imports_can_be_undone_one_after_the_other(door: Door) -> None:
    first = door.admit(a_case(1, events=STORY))
    second = door.admit(a_case(1, events=OTHER))
    assert door.undo(second).restored == 1
    assert door.undo(first).removed == 1
    assert door.case(1) is None


def test_a_decision_comes_back_though_its_key_has_gone_to_another(door: Door) -> None:
    door.admit(a_case(1, events=STORY, outcome="upheld"))
    second = door.admit(a_case(1, events=OTHER))
    door.admit(a_case(2, events=STORY, outcome="upheld"))
    assert door.undo(second).restored == 1
    kept = [(d.case_id, d.outcome) for d in door.rows(DecisionRow)]
    assert sorted(kept) == [(1, "upheld"), (2, "upheld")]


def test_what_only_an_earlier_picture_of_a_case_names_outlives_another_undo(door: Door) -> None:
    door.admit(a_case(1, entities=[("url", "x")]))
    before = whole(door, 1)
    second = door.admit(a_case(1, title="Newer", entities=[("url", "y")]))
    door.undo(door.admit(a_case(2, entities=[("url", "z")])))
    assert [e.value for e in door.rows(EntityRow)] == ["x", "y"]
    door.undo(second)
    assert whole(door, 1) == before
    assert [e.value for e in door.rows(EntityRow)] == ["x"]


def test_a_partner_whom_another_undo_puts_back_stays(door: Door) -> None:
    first = door.admit(a_case(1, partner="Nord"))
    second = door.admit(a_case(1, partner="Sued"))
    door.undo(first)
    assert sorted(p.name for p in door.rows(PartnerRow)) == ["Nord", "Sued"]
    door.undo(second)
    assert [p.name for p in door.rows(PartnerRow)] == ["Nord"]
    assert door.case(1).partner_id == door.rows(PartnerRow)[0].id


def test_a_case_that_was_edited_since_is_kept_and_named(door: Door) -> None:
    batch = door.admit(a_case(1), a_case(2))
    edit(door, 2)
    result = door.undo(batch)
    assert (result.removed, result.kept) == (1, ("E-000002",))
    assert door.case(2).assignee == "ben"


def test_a_case_that_a_later_import_wrote_again_is_kept_and_named(door: Door) -> None:
    first = door.admit(a_case(1), a_case(2))
    door.admit(a_case(1, title="Newer"))
    result = door.undo(first)
    assert (result.removed, result.kept) == (1, ("E-000001",))
    assert door.found("newer") == ["T1"]


def test_references_of_removed_cases_are_never_given_out_again(door: Door) -> None:
    door.undo(door.admit(a_case(1), a_case(2)))
    door.admit(a_case(1))
    assert door.case(1).ref == "E-000003"


def test_an_import_is_undone_only_once(door: Door) -> None:
    batch = door.admit(a_case(1))
    door.undo(batch)
    with pytest.raises(Refused, match="undone"):
        door.undo(batch)
    assert [b.status for b in door.rows(ImportBatchRow)] == ["undone"]


def test_the_search_index_is_sound_after_changes_and_undo(door: Door) -> None:
    door.admit(a_case(1, title="one"), a_case(2, title="two"))
    door.undo(door.admit(a_case(1, title="three"), a_case(3, title="four")))
    assert [door.found(w) for w in ("one", "two", "three", "four")] == [["T1"], ["T2"], [], []]
    if door.store.dialect == "sqlite":
        with door.store.engine.begin() as connection:
            # Raises when the index and the texts beside it have come apart.
            check = "INSERT INTO case_words (case_words, rank) VALUES ('integrity-check', 1)"
            connection.execute(text(check))
