"""The brief on its page: what each role reads, links that open what they say, and the file."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter
from core.desk.boot import OPERATOR, Desk
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.storage.directory import partners
from core.ui.partner.brief_words import LEFT_OUT
from core.ui.state import TOKEN
from tests.support.visits import enter, words

NOT_FOUND = "This page or case was not found."
WORSE, BARE = "P-0001", "P-0006"  # the demo wrote down much about the one, nothing about the other
LINK = re.compile(r"\[((?:[^\]\\]|\\.)+)\]\((/[^)]+)\)")
HEADINGS = ("Status", "What changed in 28 days", "Open cases and the next step", "Say")


def visit(desk: Desk, role: str = "partner_manager", ref: str = WORSE) -> AppTest:
    app = enter(desk, role, "partner", partner=ref, view="brief")
    assert not app.exception
    return app


def links(app: AppTest) -> list[tuple[str, str]]:
    found = [pair for part in app.markdown for pair in LINK.findall(part.value)]
    return [(label.replace("\\", ""), target) for label, target in found]


def who(app: AppTest, desk: Desk) -> Person:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    return person


def test_the_brief_stands_on_one_page_with_what_to_say_and_what_not(demo_desk: Desk) -> None:
    app = visit(demo_desk)
    told = words(app)
    for heading in (*HEADINGS, "Do not say", "What we promised", "Decided in 28 days"):
        assert f"### {heading}" in told
    assert "**Overdue**" in told
    assert "shared mailbox" in told
    assert "Score\\, band" in told or "Score, band" in told
    assert "Internal" in told


@pytest.mark.parametrize("role", ["partner_manager", "viewer"])
def test_every_number_opens_as_many_cases_as_it_says(demo_desk: Desk, role: str) -> None:
    app = visit(demo_desk, role)
    person, seen = who(app, demo_desk), 0
    for label, target in links(app):
        if not target.startswith("/queue"):
            continue
        found, ignored = CaseFilter.from_params(parse_qs(urlsplit(target).query))
        said = next(word for word in label.replace(",", "").split() if word.isdigit())
        assert ignored == []
        assert queue_view(demo_desk, person, found, facets=()).total == int(said), label
        seen += 1
    assert seen >= 3


def test_a_role_without_content_reads_no_words_of_people(demo_desk: Desk) -> None:
    told = words(visit(demo_desk, "viewer"))
    assert "a promise whose text is left out here" in told
    assert LEFT_OUT.split(":")[0] in told
    for word in ("mailbox", "Wednesday", "social desk", "night editor", "Keep in mind"):
        assert word not in told


def test_no_other_partner_stands_in_it(demo_desk: Desk) -> None:
    app = visit(demo_desk)
    with demo_desk.store.read() as connection:
        others = [p for p in partners(connection, scope_of(OPERATOR)) if p.ref != WORSE]
    document = " ".join(part.value for part in app.markdown if part.value.startswith("###"))
    assert not [p.name for p in others if p.name in document or p.ref in document]


@pytest.mark.parametrize("ref", ["P-0007", "P-9999", ""])
def test_another_partner_is_not_found(demo_desk: Desk, ref: str) -> None:
    app = enter(demo_desk, "partner_manager", "partner", partner=ref, view="brief")
    assert NOT_FOUND in words(app)


def test_a_partner_of_whom_little_is_known_has_a_brief_that_says_so(demo_desk: Desk) -> None:
    told = words(visit(demo_desk, "team_lead", BARE))
    assert "No promise is open" in told
    assert "No contact outside of cases is logged" in told
