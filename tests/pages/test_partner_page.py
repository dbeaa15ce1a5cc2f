"""The partner page: its head and health views state by state, and the scope of every view."""

from __future__ import annotations

import math
import re
from datetime import timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.desk.boot import Desk
from core.desk.partner_records import set_band
from core.desk.sessions import person_of_token
from core.partners.score_rules import health_versions
from core.settings import PROJECT_ROOT
from core.ui.state import TOKEN
from tests.support.served_world import FEW_REF, OTHER_REF, WORSE, WORSE_REF, fill_served
from tests.support.visits import enter, finds_no_page, let_manage, words

NOT_FOUND = "This page or case was not found."
VIEWS = re.findall(
    r'^    "(\w+)": \("', (PROJECT_ROOT / "pages" / "partner.py").read_text(), re.MULTILINE
)
SHARE = re.compile(r"([\d.]+) %")


@pytest.fixture
def served(empty_desk: Desk) -> Desk:
    """Partners with cases; the partner manager serves the one that is served worse."""
    fill_served(empty_desk)
    let_manage(empty_desk, WORSE)
    return empty_desk


def test_a_partner_manager_reads_how_an_own_partner_is_served(served: Desk) -> None:
    app = enter(served, "partner_manager", "partner", partner=WORSE_REF)
    assert not app.exception
    told = words(app)
    assert "# Partner 1" in told
    assert "served by Partner\\_Manager" in told
    assert re.search(r"health \d+ \\\(80 %\\: \d+–\d+\\\)", told)
    assert "Health today" in told
    assert "Not recorded by this desk\\: Unresolved gaps" in told
    assert re.search(r"The score fell from [\d\\.]+ to [\d\\.]+", told)
    assert "Most by SLA attainment" in told
    assert "Partner e\\-mail stands out" in told
    assert "History" in told


def test_every_input_stands_with_estimate_own_cases_and_their_number(served: Desk) -> None:
    app = enter(served, "team_lead", "partner", partner=WORSE_REF)
    inputs = app.dataframe[0].value
    assert inputs["input"][0] == "SLA attainment, 28 days"
    assert re.fullmatch(r"\d+ % \(80 %: \d+–\d+ %\)", inputs["estimate"][0])
    own = re.fullmatch(r"(\d+) of (\d+)", inputs["raw"][0])
    assert own is not None
    assert (inputs["hits"][0], inputs["of"][0]) == (f"{own[1]} met", own[2])
    assert math.fsum(map(float, inputs["adds"])) == pytest.approx(_score(app), abs=0.51)


def _score(app: AppTest) -> float:
    found = re.search(r"# (\d+) :small\[of 100\]", words(app))
    assert found is not None
    return float(found[1])


def test_the_compared_days_stand_in_the_address(served: Desk) -> None:
    day = served.clock.now().date() - timedelta(days=60)
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, since=day.isoformat())
    since, _ = app.date_input
    assert since.value == day
    app = since.set_value(day + timedelta(days=20)).run()
    assert not app.exception
    assert app.query_params["since"] == (day + timedelta(days=20)).isoformat()


@pytest.mark.parametrize("wrong", ["nonsense", "2999-01-01", "1999-01-01"])
def test_a_day_that_cannot_be_compared_is_left_out_and_said(served: Desk, wrong: str) -> None:
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, since=wrong)
    assert not app.exception
    assert "it was left out" in words(app).replace("\\", "")


def test_too_few_cases_are_said_with_how_many_are_missing(served: Desk) -> None:
    app = enter(served, "team_lead", "partner", partner=FEW_REF)
    assert not app.exception
    told = words(app)
    assert "Not enough data" in told
    assert "of the 10 effective cases that a score takes" in told
    assert "No change can be told" in told
    app = enter(served, "team_lead", "partner", partner=FEW_REF, view="formula")
    assert not app.exception


def test_the_formula_can_be_worked_out_by_hand_from_what_is_shown(served: Desk) -> None:
    app = enter(served, "viewer", "partner", partner=WORSE_REF, view="formula")
    assert not app.exception
    estimates, points = app.dataframe[0].value, app.dataframe[1].value
    rules = health_versions().on(served.clock.now().date())
    for row in range(len(estimates)):
        own, share = _number(estimates["Own value"][row]), _number(estimates["Own share"][row])
        usual, shown = _number(estimates["Usual"][row]), _number(estimates["Best estimate"][row])
        if estimates["Input"][row].startswith("TTR"):
            by_hand = math.exp(share * math.log(own) + (1 - share) * math.log(usual))
        else:
            by_hand = share * own + (1 - share) * usual
        assert by_hand == pytest.approx(shown, abs=2e-4), estimates["Input"][row]
    names = [name for name in rules.inputs if name != "open_gaps"]
    for row, name in enumerate(names):
        value, shown = _number(points["Best estimate"][row]), float(points["Points"][row])
        assert float(rules.inputs[name].points(np.array([value]))[0]) == pytest.approx(
            shown, abs=0.05
        )
        added = _number(points["Weight"][row]) * shown
        assert added == pytest.approx(float(points["Adds"][row]), abs=0.011)
    adds = [round(100 * float(add)) for add in points["Adds"]]
    assert sum(adds[:-1]) == adds[-1]
    told = words(app)
    for rule in ("Version 1\\.0", "mostly chance", "One case alone moves no band", "by hand", "10"):
        assert rule in told or rule.capitalize() in told


def _number(text: str) -> float:
    share = SHARE.fullmatch(text)
    return float(share[1]) / 100 if share else float(text.removesuffix("×"))


def test_a_band_by_hand_is_shown_with_its_end_and_what_the_score_says(served: Desk) -> None:
    app = enter(served, "team_lead", "partner", partner=WORSE_REF)
    person = person_of_token(served, app.session_state[TOKEN])
    assert person is not None
    until = served.clock.now() + timedelta(days=7)
    set_band(served, person, WORSE_REF, "healthy", "A strike is running", until)
    told = words(enter(served, "partner_manager", "partner", partner=WORSE_REF))
    assert "Manual band until" in told
    assert "A strike is running" in told
    assert "The score alone says" in told


@pytest.mark.parametrize("view", VIEWS)
def test_another_partner_is_not_found_in_any_view(served: Desk, view: str) -> None:
    own = enter(served, "partner_manager", "partner", partner=WORSE_REF, view=view)
    assert not own.exception
    assert "# Partner 1" in words(own)
    app = enter(served, "partner_manager", "partner", partner=OTHER_REF, view=view)
    assert_not_found(app)


@pytest.mark.parametrize("ref", ["P-9999", ""])
def test_an_absent_partner_is_not_found_in_the_same_words(served: Desk, ref: str) -> None:
    assert_not_found(enter(served, "partner_manager", "partner", partner=ref))


def assert_not_found(app: AppTest) -> None:
    assert not app.exception
    assert NOT_FOUND in words(app)
    assert "Partner 2" not in words(app)
    assert not app.dataframe


def test_an_unknown_view_is_said_and_health_is_shown(served: Desk) -> None:
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, view="secrets")
    assert not app.exception
    assert "is no value of view" in words(app)
    assert "Health today" in words(app)


def test_who_has_no_right_to_partners_finds_no_page(served: Desk) -> None:
    assert finds_no_page(served, "admin", "partner")
