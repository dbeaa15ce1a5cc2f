"""What an entry of the audit record says to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from core.audit.model import Detail, Entry
from core.ui.audit_words import ACTS, act_words, details, subject_words, who_words
from tests.support.program import PROJECT

DRAFTED = re.compile(r'Draft\(\s*[^,()]+(?:\([^()]*\))?,\s*"([a-z]+\.[a-z_]+)"')


def an_entry(
    act: str = "person.sign_in",
    actor: str = "",
    subject: str = "ada",
    told: Mapping[str, Detail] | None = None,
) -> Entry:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return Entry(1, at, actor, act, subject, told or {}, "", "")


def test_every_act_that_the_desk_records_has_words() -> None:
    drafted = {
        act
        for path in (PROJECT / "core").rglob("*.py")
        for act in DRAFTED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(drafted) > 15
    assert drafted - set(ACTS) == set()


def test_an_act_without_words_is_told_as_recorded() -> None:
    assert act_words("later.act") == "later.act"


def test_nobody_is_named_before_they_are_let_in() -> None:
    assert who_words(an_entry()) == "–"
    assert subject_words(an_entry(subject="unknown:0123456789abcdef")) == "unknown 012345"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"outcome": "let_in", "failed": 0, "locked_until": None}, "let in"),
        (
            {"failed": 5, "locked_until": "2026-03-02T09:15:00+00:00", "outcome": "locked"},
            "refused: locked · wrong attempts in a row: 5 · locked until: 2026-03-02 10:15 CET",
        ),
        ({"role": "team_lead", "before": "analyst"}, "role: Team lead · role before: Analyst"),
        ({"accepted": 12000}, "accepted: 12,000"),
        ({"partners": ["P-0001", "P-0002"]}, "partners: P-0001, P-0002"),
        ({"filter": {"priority": ["P0"]}, "cases": 3}, "filter: priority P0 · cases: 3"),
        ({"legal": True, "partners": []}, "legal: yes · partners: none"),
    ],
)
def test_details_are_words_and_numbers_with_thousands_apart(
    told: Mapping[str, Detail], said: str
) -> None:
    assert details(an_entry(told=told), "Europe/Berlin") == said
