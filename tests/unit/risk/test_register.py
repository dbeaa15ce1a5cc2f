"""The register's rules: where a risk stands, when it is looked at, what may be done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.cases.filter import CaseFilter, Segment, Sort
from core.errors import BadInput, Refused
from core.risk.framework import Outcome, judge
from core.risk.framework_files import current_table
from core.risk.framework_ranges import most_settling
from core.risk.framework_record import outcome_text, read_outcome
from core.risk.framework_words import first_to_find_out
from core.risk.register import (
    Risk,
    Status,
    place_of,
    proposed_review,
    register_rules,
    risk_ref,
    why_not_change,
    why_not_review_on,
    why_not_turn,
)
from core.risk.subjects import Kind, Sight, Subject, a_subject
from core.storage.retention import kept_for
from tests.unit.risk.framework_builders import an_assessment

TABLE = current_table()
TODAY = date(2026, 3, 2)
RULES = register_rules()


def a_risk(number: int = 1, **named: object) -> Risk:
    subject = Subject(Kind.RISK, risk_ref(number), "Cloned pages", CaseFilter())
    at = datetime(2026, 3, 2, tzinfo=UTC)
    risk = Risk(number, subject, "", "lee", TODAY, Status.OPEN, "", 1, "lee", at)
    return replace(risk, **named)  # type: ignore[arg-type]  # parts of a risk by name


def an_outcome(**levels: str | None) -> Outcome:
    return judge(TABLE, an_assessment(TABLE, **levels))


def test_every_verdict_proposes_a_review_that_may_be_set() -> None:
    assert set(RULES.review_days) == set(TABLE.ranks)
    assert RULES.kept_as in kept_for()
    for verdict in TABLE.ranks:
        outcome = replace(an_outcome(), verdict=verdict)
        assert why_not_review_on(proposed_review(outcome, TODAY, RULES), TODAY, RULES) is None
    assert proposed_review(None, TODAY, RULES) > TODAY


def test_worse_verdicts_stand_first_and_what_nobody_assessed_last() -> None:
    known = {"harm": "severe", "spread": "growing", "reach": "regional", "vulnerability": "general"}
    settled, ranged = an_outcome(**known), an_outcome(**{**known, "reach": None})
    low = an_outcome(**{**known, "harm": "low"})
    soon = a_risk(2, next_review_on=TODAY - timedelta(days=1))
    places = [
        place_of(soon, settled),
        place_of(a_risk(1), settled),
        place_of(a_risk(3), ranged),
        place_of(a_risk(4), low),
        place_of(a_risk(5), None),
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("status", "days", "overdue"),
    [
        (Status.OPEN, -1, True),
        (Status.OPEN, 0, False),
        (Status.CLOSED, -1, False),
    ],
)
def test_a_review_is_overdue_the_day_after_it_should_have_been(
    status: Status, days: int, *, overdue: bool
) -> None:
    risk = a_risk(status=status, next_review_on=TODAY + timedelta(days=days))
    assert risk.is_overdue(TODAY) is overdue


def test_a_closed_risk_is_only_opened_again() -> None:
    closed = a_risk(status=Status.CLOSED)
    assert why_not_change(a_risk()) is None
    assert isinstance(why_not_change(closed), Refused)
    assert why_not_turn(closed, Status.OPEN, "it is back") is None
    assert isinstance(why_not_turn(closed, Status.CLOSED, "again"), Refused)
    assert isinstance(why_not_turn(a_risk(), Status.CLOSED, "  "), BadInput)
    assert isinstance(why_not_turn(a_risk(), Status.CLOSED, "x" * 2001), BadInput)


def test_an_outcome_is_read_back_as_it_was_written() -> None:
    outcome = an_outcome(harm="severe", policy_clarity="absent")
    assert read_outcome(outcome_text(outcome)) == outcome


@pytest.mark.parametrize(
    ("kind", "key", "title", "at"),
    [
        ("weather", "k", "T", "about"),
        ("surge", " ", "T", "subject"),
        ("surge", "k" * 201, "T", "subject"),
        ("surge", "k", "  ", "title"),
        ("surge", "k", "t" * 301, "title"),
    ],
)
def test_a_subject_needs_a_kind_a_key_and_a_title(kind: str, key: str, title: str, at: str) -> None:
    with pytest.raises(BadInput) as caught:
        a_subject(kind, key, title, CaseFilter())
    assert caught.value.at == at


def test_a_scope_means_the_same_cases_for_everybody() -> None:
    asked = CaseFilter(segment=Segment.MINE, whose=("me",), sort=Sort.AGE, market=("BR",))
    assert a_subject("surge", "k", "T", asked).filter == CaseFilter(market=("BR",))
    everything = CaseFilter(segment=Segment.ALL)
    assert a_subject("surge", "k", "T", everything).filter == everything


def test_eyes_reach_as_far_as_partners_and_cases_do() -> None:
    def about(**parts: object) -> Subject:
        return Subject(Kind.SURGE, "k", "T", CaseFilter().but(**parts))

    bound = Sight(frozenset({"P-0001"}), frozenset({"E-000002"}), reads_text=True)
    assert bound.sees(about(partner=("P-0001",)))
    assert not bound.sees(about(partner=("P-0001", "P-0002")))
    assert not bound.sees(Subject(Kind.PARTNER, "P-0002", "T", CaseFilter()))
    assert not bound.sees(about(cases=("E-000001", "E-000002")))
    general = about(market=("BR",))
    assert (bound.sees(general), bound.sees_title(general), bound.sees_text(general)) == (
        *(True, False, False),
    )
    free = Sight(None, frozenset(), reads_text=False)
    assert (free.sees_title(general), free.sees_text(general)) == (True, False)


def test_what_settles_most_is_told_first_and_ties_together() -> None:
    known = {"harm": "severe", "spread": "growing", "reach": None, "vulnerability": "general"}
    assert [one.point for one in most_settling(TABLE, known)] == ["reach"]
    assert first_to_find_out(TABLE, known) == (
        "Find out reach first: 3 of 3 levels settle the verdict."
    )
    settled = {**known, "reach": "wide"}
    assert most_settling(TABLE, settled) == ()
    assert first_to_find_out(TABLE, {}) == ""
