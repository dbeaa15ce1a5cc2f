"""Two versions of a document are compared by what they say, not by how it is laid out."""

from __future__ import annotations

import pytest

from core.policy.compare import compare, word_runs
from core.policy.model import Edit
from core.policy.plain import plain
from core.policy.rules import policy_rules
from tests.support.policy_versions import LAID_OUT, PICTURE, RULES, STRICTER, a_document

BULLYING = ("Bullying and Harassment",)
GUIDE = "[the guide](https://rules.invalid/guide)"


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (PICTURE, "image_address"),
        (RULES.replace("/guide", "/newer-guide"), "link_address"),
        (RULES.replace("* Do", "*   Do").replace("\n\n", "\n\n\n"), "white_space"),
        (RULES.replace("* Do not attack", "* **Do not attack**"), "layout"),
        (LAID_OUT, "layout"),
        (RULES + "\nLast updated on 5 January 2026\n", "page_around"),
        (RULES.replace("## Fraud", "Fraud Deception\n\n## Fraud"), "page_around"),
        (
            RULES + "\n[Home](https://rules.invalid/) [Policies](https://rules.invalid/p)\n",
            "page_around",
        ),
        (RULES + "\nRead more\n" * 9, "page_around"),
        (RULES.replace("insults.", "insults;"), "signs"),
        (RULES.replace("People have", "people have"), "signs"),
        (RULES.replace(GUIDE, ""), "links"),
        (RULES + "\nPeople have to feel safe when they speak.\n", "order"),
    ],
)
def test_what_fetching_does_to_a_page_is_no_change(after: str, reason: str) -> None:
    found = compare(a_document(RULES), a_document(after), policy_rules())
    assert (found.noise, found.sections) == (reason, ())


def test_paragraphs_that_were_joined_or_split_are_no_change() -> None:
    joined = RULES.replace("speak. That is", "speak.\n\nThat is")
    assert compare(a_document(RULES), a_document(joined), policy_rules()).noise == "layout"


def test_a_sentence_that_changed_is_shown_word_by_word_in_its_section() -> None:
    found = compare(a_document(RULES), a_document(STRICTER), policy_rules())
    assert [section.path for section in found.sections] == [BULLYING]
    (passage,) = found.sections[0].passages
    assert passage.edit is Edit.CHANGED
    assert passage.text(Edit.REMOVED) == "Do not direct many people against one person."
    assert passage.text(Edit.ADDED).endswith(
        "against one person, also not by quoting them again and again."
    )
    assert (found.words_added, found.words_removed) == (9, 1)


def test_a_section_that_came_or_went_is_told_as_one() -> None:
    more = RULES + "\n## Spam\n\n* Do not post the same again and again.\n"
    there = compare(a_document(RULES), a_document(more), policy_rules())
    back = compare(a_document(more), a_document(RULES), policy_rules())
    assert [(s.path, s.edit) for s in there.sections] == [(("Spam",), Edit.ADDED)]
    assert [(s.path, s.edit) for s in back.sections] == [(("Spam",), Edit.REMOVED)]


def test_a_section_under_a_new_title_is_moved_and_not_written_anew() -> None:
    renamed = RULES.replace("## Fraud and Deception", "## Scams")
    found = compare(a_document(RULES), a_document(renamed), policy_rules())
    (section,) = found.sections
    assert (section.path, section.was, section.edit) == (
        ("Scams",),
        ("Fraud and Deception",),
        Edit.MOVED,
    )
    assert section.words_added <= 3


def test_a_rule_that_went_to_another_section_is_moved() -> None:
    rule = "* Do not attack a private person with insults.\n"
    moved = RULES.replace(rule, "") + rule
    found = compare(a_document(RULES), a_document(moved), policy_rules())
    (section,) = found.sections
    assert section.path == ("Fraud and Deception",)
    assert [passage.edit for passage in section.passages] == [Edit.MOVED]


def test_sections_in_another_order_are_no_change() -> None:
    head, bullying, fraud = RULES.split("## ")
    turned = f"{head}## {fraud}\n## {bullying}"
    assert compare(a_document(RULES), a_document(turned), policy_rules()).noise == "order"


def test_runs_of_words_give_both_readings_back() -> None:
    before, after = "we may remove such posts", "we remove all such posts now"
    runs = word_runs(before, after)
    kept = (Edit.SAME, Edit.REMOVED)
    assert " ".join(run.text for run in runs if run.edit in kept) == before
    assert " ".join(run.text for run in runs if run.edit is not Edit.REMOVED) == after


def test_plain_text_has_no_marks_left() -> None:
    raw = (
        "**Do\\_not** _post_ “this” &amp; [that](https://x.invalid/a_(b)) ![](https://y.invalid/z)"
    )
    assert plain(raw) == 'Do_not post "this" & that'


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# ", "======", "```", "* * *", "a" * 10_000, "[", "]("]
)
def test_any_text_can_be_read(text: str) -> None:
    a_document(text)
