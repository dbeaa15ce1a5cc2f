"""Answering the questions of a proposal keeps the rest of its text, comments included."""

from __future__ import annotations

from core.ui.mapping_text import answered, becomes, doubts, open_questions, with_zone, zone_of

PROPOSAL = """\
# Check every line.
name: tickets
shape: case_per_row
questions:
  - "Is '02/04/2026' in column 'Opened' %d/%m/%Y or %m/%d/%Y?"
  - "Which column says when a request was received?"
times:
  formats:
    Opened: [ask]  # as in '02/04/2026'
fields:
  title: Subject  # confidence 0.94
"""
COLUMNS = ("Opened", "Subject")


def test_each_question_comes_with_the_answers_to_choose_from() -> None:
    form, column = open_questions(PROPOSAL, COLUMNS)
    assert (form.kind, form.column, form.options) == ("form", "Opened", ("%d/%m/%Y", "%m/%d/%Y"))
    assert (column.kind, column.options) == ("column", COLUMNS)


def test_an_answer_stands_in_the_text_and_its_question_is_gone() -> None:
    form, column = open_questions(PROPOSAL, COLUMNS)
    once = answered(PROPOSAL, form, "%d/%m/%Y")
    assert "Opened: [" in once
    assert "ask" not in once
    assert open_questions(once, COLUMNS) == [column]
    both = answered(once, column, "Opened")
    assert "received_at: Opened" in both
    assert "questions:" not in both
    assert "# confidence 0.94" in both
    assert open_questions(both, COLUMNS) == []


def test_anything_else_is_asked_to_be_confirmed() -> None:
    text = 'questions:\n  - "Is it right that rows are copies?"\nname: x\n'
    (question,) = open_questions(text, COLUMNS)
    assert question.kind == "confirm"
    assert answered(text, question, "") == "name: x\n"


def test_a_text_that_is_no_mapping_asks_nothing() -> None:
    assert open_questions("a: [", COLUMNS) == []


def test_every_column_is_told_with_what_it_becomes() -> None:
    text = """
identity: {column: id}
received_at: opened
moments: {resolved: solved}
status: {column: state}
fields:
  market: {column: country}
  title: subject
  channel: {constant: chat}
"""
    columns = ("id", "opened", "solved", "state", "country", "subject", "prio")
    assert becomes(text, columns) == {
        "id": "Identity of the case",
        "opened": "Received",
        "solved": "Resolved at",
        "state": "Status",
        "country": "Market",
        "subject": "Title",
        "prio": "– kept as a further field",
    }


def test_a_text_that_is_no_mapping_tells_of_no_column() -> None:
    assert becomes("[", ("id",)) == {}


def test_doubts_of_a_proposal_are_read_from_its_remarks() -> None:
    assert doubts("# DOUBT: No zone.\n# Check every line.\nname: x\n") == ["No zone."]


def test_a_zone_is_written_into_the_text_and_its_doubt_is_gone() -> None:
    text = "# DOUBT: The times carry no zone; UTC is assumed.\n# DOUBT: Two.\ntimes:\n  zone: UTC\n"
    assert zone_of(text) == "UTC"
    settled = with_zone(text, "Europe/Madrid")
    assert zone_of(settled) == "Europe/Madrid"
    assert doubts(settled) == ["Two."]
    assert zone_of("name: x\n") == ""
