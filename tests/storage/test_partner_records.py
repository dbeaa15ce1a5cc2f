"""A partner's record on both stores: who writes what, conflicts, scope and bands that expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.access.model import Person
from core.clock import FixedClock, from_micros, to_micros
from core.desk import partner_records as commands
from core.desk.boot import Desk
from core.desk.partner_records import NewContact, SeenEntry, record_view
from core.errors import BadInput, Conflict, NotFound, Refused
from core.partners.record_rules import Entry, record_rules
from core.partners.score_rules import DAY_US, health_versions
from core.storage.partner_records import (
    last_contacts,
    overrides_in_force,
)
from core.storage.trail import audit_entries, verify
from tests.support.partner_record import (
    ANA,
    CALL,
    FRIDAY,
    LEAD,
    OTHER,
    OWN,
    PAT,
    TODAY,
    VIC,
    at_version,
    look,
    noted,
    promised,
    two_partners,
)
from tests.support.rows import a_partner, store_partners
from tests.support.stores import MONDAY_MORNING

HOLD_DAYS = health_versions().on(TODAY).override_days


@pytest.fixture(autouse=True)
def world(desk: Desk) -> None:
    """Two partners, of which Pat serves the first."""
    two_partners(desk)


def told(desk: Desk) -> str:
    """Everything that the audit record says."""
    with desk.store.read() as connection:
        assert verify(connection).holds
        return repr(audit_entries(connection))


def test_what_is_written_down_is_read_by_everybody_in_scope(desk: Desk) -> None:
    noted(desk)
    promised(desk)
    commands.log_contact(desk, PAT, OWN, CALL)
    for person in (PAT, LEAD, ANA):
        view = look(desk, person)
        assert [n.text for n in view.notes] == ["Ask for Maya"]
        assert [(c.text, c.due_on, c.owner) for c in view.commitments] == [
            ("A list", FRIDAY, "ana")
        ]
        assert [(c.kind, c.with_whom) for c in view.contacts] == [("call", "Maya Example")]
    assert look(desk, ANA).may_write is False
    assert look(desk, LEAD, OTHER).notes == ()


def test_a_role_without_content_reads_that_there_is_something_but_no_word_of_it(desk: Desk) -> None:
    noted(desk)
    promised(desk)
    commands.log_contact(desk, PAT, OWN, CALL)
    commands.set_band(desk, PAT, OWN, "watch", "Maya says so", MONDAY_MORNING + timedelta(days=2))
    view = look(desk, VIC)
    assert (len(view.notes), len(view.commitments), len(view.contacts)) == (1, 1, 1)
    assert view.commitments[0].due_on == FRIDAY
    assert "Maya" not in repr(view)
    assert "list" not in repr(view)


ACTS: dict[str, Callable[[Desk, Person, str], Any]] = {
    "read": record_view,
    "note": lambda d, p, r: commands.add_note(d, p, r, "x"),
    "promise": lambda d, p, r: commands.promise(d, p, r, "x", FRIDAY, "ana"),
    "contact": lambda d, p, r: commands.log_contact(d, p, r, CALL),
    "edit note": lambda d, p, r: commands.edit_note(d, p, SeenEntry(r, 1, 1), "x"),
    "edit contact": lambda d, p, r: commands.edit_contact(d, p, SeenEntry(r, 1, 1), CALL),
    "delete": lambda d, p, r: commands.delete_entry(d, p, Entry.NOTE, SeenEntry(r, 1, 1)),
    "restore": lambda d, p, r: commands.restore_entry(d, p, Entry.NOTE, SeenEntry(r, 1, 1)),
    "edit promise": lambda d, p, r: commands.edit_promise(
        d, p, SeenEntry(r, 1, 1), "x", FRIDAY, "ana"
    ),
    "move": lambda d, p, r: commands.move_promise(d, p, SeenEntry(r, 1, 1), "kept"),
    "band": lambda d, p, r: commands.set_band(
        d, p, r, "watch", "x", MONDAY_MORNING + timedelta(days=1)
    ),
    "end band": commands.end_band,
    "owners": commands.possible_owners,
}


@pytest.mark.parametrize("act", ACTS)
def test_another_partner_is_not_found_in_the_words_of_an_absent_one(desk: Desk, act: str) -> None:
    store_partners(desk.store, a_partner(3))
    for ref in (OTHER, "P-9999"):
        with pytest.raises(NotFound) as refusal:
            ACTS[act](desk, PAT, ref)
        assert refusal.value.message == f"Partner {ref} was not found."


@pytest.mark.parametrize("act", [a for a in ACTS if a not in {"read", "owners"}])
@pytest.mark.parametrize("person", [ANA, VIC], ids=lambda p: p.role)
def test_whoever_only_reads_partners_changes_nothing(desk: Desk, person: Person, act: str) -> None:
    with pytest.raises(Refused, match="Your role does not allow this: change a partner"):
        ACTS[act](desk, person, OWN)
    assert look(desk, LEAD).notes == ()


def test_an_entry_of_another_partner_is_not_reached_through_an_own_one(desk: Desk) -> None:
    key = commands.add_note(desk, LEAD, OTHER, "Secret")
    seen = SeenEntry(OWN, key, 1)
    with pytest.raises(NotFound, match=r"Note \d+ was not found"):
        commands.edit_note(desk, PAT, seen, "x")
    with pytest.raises(NotFound, match=r"Note \d+ was not found"):
        commands.delete_entry(desk, PAT, Entry.NOTE, seen)


def test_only_whoever_wrote_a_note_changes_or_deletes_it(desk: Desk) -> None:
    seen = noted(desk)
    with pytest.raises(Refused, match="This note was written by pat"):
        commands.edit_note(desk, LEAD, seen, "Otherwise")
    with pytest.raises(Refused, match="This note was written by pat"):
        commands.delete_entry(desk, LEAD, Entry.NOTE, seen)
    commands.edit_note(desk, PAT, seen, "Ask for Ben")
    note = look(desk).notes[0]
    assert (note.text, note.version) == ("Ask for Ben", 2)
    assert note.changed_at is not None


def test_a_change_made_meanwhile_is_not_written_over(desk: Desk) -> None:
    note, promise = noted(desk), promised(desk)
    contact = SeenEntry(OWN, commands.log_contact(desk, PAT, OWN, CALL), 1)
    commands.edit_note(desk, PAT, note, "First")
    commands.edit_contact(desk, PAT, contact, CALL)
    commands.move_promise(desk, LEAD, promise, "kept")
    late_ones: tuple[Callable[[], None], ...] = (
        lambda: commands.edit_note(desk, PAT, note, "Second"),
        lambda: commands.edit_contact(desk, PAT, contact, CALL),
        lambda: commands.edit_promise(desk, PAT, promise, "Other", FRIDAY, "ana"),
        lambda: commands.move_promise(desk, PAT, promise, "broken", "Forgot"),
    )
    for late in late_ones:
        with pytest.raises(Conflict, match="Somebody changed this while you looked at it"):
            late()
    view = look(desk)
    assert view.notes[0].text == "First"
    assert view.commitments[0].state == "kept"


def test_a_deletion_is_taken_back_for_ten_minutes_and_no_longer(
    desk: Desk, clock: FixedClock
) -> None:
    seen = noted(desk)
    commands.delete_entry(desk, PAT, Entry.NOTE, seen)
    view = look(desk)
    assert view.notes == ()
    assert [u.id for u in view.standing(Entry.NOTE)] == [seen.id]
    assert look(desk, LEAD).undoable == ()
    commands.restore_entry(desk, PAT, Entry.NOTE, at_version(seen, 2))
    assert [n.text for n in look(desk).notes] == ["Ask for Maya"]
    commands.delete_entry(desk, PAT, Entry.NOTE, at_version(seen, 3))
    clock.advance(record_rules().undo_for)
    assert look(desk).undoable == ()
    with pytest.raises(Refused, match="they are over"):
        commands.restore_entry(desk, PAT, Entry.NOTE, at_version(seen, 4))


def test_open_promises_stand_first_and_the_one_due_first_above_the_others(desk: Desk) -> None:
    kept, late, soon = (
        promised(desk, "Kept"),
        promised(desk, "Late", FRIDAY),
        promised(desk, "Soon", TODAY),
    )
    commands.move_promise(desk, PAT, kept, "kept")
    assert [c.text for c in look(desk).commitments] == ["Soon", "Late", "Kept"]
    assert {late.id, soon.id} == {c.id for c in look(desk).commitments if c.is_open}


def test_a_promise_is_overdue_from_the_day_after_its_own(desk: Desk, clock: FixedClock) -> None:
    seen = promised(desk, due=TODAY)
    assert not look(desk).commitments[0].is_overdue(look(desk).today)
    clock.at = from_micros(look(desk).commitments[0].due_at)
    view = look(desk)
    assert view.commitments[0].is_overdue(view.today)
    commands.move_promise(desk, PAT, seen, "kept")
    late = look(desk).commitments[0]
    assert not late.is_overdue(view.today)
    assert late.was_late


def test_a_broken_promise_says_why_and_can_be_opened_again(desk: Desk) -> None:
    seen = promised(desk)
    with pytest.raises(Refused, match="A commitment is not broken without a reason"):
        commands.move_promise(desk, PAT, seen, "broken", "  ")
    commands.move_promise(desk, PAT, seen, "broken", "The tool was down")
    ended = look(desk).commitments[0]
    assert (ended.state, ended.reason) == ("broken", "The tool was down")
    with pytest.raises(Refused, match="is broken and is not changed any more"):
        commands.edit_promise(desk, PAT, at_version(seen, 2), "Other", FRIDAY, "ana")
    with pytest.raises(Refused, match="does not become kept"):
        commands.move_promise(desk, PAT, at_version(seen, 2), "kept")
    commands.move_promise(desk, PAT, at_version(seen, 2), "open")
    again = look(desk).commitments[0]
    assert (again.state, again.ended_at, again.reason) == ("open", None, "")


def test_a_promise_needs_words_a_day_to_come_and_an_owner_who_may_see_the_partner(
    desk: Desk,
) -> None:
    for text, due, owner, why in (
        ("", FRIDAY, "ana", "The commitment is empty"),
        ("x" * 2001, FRIDAY, "ana", "2,001 characters"),
        ("x", TODAY - timedelta(days=1), "ana", "is past"),
        ("x", TODAY + timedelta(days=400), "ana", "too far away"),
        ("x", FRIDAY, "nobody", "'nobody' cannot keep this promise"),
        ("x", FRIDAY, "vic", "'vic' cannot keep this promise"),
    ):
        with pytest.raises(BadInput, match=why):
            commands.promise(desk, LEAD, OWN, text, due, owner)
    with pytest.raises(BadInput, match="'pat' cannot keep this promise"):
        commands.promise(desk, LEAD, OTHER, "x", FRIDAY, "pat")
    assert set(commands.possible_owners(desk, LEAD, OWN)) == {"lee", "pat", "ana"}
    assert set(commands.possible_owners(desk, LEAD, OTHER)) == {"lee", "ana"}


def test_a_contact_was_held_before_now_in_a_known_way(desk: Desk) -> None:
    later = MONDAY_MORNING + timedelta(minutes=1)
    for new, why in (
        (NewContact("call", later, "Maya", "x"), "still to come"),
        (NewContact("pigeon", CALL.held_at, "Maya", "x"), "no kind of contact"),
        (NewContact("call", CALL.held_at, "", "x"), "The with whom is empty"),
        (NewContact("call", CALL.held_at, "Maya", ""), "The summary is empty"),
    ):
        with pytest.raises(BadInput, match=why):
            commands.log_contact(desk, PAT, OWN, new)


def test_the_last_contact_of_each_partner_is_the_newest_that_stands(desk: Desk) -> None:
    earlier = NewContact("mail", CALL.held_at - timedelta(days=1), "Maya", "x")
    commands.log_contact(desk, PAT, OWN, earlier)
    seen = SeenEntry(OWN, commands.log_contact(desk, PAT, OWN, CALL), 1)
    with desk.store.read() as connection:
        assert last_contacts(connection) == {1: to_micros(CALL.held_at)}
    commands.delete_entry(desk, PAT, Entry.CONTACT, seen)
    with desk.store.read() as connection:
        assert last_contacts(connection) == {1: to_micros(earlier.held_at)}


def test_a_band_by_hand_expires_by_itself_at_its_moment(desk: Desk, clock: FixedClock) -> None:
    until = MONDAY_MORNING + timedelta(days=3)
    commands.set_band(desk, PAT, OWN, "at_risk", "They told us they will leave", until)
    last = to_micros(until) - 1
    with desk.store.read() as connection:
        assert overrides_in_force(connection, last)[1].band == "at_risk"
        assert overrides_in_force(connection, to_micros(until)) == {}
        assert overrides_in_force(connection, to_micros(MONDAY_MORNING) - 1) == {}
    clock.at = from_micros(last)
    band = look(desk).band
    assert band is not None
    assert band.set_by == "pat"
    clock.at = until
    assert look(desk).band is None
    assert len(look(desk).bands) == 1


def test_a_band_by_hand_can_be_ended_early_and_replaced(desk: Desk, clock: FixedClock) -> None:
    until = MONDAY_MORNING + timedelta(days=3)
    with pytest.raises(Refused, match="No band is set by hand now"):
        commands.end_band(desk, PAT, OWN)
    commands.set_band(desk, PAT, OWN, "at_risk", "First", until)
    clock.advance(timedelta(hours=1))
    commands.set_band(desk, LEAD, OWN, "watch", "Second", until)
    view = look(desk)
    assert view.band is not None
    assert (view.band.override.band, view.band.reason) == ("watch", "Second")
    assert [b.ended_by for b in view.bands] == ["", "lee"]
    clock.advance(timedelta(hours=1))
    commands.end_band(desk, PAT, OWN)
    assert look(desk).band is None
    with desk.store.read() as connection:
        assert overrides_in_force(connection, to_micros(clock.now())) == {}
        then = to_micros(MONDAY_MORNING + timedelta(minutes=90))
        assert overrides_in_force(connection, then)[1].band == "watch"


def test_a_band_by_hand_holds_no_longer_than_the_rules_say_and_has_a_reason(desk: Desk) -> None:
    longest = MONDAY_MORNING + timedelta(days=HOLD_DAYS)
    for name, reason, until, why in (
        ("watch", "x", longest + timedelta(microseconds=1), f"holds {HOLD_DAYS} days at most"),
        ("watch", "x", MONDAY_MORNING, "ends after it begins"),
        ("splendid", "x", longest, "is no band"),
        ("not_enough_data", "x", longest, "is no band"),
    ):
        with pytest.raises(Refused, match=why):
            commands.set_band(desk, PAT, OWN, name, reason, until)
    with pytest.raises(BadInput, match="The reason is empty"):
        commands.set_band(desk, PAT, OWN, "watch", " ", longest)
    commands.set_band(desk, PAT, OWN, "watch", "x", longest)
    band = look(desk).band
    assert band is not None
    assert band.override.until_at - band.override.set_at == HOLD_DAYS * DAY_US


def test_the_audit_tells_of_each_act_and_no_word_of_what_was_written(desk: Desk) -> None:
    note, promise = noted(desk, "Alpha"), promised(desk, "Bravo")
    contact = commands.log_contact(desk, PAT, OWN, CALL)
    commands.edit_note(desk, PAT, note, "Charlie")
    commands.move_promise(desk, PAT, promise, "withdrawn", "Delta")
    commands.delete_entry(desk, PAT, Entry.CONTACT, SeenEntry(OWN, contact, 1))
    until = MONDAY_MORNING + timedelta(days=1)
    commands.set_band(desk, PAT, OWN, "watch", "Echo", until)
    record = told(desk)
    for act in ("add_note", "add_commitment", "add_contact", "edit_note", "move_commitment"):
        assert f"partner.{act}" in record
    assert "partner.delete_contact" in record
    assert "partner.set_band" in record
    for word in ("Alpha", "Bravo", "Charlie", "Delta", "Echo", "Maya", "weekly"):
        assert word not in record
