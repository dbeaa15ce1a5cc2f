"""The views "Service" and "Cases and contacts" of the partner page, state by state and role by role."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.partner import open_partner
from core.desk.partner_contacts import contacts_view
from core.desk.partner_served import service_view
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.rows import (
    DAY,
    HOUR,
    a_case,
    a_finished_case,
    a_partner,
    store_cases,
    store_partners,
)
from tests.support.served_world import FEW_REF, OTHER_REF, WORSE, WORSE_REF, fill_served
from tests.support.visits import enter, let_manage, words

READERS = ("team_lead", "analyst", "partner_manager", "viewer", "auditor")
VIEWS = ("service", "cases")


@pytest.fixture
def served(empty_desk: Desk) -> Desk:
    """Partners with cases; the partner manager serves the one that is served worse."""
    fill_served(empty_desk)
    let_manage(empty_desk, WORSE)
    return empty_desk


def person_of(desk: Desk, app: AppTest) -> Person:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    return person


def labels(app: AppTest) -> dict[str, str]:
    return {str(button.key): button.label for button in app.button}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", READERS)
def test_every_reader_of_a_partner_sees_both_views(served: Desk, role: str, view: str) -> None:
    app = enter(served, role, "partner", partner=WORSE_REF, view=view)
    assert not app.exception
    expected = {"service": "The service that we give", "cases": "All contacts"}
    assert expected[view] in words(app)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("ref", [OTHER_REF, "P-9999", ""])
def test_a_partner_manager_finds_own_partners_only(served: Desk, ref: str, view: str) -> None:
    app = enter(served, "partner_manager", "partner", partner=ref, view=view)
    assert "This page or case was not found." in words(app)
    assert not app.dataframe


def test_service_and_conduct_stand_under_headings_of_their_own(served: Desk) -> None:
    told = words(enter(served, "team_lead", "partner", partner=WORSE_REF, view="service"))
    assert told.index("The service that we give") < told.index("The partner's own conduct")
    assert "nothing here enters health" in told


def test_the_figures_on_the_page_are_those_of_the_desk(served: Desk) -> None:
    app = enter(served, "viewer", "partner", partner=WORSE_REF, view="service", days="90")
    person = person_of(served, app)
    view = service_view(served, person, open_partner(served, person, WORSE_REF), 90)
    shares, tails = (frame.value for frame in app.dataframe[:2])
    assert [int(n.replace(",", "")) for n in shares["of"]] == [s.count.of for s in view.shares]
    assert [int(n.replace(",", "")) for n in shares["hits"]] == [s.count.hits for s in view.shares]
    assert [int(n.replace(",", "")) for n in tails["of"]] == [t.tail.n for t in view.tails]
    for figure in (*view.shares[:1], *view.shares[-1:]):
        found = queue_view(served, person, figure.ask.of, facets=())
        assert found.total == figure.count.of
    counted = {key.removeprefix("csat-"): words for key, words in labels(app).items()}
    assert counted["answered"] == f"{view.csat.csat.answered:,} rated"
    assert any(re.match(r"\*\*\d+ %\*\* of those who answered", m.value) for m in app.markdown)


def test_the_window_stands_in_the_address(served: Desk) -> None:
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, view="service")
    (window,) = [c for c in app.button_group if c.key == "service-days"]
    narrow = app.dataframe[0].value["of"][0]
    app = window.set_value(90).run()
    assert not app.exception
    assert app.query_params["days"] == "90"
    assert int(app.dataframe[0].value["of"][0]) > int(narrow)
    wrong = enter(served, "team_lead", "partner", partner=WORSE_REF, view="service", days="45")
    assert "it was left out" in words(wrong)


@pytest.mark.parametrize(
    ("key", "part"),
    [("service-resolved", "resolved_count"), ("conduct-all", "total"), ("csat-resolved", "asked")],
)
def test_a_click_leads_to_as_many_cases(served: Desk, key: str, part: str) -> None:
    at = to_micros(served.clock.now()) - DAY
    parts = {"outcome": "upheld", "enforcement_action": "strike_applied", "abuse_type": "spam"}
    for number in (90001, 90002):
        case = a_finished_case(number, partner_id=WORSE, received_at=at, **parts)
        store_cases(served.store, case)
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, view="service")
    number = int(labels(app)[key].split()[0].replace(",", ""))
    (button,) = [b for b in app.button if b.key == key]
    button.click().run()
    opened = CaseFilter.from_params({n: app.query_params[n] for n in app.query_params})[0]
    assert opened.segment is Segment.ALL, part
    assert queue_view(served, person_of(served, app), opened, facets=()).total == number


def test_a_partner_with_hardly_a_case_is_told_so_without_a_guess(served: Desk) -> None:
    app = enter(served, "team_lead", "partner", partner=FEW_REF, view="service")
    assert not app.exception
    assert "was resolved" in words(app) or "cases" in labels(app)["service-resolved"]


def test_a_partner_without_cases_has_states_and_no_numbers(empty_desk: Desk) -> None:
    store_partners(empty_desk.store, a_partner(1))
    app = enter(empty_desk, "team_lead", "partner", partner="P-0001", view="service")
    assert not app.exception
    told = words(app)
    assert "No case of this partner was resolved in the window." in told
    assert "nobody could be asked" in told
    assert "No violation stands against this partner" in told
    assert set(app.dataframe[0].value["share"]) == {"–"}
    app = enter(empty_desk, "team_lead", "partner", partner="P-0001", view="cases")
    assert not app.exception
    for sentence in (
        "No case of this partner is open.",
        "No contact is on record.",
        "No account is on record.",
        "No open risk that you may see",
    ):
        assert sentence in words(app)


def test_open_cases_and_waits_are_those_of_the_person(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "partner", partner="P-0001", view="cases")
    assert not app.exception
    person = person_of(demo_desk, app)
    view = contacts_view(demo_desk, person, open_partner(demo_desk, person, "P-0001"))
    assert labels(app)["partner-open-cases"] == f"Open {view.open.total:,} in the queue"
    contacts = app.dataframe[-1].value
    assert list(contacts["case"]) == list(view.timeline.rows["case"])
    assert "title" in contacts
    waiting = [label for key, label in labels(app).items() if key.startswith("waits-")]
    assert len(waiting) == (len(view.open.waits) + 1 if view.open.waits else 0)


def test_who_may_not_read_texts_sees_no_title_among_the_contacts(demo_desk: Desk) -> None:
    app = enter(demo_desk, "viewer", "partner", partner="P-0001", view="cases")
    assert not app.exception
    assert all("title" not in frame.value for frame in app.dataframe)


def test_contacts_are_turned_and_narrowed_by_the_address(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "partner", partner="P-0001", view="cases")
    first = list(app.dataframe[-1].value["when"])
    (older,) = [b for b in app.button if b.key == "page-next"]
    if not older.disabled:
        app = older.click().run()
        assert not app.exception
        assert "place" in app.query_params
        assert app.dataframe[-1].value["when"].iloc[0] <= first[-1]
    told = enter(demo_desk, "team_lead", "partner", partner="P-0001", view="cases", way="in")
    assert set(told.dataframe[-1].value["way"]) == {"← in"}
    wrong = enter(demo_desk, "team_lead", "partner", partner="P-0001", view="cases", way="up")
    assert "it was left out" in words(wrong)


def test_the_clocks_of_a_case_of_another_partner_are_not_found(served: Desk) -> None:
    at = to_micros(served.clock.now()) - HOUR
    for key, partner_id in ((90001, WORSE), (90002, 2)):
        store_cases(served.store, a_case(key, partner_id=partner_id, received_at=at))
    own, other = "E-090001", "E-090002"
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, view="cases", clocks=own)
    assert "First resolution" in words(app)
    app = enter(served, "team_lead", "partner", partner=WORSE_REF, view="cases", clocks=other)
    assert not app.exception
    assert "This case was not found among the partner's cases." in words(app)
