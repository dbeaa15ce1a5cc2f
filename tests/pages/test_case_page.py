"""The case page: what stands on it, what stays closed, and the same words for what is not there."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.cases.filter import CaseFilter, Segment
from core.desk.audit import TrailFilter, trail_page
from core.desk.boot import OPERATOR, Desk
from core.desk.case import case_view
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.visits import enter, words

NOT_FOUND = "This page or case was not found."


def a_ref(desk: Desk, **parts: object) -> str:
    """The first case of a filter."""
    view = queue_view(desk, OPERATOR, CaseFilter().but(**parts))
    return str(view.rows["ref"].iloc[0])


def buttons(app: AppTest) -> list[str]:
    return [str(b.label) for b in app.button]


@pytest.mark.parametrize("role", ["team_lead", "analyst", "viewer", "auditor"])
def test_a_reader_sees_clocks_timeline_and_facts(demo_desk: Desk, role: str) -> None:
    ref = a_ref(demo_desk, restriction=("open",))
    app = enter(demo_desk, role, "case", case=ref)
    assert not app.exception
    said = words(app)
    for part in (f"# {ref}", "as of 20", "First response", "Total resolution", "Open for"):
        assert part in said


def test_content_stays_closed_until_it_is_asked_for(demo_desk: Desk) -> None:
    ref = a_ref(demo_desk, restriction=("open",))
    app = enter(demo_desk, "analyst", "case", case=ref)
    before = words(app)
    shown = next(b for b in app.button if b.key == "show-summary").click().run()
    assert not shown.exception
    assert len(words(shown)) > len(before)
    assert "Show summary" not in buttons(shown)


def test_a_role_without_content_has_nothing_to_open_and_no_title(demo_desk: Desk) -> None:
    ref = a_ref(demo_desk, restriction=("open",))
    title = case_view(demo_desk, OPERATOR, ref).case.title
    app = enter(demo_desk, "viewer", "case", case=ref)
    assert title
    assert title not in words(app)
    assert "Your role does not read titles" in words(app)
    assert not [b for b in buttons(app) if b.startswith(("Show ", "Read"))]


def test_opening_the_content_of_a_restricted_case_is_recorded(demo_desk: Desk) -> None:
    ref = a_ref(demo_desk, segment=Segment.ALL, restriction=("restricted",))
    app = enter(demo_desk, "auditor", "case", case=ref)
    assert "recorded in the audit" in words(app)
    next(b for b in app.button if b.key == "show-summary").click().run()
    found = trail_page(demo_desk, OPERATOR, TrailFilter(act="case.read_restricted"))
    assert [entry.subject for entry in found.entries] == [ref]


@pytest.mark.parametrize("ref", ["E-999999", "", "nonsense"])
def test_an_unknown_case_is_not_found(demo_desk: Desk, ref: str) -> None:
    assert NOT_FOUND in words(enter(demo_desk, "analyst", "case", case=ref))


def test_a_case_out_of_scope_is_not_found_in_the_same_words(demo_desk: Desk) -> None:
    app = enter(demo_desk, "partner_manager", "queue")
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    mine = set(queue_view(demo_desk, person, CaseFilter()).rows["ref"])
    every = queue_view(demo_desk, OPERATOR, CaseFilter()).rows["ref"]
    foreign = next(ref for ref in every if ref not in mine)
    unknown = words(enter(demo_desk, "partner_manager", "case", case="E-999999"))
    refused = words(enter(demo_desk, "partner_manager", "case", case=foreign))
    assert NOT_FOUND in refused
    assert refused == unknown


def test_the_timeline_shows_only_the_chosen_kinds(demo_desk: Desk) -> None:
    ref = a_ref(demo_desk, restriction=("open",))
    app = enter(demo_desk, "analyst", "case", case=ref, show=["contact"])
    assert "Received" in words(app)
    assert "**Status**" not in words(app)
