"""A partner's record on its page, state by state, every form on it, and the rating of a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk import partner_records as commands
from core.desk.boot import OPERATOR, Desk
from core.desk.case import case_view
from core.desk.partner_records import RecordView, SeenEntry, record_view
from core.desk.queue import queue_view
from core.partners.record_rules import Entry
from core.storage.trail import audit_entries
from core.ui.partner.record import UNREAD
from tests.support.visits import enter, words

LEAD = Person("lead", "Lead", "team_lead")
NOT_FOUND = "This page or case was not found."
WORSE, BARE = "P-0001", "P-0006"  # the demo wrote down much about the one, nothing about the other
FIELD = "drawer-field-"


def record(desk: Desk, ref: str = WORSE) -> RecordView:
    return record_view(desk, OPERATOR, ref)


def visit(desk: Desk, role: str = "partner_manager", ref: str = WORSE) -> AppTest:
    app = enter(desk, role, "partner", partner=ref, view="record")
    assert not app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def keys(app: AppTest) -> set[str]:
    return {str(b.key) for b in app.button}


def submit(app: AppTest, label: str = "Save") -> AppTest:
    forms = [b for b in app.button if b.label == label and "FormSubmitter" in (b.key or "")]
    app = forms[0].click().run()
    assert not app.exception
    return app


def fill(app: AppTest, **typed: str) -> None:
    fields = {f.key: f for f in (*app.text_area, *app.text_input, *app.selectbox)}
    for name, text in typed.items():
        fields[FIELD + name].set_value(text)


def choose(app: AppTest, name: str, value: object) -> None:
    fields = (*app.date_input, *app.time_input, *app.button_group)
    next(f for f in fields if f.key == FIELD + name).set_value(value)


def test_what_is_owed_stands_first_and_the_overdue_says_so(demo_desk: Desk) -> None:
    told = words(visit(demo_desk))
    assert "Overdue" in told
    assert "2 days over" in told
    assert told.index("shared mailbox wait longer") < told.index("every Wednesday")
    assert "Their social desk works from 06:00" in told
    assert "with Head of social media and the night editor" in told
    assert "None is set" in told


def test_nothing_written_down_says_what_would_be(demo_desk: Desk) -> None:
    told = words(visit(demo_desk, "team_lead", BARE))
    assert "Nothing was promised." in told
    assert "No note yet." in told
    assert "No contact is logged." in told


def test_a_reader_without_content_sees_dates_and_no_words(demo_desk: Desk) -> None:
    app = visit(demo_desk, "viewer")
    told = words(app)
    assert UNREAD in told
    assert "Overdue" in told
    for word in ("mailbox", "Wednesday", "social desk", "night editor", "review"):
        assert word not in told
    assert not {k for k in keys(app) if k.startswith(("add-", "edit-", "kept-"))}


def test_a_reader_without_the_right_gets_no_buttons(demo_desk: Desk) -> None:
    app = visit(demo_desk, "analyst")
    assert "shared mailbox" in words(app)
    assert not {k for k in keys(app) if k.startswith(("add-", "edit-", "delete-", "kept-"))}


@pytest.mark.parametrize("ref", ["P-0007", "P-9999", ""])
def test_another_partner_is_not_found(demo_desk: Desk, ref: str) -> None:
    app = enter(demo_desk, "partner_manager", "partner", partner=ref, view="record")
    assert NOT_FOUND in words(app)


def test_a_promise_is_written_down_changed_and_kept(demo_desk: Desk) -> None:
    app = submit(click(visit(demo_desk), "add-promise"))
    assert "The commitment is empty" in words(app)
    fill(app, text="A *glossary* of labels", owner="analyst")
    app = submit(app)
    assert "The commitment is written down." in words(app)
    made = next(c for c in record(demo_desk).commitments if "glossary" in c.text)
    assert (made.owner, made.made_by) == ("analyst", "partner.manager")
    app = click(app, f"edit-commitment-{made.id}")
    later = date.fromisoformat(str(made.due_on)) + timedelta(days=3)
    choose(app, "due", later)
    app = submit(app)
    assert "The commitment is changed." in words(app)
    app = click(app, f"kept-commitment-{made.id}")
    assert "The commitment is kept." in words(app)
    kept = next(c for c in record(demo_desk).commitments if c.id == made.id)
    assert (kept.state, kept.due_on, kept.text) == ("kept", later, "A *glossary* of labels")


def test_a_broken_promise_asks_why(demo_desk: Desk) -> None:
    first = record(demo_desk).commitments[0]
    app = submit(click(visit(demo_desk), f"broken-commitment-{first.id}"))
    assert "not broken without a reason" in words(app)
    fill(app, reason="The mailbox moved")
    app = submit(app)
    assert "The commitment is broken." in words(app)
    assert "Why: The mailbox moved" in words(app)


def test_a_change_made_meanwhile_is_told_and_what_was_typed_stays(demo_desk: Desk) -> None:
    first = record(demo_desk).commitments[0]
    app = click(visit(demo_desk), f"edit-commitment-{first.id}")
    commands.move_promise(demo_desk, LEAD, SeenEntry(WORSE, first.id, first.version), "kept")
    fill(app, text="Typed in vain?")
    app = submit(app)
    assert "Somebody changed this while you looked at it" in words(app)
    assert [a.value for a in app.text_area if a.key == FIELD + "text"] == ["Typed in vain?"]


def test_a_note_is_added_edited_deleted_and_brought_back(demo_desk: Desk) -> None:
    app = click(visit(demo_desk), "add-note")
    fill(app, text="Ask [here](http://x.example) first")
    app = submit(app)
    note = record(demo_desk).notes[0]
    assert note.text in [t.value for t in app.text], "as written, never as markup"
    app = click(app, f"edit-note-{note.id}")
    fill(app, text="Ask first")
    app = submit(app)
    app = click(app, f"delete-note-{note.id}")
    assert "The note is deleted." in words(app)
    assert "Ask first" not in words(app)
    app = click(app, f"undo-note-{note.id}")
    assert "The note is back." in words(app)
    assert "Ask first" in words(app)


def test_only_own_notes_have_buttons(demo_desk: Desk) -> None:
    of_lead = next(n for n in record(demo_desk).notes if n.made_by == "lead")
    assert f"edit-note-{of_lead.id}" not in keys(visit(demo_desk))
    assert f"edit-note-{of_lead.id}" in keys(visit(demo_desk, "team_lead"))


def test_a_contact_is_logged_and_a_future_one_is_not(demo_desk: Desk) -> None:
    app = click(visit(demo_desk), "add-contact")
    fill(app, with_whom="The night editor", summary="Asked for figures")
    choose(app, "kind", "meeting")
    app = submit(app)
    assert "The contact is logged." in words(app)
    newest = record(demo_desk).contacts[0]
    assert (newest.kind, newest.with_whom) == ("meeting", "The night editor")
    app = click(app, f"delete-contact-{newest.id}")
    assert f"undo-contact-{newest.id}" in keys(app)
    assert record(demo_desk).undoable == ()
    with demo_desk.store.read() as connection:
        assert audit_entries(connection, act=f"partner.delete_{Entry.CONTACT}")


def test_a_band_is_set_shown_in_the_head_and_ended(demo_desk: Desk) -> None:
    app = submit(click(visit(demo_desk), "add-band"), "Set")
    assert "The reason is empty" in words(app)
    fill(app, reason="They said they will leave")
    app = submit(app, "Set")
    assert "The band is at risk by hand." in words(app)
    band = record(demo_desk).band
    assert band is not None
    assert band.reason == "They said they will leave"
    app = click(app, "end-band")
    assert "The computed band is shown again." in words(app)
    assert record(demo_desk).band is None


def resolved(desk: Desk) -> str:
    chosen = CaseFilter(segment=Segment.ALL, status=("resolved", "closed"), restriction=("open",))
    refs = queue_view(desk, OPERATOR, chosen, facets=()).rows["ref"]
    return next(str(r) for r in refs if case_view(desk, OPERATOR, r).case.csat is None)


def test_a_resolved_case_is_rated_and_corrected(demo_desk: Desk) -> None:
    ref = resolved(demo_desk)
    app = submit(click(enter(demo_desk, "team_lead", "case", case=ref), "rate"))
    assert "No rating is chosen" in words(app)
    choose(app, "rating", 4)
    app = submit(app)
    assert f"{ref} is rated 4 of 5, satisfied." in words(app)
    app = click(app, "rate")
    choose(app, "rating", 2)
    app = submit(app)
    assert "2 of 5, dissatisfied" in words(app)
    assert case_view(demo_desk, OPERATOR, ref).case.csat == 2


def test_an_open_case_has_no_rating_and_a_viewer_no_button(demo_desk: Desk) -> None:
    waiting = str(queue_view(demo_desk, OPERATOR, CaseFilter(), facets=()).rows["ref"].iloc[0])
    app = enter(demo_desk, "team_lead", "case", case=waiting)
    assert "rate" not in keys(app)
    app = enter(demo_desk, "viewer", "case", case=resolved(demo_desk))
    assert "no rating recorded" in words(app)
    assert "rate" not in keys(app)
