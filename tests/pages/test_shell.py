"""The frame around every page, run without a browser: who gets in, where to, and what is said."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.desk import people as commands
from core.desk.boot import OPERATOR, Desk
from core.errors import BadInput, NotFound, Refused
from core.logs import JsonLines, log
from core.ui.state import TOKEN, ZONE_PARAM
from tests.support.program import DEMO_PASSWORD, PROJECT
from tests.support.visits import DEMO_PEOPLE, PATIENCE, enter


@pytest.fixture
def app(empty_desk: Desk) -> AppTest:
    """The app for a browser that has not signed in; run by another script as in ``enter``."""
    script = f"import runpy\nrunpy.run_path({str(PROJECT / 'app.py')!r})"
    return AppTest.from_string(script, default_timeout=PATIENCE)


def fill(app: AppTest, username: str, password: str) -> AppTest:
    app.text_input[0].set_value(username)
    app.text_input[1].set_value(password)
    return app.button[0].click().run()


def words(app: AppTest) -> str:
    return " ".join(str(e.value) for e in (*app.title, *app.text, *app.error, *app.info))


def has_form(app: AppTest) -> bool:
    return [t.label for t in app.text_input][:2] == ["Username", "Password"]


def zone_switch(app: AppTest) -> Any:
    (switch,) = [s for s in app.sidebar.segmented_control if s.label == "Times in"]
    return switch


def test_without_a_session_there_is_the_form_and_nothing_else(app: AppTest) -> None:
    app.run()
    assert has_form(app)
    assert not app.dataframe
    assert not app.sidebar.button


def test_a_wrong_password_and_an_unknown_name_are_answered_in_the_same_words(app: AppTest) -> None:
    wrong = words(fill(app.run(), "viewer", "not it at all"))
    unknown = words(fill(app, "nobody", "not it at all"))
    assert "not right" in wrong
    assert wrong == unknown


def test_the_right_password_opens_the_home_of_the_role(app: AppTest) -> None:
    fill(app.run(), DEMO_PEOPLE["admin"], DEMO_PASSWORD)
    assert not has_form(app)
    assert not app.exception
    assert [b.label for b in app.sidebar.button] == ["Sign out"]
    assert "People" in " ".join(str(m.value) for m in app.markdown)


@pytest.mark.parametrize(
    ("role", "inside", "outside"),
    [
        ("team_lead", "queue", "admin"),
        ("viewer", "queue", "audit"),
        ("auditor", "audit", "admin"),
        ("admin", "admin", "queue"),
    ],
)
def test_only_the_pages_of_the_role_are_declared(
    empty_desk: Desk, role: str, inside: str, outside: str
) -> None:
    app = enter(empty_desk, role, inside)
    assert not app.exception
    assert app.sidebar.button
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page(str(PROJECT / "pages" / f"{outside}.py"))


def test_a_session_that_was_ended_elsewhere_shows_the_form_on_the_next_run(
    empty_desk: Desk,
) -> None:
    app = enter(empty_desk, "admin", "admin")
    assert not has_form(app)
    commands.end_sessions(empty_desk, OPERATOR, "admin")
    app.run()
    assert has_form(app)
    assert "session has ended" in words(app)


def test_signing_out_leaves_nothing_of_the_session_behind(empty_desk: Desk) -> None:
    app = enter(empty_desk, "admin", "admin")
    app.query_params["text"] = "something private"
    app.sidebar.button[0].click().run()
    assert has_form(app)
    assert "You are signed out." in words(app)
    assert "text" not in app.query_params
    assert TOKEN not in app.session_state
    (line,) = [p for p in commands.list_people(empty_desk, OPERATOR) if p.username == "admin"]
    assert line.session_count == 0


def test_the_chosen_zone_stands_in_the_address(empty_desk: Desk) -> None:
    app = enter(empty_desk, "admin", "admin")
    zone_switch(app).set_value("utc").run()
    assert app.query_params[ZONE_PARAM] == "utc"
    zone_switch(app).set_value("own").run()
    assert ZONE_PARAM not in app.query_params


def test_an_address_chooses_the_zone(empty_desk: Desk) -> None:
    app = enter(empty_desk, "admin", "admin", **{ZONE_PARAM: "partner"})
    assert zone_switch(app).value == "partner"


def test_the_zone_goes_along_to_another_page(empty_desk: Desk) -> None:
    app = enter(empty_desk, "auditor", "audit", **{ZONE_PARAM: "utc"})
    app.query_params.clear()
    app.switch_page(str(PROJECT / "pages" / "queue.py")).run()
    assert app.query_params[ZONE_PARAM] == "utc"
    assert zone_switch(app).value == "utc"


def test_an_unexpected_failure_gives_a_reference_that_finds_it_in_the_log() -> None:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonLines().format(record))

    handler = Keep()
    log("ui").addHandler(handler)
    app = AppTest.from_function(fail_with, args=(ZeroDivisionError("what somebody typed"),)).run()
    log("ui").removeHandler(handler)
    (logged,) = [json.loads(line) for line in lines]
    assert logged["error"] == "ZeroDivisionError"
    assert logged["reference"] in words(app)
    assert "typed" not in lines[0] + words(app)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Refused("Not *you*.", hint="Ask Ada."), "Not possible Not *you*. Ask Ada."),
        (BadInput("Unknown.", at="line 14", hint="one of a, b"), "line 14: Unknown. One of a, b."),
        (NotFound("Case", "E-000001"), "Not found This page or case was not found."),
    ],
    ids=["refused", "bad input", "not found"],
)
def test_what_a_person_can_act_on_is_written_out(failure: Exception, said: str) -> None:
    app = AppTest.from_function(fail_with, args=(failure,)).run()
    assert said in words(app)
    assert "E-000001" not in words(app)


def fail_with(failure: Exception) -> None:
    """A page that ends with this failure; its source is run on its own, so it imports for itself."""
    from core.ui.failures import show_failure  # noqa: PLC0415

    show_failure(failure)
