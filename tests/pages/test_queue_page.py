"""The queue page, state by state, as each role sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.access.rules import scope_of
from core.cases.filter import CaseFilter, Segment, Sort
from core.desk.boot import Desk
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.visits import enter, finds_no_page, words

READERS = ("team_lead", "analyst", "partner_manager", "viewer", "auditor")


def tiles_of(app: AppTest) -> dict[str, dict[str, str]]:
    """What each tile was told to show."""
    (component,) = app.get("bidi_component")
    return {tile["name"]: tile for tile in json.loads(component.proto.json)["tiles"]}


def press(app: AppTest, key: str) -> AppTest:
    (found,) = [b for b in app.button if b.key == key]
    return found.click().run()


def total_of(app: AppTest) -> int:
    (span,) = [c.value for c in app.caption if " of " in c.value and c.value[0].isdigit()]
    return int(span.rsplit(" of ", 1)[1].replace(",", ""))


def test_without_cases_the_queue_says_so_and_what_would_help(empty_desk: Desk) -> None:
    app = enter(empty_desk, "team_lead", "queue")
    assert not app.exception
    assert "No case fits these filters." in words(app)
    assert tiles_of(app)["open"]["opens"] == "Open 0 cases: Open"


@pytest.mark.parametrize("role", READERS)
def test_every_reader_sees_the_cases_of_their_scope_and_no_more(demo_desk: Desk, role: str) -> None:
    app = enter(demo_desk, role, "queue", segment="all")
    assert not app.exception
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    view = queue_view(demo_desk, person, CaseFilter(segment=Segment.ALL))
    assert total_of(app) == view.total
    shown = app.dataframe[0].value
    assert list(shown["case"]) == list(view.rows["ref"])
    assert ("title" in shown) == scope_of(person).sees_text


def test_an_admin_has_no_queue(demo_desk: Desk) -> None:
    assert finds_no_page(demo_desk, "admin", "queue")


def test_the_tiles_say_what_they_count_and_open(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "queue")
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    shown = tiles_of(app)
    for tile in queue_view(demo_desk, person, CaseFilter()).tiles:
        number = int(shown[tile.name]["opens"].split()[1].replace(",", ""))
        address: dict[str, Any] = dict(tile.filter.to_params())
        opened = enter(demo_desk, "team_lead", "queue", **address)
        assert not opened.exception
        assert total_of(opened) == number, tile.name


def test_the_address_says_the_whole_view(demo_desk: Desk) -> None:
    chosen = ["P1", "P2"]
    app = enter(demo_desk, "team_lead", "queue", priority=chosen, segment="all", sort="age")
    assert total_of(app) == sum(p in chosen for p in all_priorities(demo_desk, app))
    assert "Sort: Oldest" in [s.options[s.index] for s in app.selectbox if s.index is not None]


def all_priorities(desk: Desk, app: AppTest) -> list[str]:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    found: list[str] = []
    cursor = None
    while True:
        view = queue_view(desk, person, CaseFilter(segment=Segment.ALL), cursor)
        found += list(view.rows["priority"])
        if view.next is None:
            return found
        cursor = view.next


def test_turning_pages_shows_every_case_once(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "queue", segment="all", market=["DE", "GB", "US"])
    total, seen = total_of(app), list(app.dataframe[0].value["case"])
    while not next(b for b in app.button if b.key == "page-next").disabled:
        app = press(app, "page-next")
        seen += list(app.dataframe[0].value["case"])
    assert len(seen) == len(set(seen)) == total


def test_taking_a_chip_away_takes_that_part_out_of_the_address(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "queue", priority=["P1"], market=["DE"])
    press(app, "chip-priority")
    assert "priority" not in app.query_params
    assert app.query_params["market"] in ("DE", ["DE"])
    press(app, "filter-clear")
    assert "market" not in app.query_params


def test_labels_that_are_clicked_stay_the_same_whatever_the_counts(demo_desk: Desk) -> None:
    every = enter(demo_desk, "team_lead", "queue")
    few = enter(demo_desk, "team_lead", "queue", priority=["P1"], market=["DE"])
    offered = [next(r for r in app.radio if r.key == "filter-segment") for app in (every, few)]
    assert offered[0].options == offered[1].options
    assert not any(c.isdigit() for label in offered[0].options for c in label)


def test_a_segment_can_be_chosen_and_keeps_the_rest_of_the_filter(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "queue", priority=["P1"])
    next(r for r in app.radio if r.key == "filter-segment").set_value(Segment.ALL).run()
    assert app.query_params["segment"] in ("all", ["all"])
    assert app.query_params["priority"] in ("P1", ["P1"])


def test_a_click_made_before_the_browser_knew_its_new_address_adds_to_the_one_before(
    demo_desk: Desk,
) -> None:
    app = enter(demo_desk, "team_lead", "queue", priority=["P1"])
    next(r for r in app.radio if r.key == "filter-segment").set_value(Segment.ALL).run()
    del app.query_params["segment"]  # the browser still says the address from before that click
    next(s for s in app.selectbox if s.key == "filter-sort").set_value(Sort.AGE).run()
    assert app.query_params["segment"] in ("all", ["all"])
    assert app.query_params["priority"] in ("P1", ["P1"])
    assert app.query_params["sort"] in ("age", ["age"])


def test_the_address_says_how_many_days_the_flow_shows(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "queue", flow_days="90")
    assert next(g for g in app.segmented_control if g.key == "flow-days").value == 90
    wrong = enter(demo_desk, "team_lead", "queue", flow_days="7")
    assert "'7' is no value of flow_days" in words(wrong)


def test_an_address_with_an_unknown_value_says_what_was_left_out(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "queue", priority=["P9"])
    assert not app.exception
    assert "'P9' is no value of priority" in words(app)


def test_the_order_tells_its_rule(demo_desk: Desk) -> None:
    assert "harm weight" in words(enter(demo_desk, "team_lead", "queue"))
