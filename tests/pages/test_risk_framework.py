"""The framework and the register on the risk page, state by state."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk.assessments import Said, record_assessment, subject_for
from core.desk.boot import Desk
from core.desk.risk_register import add_risk, register_view, review_proposed
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.visits import enter, words

SURGE = {
    "view": "framework",
    "about": "surge",
    "subject": "w10-br",
    "title": "Impersonation in Brazil",
    "market": "BR",
    "segment": "all",
}
POINTS = {"harm": "severe", "spread": "growing", "reach": "regional", "vulnerability": "general"}
BRAZIL = CaseFilter(market=("BR",), segment=Segment.ALL)


def button(app: AppTest, key: str) -> AppTest:
    (found,) = [b for b in app.button if b.key == key]
    return found.click().run()


def has_button(app: AppTest, key: str) -> bool:
    return any(b.key == key for b in app.button)


def person_in(desk: Desk, app: AppTest) -> Person:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    return person


def lead_of(desk: Desk) -> Person:
    return Person("lead", "Lead", "team_lead")


def assessed(desk: Desk, **levels: str) -> None:
    lead = lead_of(desk)
    subject = subject_for(desk, lead, "surge", "w10-br", "Impersonation in Brazil", BRAZIL)
    said = {key: Said(level, f"because of {key}") for key, level in levels.items()}
    record_assessment(desk, lead, subject, said)


def on_register(desk: Desk) -> str:
    lead = lead_of(desk)
    subject = subject_for(desk, lead, "surge", "w10-br", "Impersonation in Brazil", BRAZIL)
    return add_risk(desk, lead, subject, "lead", review_proposed(desk, lead, None))


def test_the_table_is_read_on_the_page_with_its_checks(empty_desk: Desk) -> None:
    app = enter(empty_desk, "viewer", "risk", view="framework")
    assert not app.exception
    told = words(app)
    assert "Nothing has been assessed yet." in told
    assert "The table: 192 rows" in told
    assert "Checks: 7 of 7 hold" in told
    assert "A point that gets worse never lowers the verdict" in told.replace("\\", "")
    assert "of 192 rows" in told
    assert not has_button(app, "new-subject")


def test_levels_of_the_address_give_the_verdict_at_once(empty_desk: Desk) -> None:
    app = enter(empty_desk, "team_lead", "risk", **SURGE, **POINTS)
    assert not app.exception
    told = words(app).replace("\\", "")
    assert "Investigate" in told
    assert "Would drop to review if" in told
    assert "severe and rising across a market" in told
    assert "/H:S/S:G/R:R/V:G/E:X/P:X" in app.code[0].value


def test_unknown_points_give_a_range_and_say_what_settles_it(empty_desk: Desk) -> None:
    app = enter(empty_desk, "team_lead", "risk", **SURGE, **{**POINTS, "reach": "-"})
    told = words(app).replace("\\", "")
    assert "Review to investigate" in told
    assert "investigate until more is known" in told
    assert "Find out reach first: 3 of 3 levels settle the verdict." in told


def test_saving_without_evidence_is_told_and_with_it_is_kept(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "risk", **SURGE, **POINTS)
    app = button(app, "assess-save")
    assert "Harm has no evidence" in words(app)
    for point in POINTS:
        (area,) = [a for a in app.text_area if a.key == f"assess-why-{point}"]
        area.input(f"seen in {point}")
    app = app.run()
    app = button(app, "assess-save")
    assert not app.exception
    told = words(app).replace("\\", "")
    assert re.search(r"A-\d{4} is kept\.", told)
    assert "seen in harm" in told
    assert "Judged again by table 1.0" in told
    assert "harm" not in app.query_params
    (kept,) = [a for a in app.text_area if a.key == "assess-why-harm"]
    assert kept.value == "seen in harm"


def test_another_subject_does_not_begin_with_the_words_of_the_one_before(
    demo_desk: Desk,
) -> None:
    app = enter(demo_desk, "team_lead", "risk", **SURGE)
    (area,) = [a for a in app.text_area if a.key == "assess-why-harm"]
    app = area.input("about Brazil").run()
    app.query_params["subject"] = "w10-de"
    app = app.run()
    (area,) = [a for a in app.text_area if a.key == "assess-why-harm"]
    assert area.value == ""


def test_a_reader_sees_the_verdict_and_no_form(demo_desk: Desk) -> None:
    assessed(demo_desk, **POINTS)
    app = enter(demo_desk, "viewer", "risk", **SURGE)
    assert not app.exception
    told = words(app)
    assert "Investigate" in told
    assert "because of harm" not in told
    assert not has_button(app, "assess-save")
    assert not app.text_area


@pytest.mark.parametrize(
    "strange",
    [
        {"about": "weather"},
        {"subject": ""},
        {"title": ""},
    ],
)
def test_an_address_that_names_nothing_says_what_is_missing(
    empty_desk: Desk, strange: dict[str, str]
) -> None:
    app = enter(empty_desk, "team_lead", "risk", **{**SURGE, **strange})
    assert not app.exception
    assert "To the framework" in [b.label for b in app.button]


def test_a_partner_of_others_is_not_found_by_its_manager(demo_desk: Desk) -> None:
    app = enter(demo_desk, "partner_manager", "risk")
    own = person_in(demo_desk, app).partner_ids
    other = next(f"P-{n:04d}" for n in range(1, 40) if n not in own)
    app = enter(
        demo_desk, "partner_manager", "risk", view="framework", about="partner", subject=other
    )
    assert "was not found" in words(app)


def test_an_empty_register_says_how_something_comes_there(empty_desk: Desk) -> None:
    app = enter(empty_desk, "team_lead", "risk", view="register")
    assert not app.exception
    assert "No risk stands on the register." in words(app)


def test_the_register_counts_what_its_risk_opens(demo_desk: Desk) -> None:
    assessed(demo_desk, **POINTS)
    ref = on_register(demo_desk)
    for role in ("team_lead", "partner_manager", "viewer"):
        app = enter(demo_desk, role, "risk", view="register", risk=ref)
        assert not app.exception
        lines = register_view(demo_desk, person_in(demo_desk, app)).lines
        assert app.dataframe[0].value["cases"].tolist() == [f"{x.case_count:,}" for x in lines]
        (line,) = [x for x in lines if x.risk.ref == ref]
        (way,) = [b for b in app.button if b.key == "risk-to-queue"]
        assert way.label.startswith(f"Open {line.case_count:,} case")
        assert has_button(app, "risk-turn") is (role == "team_lead")


def test_a_risk_is_closed_with_a_reason_and_shown_when_asked(demo_desk: Desk) -> None:
    ref = on_register(demo_desk)
    app = enter(demo_desk, "team_lead", "risk", view="register", risk=ref)
    app = button(app, "risk-turn")
    assert "Closing needs a reason" in words(app)
    (reason,) = [t for t in app.text_input if (t.key or "").startswith("risk-reason-")]
    reason.input("the wave is over")
    app = button(app, "risk-turn")
    told = words(app)
    assert f"{ref} is closed." in told
    assert ref not in told.replace(f"{ref} is closed.", "")
    app.query_params["closed"] = "yes"
    app = app.run()
    assert "the wave is over" in words(app)


def test_a_risk_that_is_not_there_says_so(demo_desk: Desk) -> None:
    on_register(demo_desk)
    app = enter(demo_desk, "team_lead", "risk", view="register", risk="R-0099")
    assert "This risk was not found." in words(app)
