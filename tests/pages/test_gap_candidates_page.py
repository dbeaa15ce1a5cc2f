"""The candidates on the page of gaps: empty, typical, refused, and each act."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.desk.boot import Desk
from core.desk.gap_candidates import CandidatesView, candidates_view
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.mined_store import GAP, fill_with_decisions
from tests.support.visits import enter, words


@pytest.fixture
def decided(empty_desk: Desk) -> Desk:
    """People of every role, and decisions one clause of which is overturned too often."""
    fill_with_decisions(empty_desk.store, empty_desk.clock.now())
    return empty_desk


def view_of(desk: Desk, app: AppTest) -> CandidatesView:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    return candidates_view(desk, person)


def press(app: AppTest, key: str) -> AppTest:
    (found,) = [b for b in app.button if b.key == key]
    return found.click().run()


def labels(app: AppTest) -> set[str]:
    return {b.label for b in app.button}


def test_without_decisions_the_page_says_where_candidates_come_from(empty_desk: Desk) -> None:
    app = enter(empty_desk, "policy_liaison", "gaps", view="candidates")
    assert not app.exception
    assert "No decision was looked at again in this time." in words(app)
    assert "no fair sample" in words(app)


def test_a_candidate_says_why_and_its_numbers_open_its_cases(decided: Desk) -> None:
    app = enter(decided, "policy_liaison", "gaps", view="candidates")
    assert not app.exception
    seen = view_of(decided, app).seen[0]
    assert f"**1. {GAP}" in words(app).replace("\\", "")
    assert seen.candidate.excess is not None
    hits, reviewed = seen.candidate.excess.hits, seen.candidate.excess.reviewed
    assert f"Open {hits} overturned" in labels(app)
    assert f"Open {reviewed} looked at again" in labels(app)
    press(app, f"overturned-{seen.key}")
    # Left for the queue: what it was opened with is gone from the session.
    assert "open-queue" not in app.session_state


def test_a_partner_manager_is_told_why_there_are_none(decided: Desk) -> None:
    app = enter(decided, "partner_manager", "gaps", view="candidates")
    assert not app.exception
    assert "over all partners" in words(app)


def test_acts_are_greyed_for_roles_without_the_right(decided: Desk) -> None:
    app = enter(decided, "viewer", "gaps", view="candidates")
    key = view_of(decided, app).seen[0].key
    greyed = {b.key: b.disabled for b in app.button}
    assert greyed[f"file-{key}"]
    assert greyed[f"merge-{key}"]
    assert greyed[f"dismiss-{key}"]


def test_a_dismissal_needs_a_reason_and_can_be_taken_back(decided: Desk) -> None:
    app = enter(decided, "policy_liaison", "gaps", view="candidates")
    key = view_of(decided, app).seen[0].key
    press(app, f"dismiss-{key}")
    app.text_area(key="drawer-field-reason").set_value("")
    (save,) = [b for b in app.button if b.label == "Dismiss" and b.key != f"dismiss-{key}"]
    save.click().run()
    assert "A dismissal needs a reason." in words(app)
    app.text_area(key="drawer-field-reason").set_value("A campaign of one day")
    (save,) = [b for b in app.button if b.label == "Dismiss" and b.key != f"dismiss-{key}"]
    save.click().run()
    assert "A campaign of one day" in words(app)
    assert view_of(decided, app).dismissed
    press(app, f"take-back-{key}")
    assert not view_of(decided, app).dismissed
