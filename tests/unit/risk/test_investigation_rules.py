"""Where an investigation may go, what is kept of what was typed, and how much a reader is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.cases.filter import CaseFilter, Segment, Whose
from core.errors import BadInput
from core.risk.investigation import Entry, Investigation, Reader
from core.risk.investigation_rules import (
    absolute,
    judgements,
    list_of_address,
    may_open,
    moves,
    shows_filter,
    shows_outcome,
    shows_text,
    usable_refs,
    usable_url,
    why_not_change,
    why_not_judge,
    why_not_move,
)
from core.risk.investigation_words import entry_words, excerpt
from core.taxonomy import taxonomy
from core.written import usable_text

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = Reader("lead", reads_text=True, is_bound=False)
VIEWER = Reader("vic", reads_text=False, is_bound=False)
BOUND = Reader("pat", reads_text=True, is_bound=True)


def an_investigation(status: str = "open") -> Investigation:
    return Investigation(
        id=1,
        ref="I-0001",
        version=1,
        status=status,
        question="Why?",
        scope=CaseFilter(),
        lead="lead",
        members=("ana",),
        outcome="",
        opened_by="lead",
        opened_at=AT,
        changed_at=AT,
        ended_at=None,
        is_erased=False,
    )


def test_every_status_can_be_left_for_ones_that_exist_and_is_reached_from_the_first() -> None:
    known = taxonomy().investigation_statuses
    reached, todo = {"open"}, ["open"]
    while todo:
        new = set(moves(todo.pop())) - reached
        reached |= new
        todo += new
    assert reached == set(known)
    assert all(moves(status) for status in known)


def test_every_judgement_can_be_taken_back() -> None:
    for state in taxonomy().hypothesis_states:
        assert judgements(state)
        assert state == "open" or "open" in judgements(state)


@pytest.mark.parametrize(
    ("status", "to", "outcome", "findings", "refused"),
    [
        ("open", "in_progress", "", 0, ""),
        ("open", "concluded", "It was a form.", 1, "does not become concluded"),
        ("open", "dropped", "A duplicate.", 0, ""),
        ("open", "dropped", " ", 0, "without an outcome"),
        ("in_progress", "concluded", "It was a form.", 1, ""),
        ("in_progress", "concluded", "It was a form.", 0, "rests on a finding"),
        ("in_progress", "concluded", "", 1, "without an outcome"),
        ("concluded", "in_progress", "", 1, ""),
        ("concluded", "dropped", "No.", 1, "does not become dropped"),
        ("dropped", "in_progress", "", 0, ""),
        ("dropped", "nonsense", "", 0, "does not become nonsense"),
    ],
)
def test_it_moves_as_the_table_says(
    status: str, to: str, outcome: str, findings: int, refused: str
) -> None:
    refusal = why_not_move(an_investigation(status), to, outcome, findings)
    assert (refusal is None) == (not refused)
    assert refused in (refusal.message if refusal else "")


@pytest.mark.parametrize(
    ("status", "may"),
    [("open", True), ("in_progress", True), ("concluded", False), ("dropped", False)],
)
def test_only_what_goes_on_is_changed(status: str, may: bool) -> None:
    assert (why_not_change(an_investigation(status)) is None) == may


@pytest.mark.parametrize(
    ("state", "to", "reason", "may"),
    [
        ("open", "kept", "Seen in all.", True),
        ("open", "dropped", "", False),
        ("kept", "dropped", "Later cases differ.", True),
        ("dropped", "kept", "No.", False),
        ("dropped", "open", "", True),
    ],
)
def test_a_hypothesis_is_judged_with_a_reason(state: str, to: str, reason: str, may: bool) -> None:
    assert (why_not_judge(state, to, reason) is None) == may


def test_texts_are_trimmed_and_empty_or_long_ones_refused_with_their_place() -> None:
    assert usable_text("  Why? ", "question", 10) == "Why?"
    for text in ("  ", "x" * 11):
        with pytest.raises(BadInput) as refusal:
            usable_text(text, "question", 10)
        assert refusal.value.at == "question"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "example.org", "https://"])
def test_only_links_that_open_a_page_are_kept(url: str) -> None:
    with pytest.raises(BadInput, match="is no link"):
        usable_url(url)


def test_the_address_of_a_list_says_its_filter_and_nothing_of_it_is_dropped() -> None:
    filter_ = list_of_address("http://127.0.0.1:8501/queue?market=BR&segment=all&sort=age")
    assert (filter_.market, filter_.segment) == (("BR",), Segment.ALL)
    for address in ("/queue?priority=P9", "/case?case=E-1", "nonsense"):
        with pytest.raises(BadInput):
            list_of_address(address)


def test_mine_is_said_by_name_so_that_it_is_the_same_list_for_everybody() -> None:
    mine = absolute(CaseFilter(segment=Segment.MINE), "ana", "red")
    assert (mine.segment, mine.assignee) == (Segment.OPEN, ("ana",))
    teams = absolute(CaseFilter(segment=Segment.ALL, whose=(Whose.TEAM,)), "ana", "red")
    assert (teams.segment, teams.team, teams.whose) == (Segment.ALL, ("red",), ())


def test_references_are_read_as_typed_each_once() -> None:
    assert usable_refs([" e-000001", "E-000001", "", "E-2"]) == ("E-000001", "E-2")
    with pytest.raises(BadInput):
        usable_refs([str(number) for number in range(501)])


@pytest.mark.parametrize(
    ("reader", "people", "pins", "may"),
    [(LEAD, (), 0, True), (VIEWER, (), 0, True), (BOUND, (), 0, False),
     (BOUND, ("pat",), 0, True), (BOUND, (), 1, True)],
)  # fmt: skip
def test_who_is_held_to_partners_opens_what_they_have_a_part_in(
    reader: Reader, people: tuple[str, ...], pins: int, may: bool
) -> None:
    assert may_open(reader, people, pins) == may


@pytest.mark.parametrize(
    ("reader", "people", "cases", "visible", "shown"),
    [(LEAD, (), 0, 0, True), (LEAD, (), 2, 1, False), (VIEWER, (), 0, 0, False),
     (BOUND, (), 0, 0, False), (BOUND, ("pat",), 0, 0, True), (BOUND, (), 2, 2, True),
     (BOUND, ("pat",), 2, 1, False)],
)  # fmt: skip
def test_a_text_goes_as_far_as_its_cases(
    reader: Reader, people: tuple[str, ...], cases: int, visible: int, shown: bool
) -> None:
    assert shows_text(reader, people, cases, visible) == shown


def test_the_outcome_is_for_those_who_may_read_everything() -> None:
    assert shows_outcome(LEAD, ())
    assert not shows_outcome(VIEWER, ())
    assert not shows_outcome(BOUND, ())
    assert shows_outcome(BOUND, ("pat",))


def test_a_filter_is_shown_unless_it_names_what_the_reader_may_not_know() -> None:
    partner = CaseFilter(partner=("P-0001",))
    assert shows_filter(LEAD, partner, (), ())
    assert shows_filter(BOUND, partner, ("P-0001",), ())
    assert not shows_filter(BOUND, partner, ("P-0002",), ())
    assert not shows_filter(LEAD, CaseFilter(cases=("E-1",)), (), ())
    assert not shows_filter(VIEWER, CaseFilter(text="maya"), (), ())


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(AT, "ana", "opened", "", None), "opened the investigation"),
        (Entry(AT, "ana", "status", "concluded", None), "concluded it"),
        (Entry(AT, "ana", "pinned", "", None, ("E-1", "E-2")), "pinned E-1, E-2"),
        (Entry(AT, "ana", "pinned", "", None, tuple("abcde")), "pinned 5 cases"),
        (Entry(AT, "ana", "finding_added", "", 3), "added the finding “One form.”"),
        (Entry(AT, "ana", "hypothesis_judged", "dropped", 9), "dropped the hypothesis “erased”"),
        (Entry(AT, "ana", "person_added", "bo", None), "added bo"),
        (Entry(AT, "ana", "later", "", None), "later"),
    ],
)
def test_the_timeline_says_what_was_done(entry: Entry, said: str) -> None:
    assert entry_words(entry, {3: "One form."}) == said


def test_a_long_text_is_quoted_up_to_a_word() -> None:
    quoted = excerpt("sentence " * 20)
    assert len(quoted) <= 62
    assert quoted.endswith("sentence …")
