"""The partners page, view by view and state by state."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.partner_ask import PartnerAsk
from core.desk.partners import PartnersView, partners_view
from core.desk.sessions import person_of_token
from core.taxonomy import taxonomy
from core.ui.format import escape
from core.ui.state import TOKEN
from tests.support.rows import (
    DAY,
    HOUR,
    a_finished_case,
    a_partner,
    store_cases,
    store_partners,
)
from tests.support.served_world import (
    FEW_REF,
    PARTNERS,
    WORSE,
    WORSE_CHANNEL,
    WORSE_REF,
    fill_served,
)
from tests.support.visits import enter, finds_no_page, let_manage, words

READERS = ("team_lead", "analyst", "partner_manager", "viewer", "auditor")
OWN = (1, 2, PARTNERS)
MANY = 120
FIRST = 100_000  # key of the first case beside those of the world
VIEWS = ("list", "movers", "funnel")


@pytest.fixture
def served(empty_desk: Desk) -> Desk:
    """People of every role, and partners served for months; the manager serves three of them."""
    fill_served(empty_desk)
    store_cases(empty_desk.store, *_late_cases(to_micros(empty_desk.clock.now())))
    let_manage(empty_desk, *OWN)
    return empty_desk


def _late_cases(now: int) -> list[dict[str, Any]]:
    """So many lately missed that the fall stands out on whatever day the test runs."""
    late = {"partner_id": WORSE, "channel": WORSE_CHANNEL, "sla_frt": "breached", "tier": "T2"}
    return [
        a_finished_case(
            FIRST + n,
            **late,
            received_at=now - (2 + n % 20) * DAY,
            frt_breached_at=now - (2 + n % 20) * DAY + HOUR,
            resolved_at=now - DAY,
            first_resolved_at=now - DAY,
            last_event_at=now - DAY,
        )
        for n in range(80)
    ]


def whose(desk: Desk, app: AppTest) -> Person:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    return person


def view_of(desk: Desk, app: AppTest, ask: PartnerAsk | None = None) -> PartnersView:
    return partners_view(desk, whose(desk, app), ask or PartnerAsk())


def tiles_of(app: AppTest) -> dict[str, dict[str, str]]:
    (component,) = app.get("bidi_component")
    return {tile["name"]: tile for tile in json.loads(component.proto.json)["tiles"]}


def press(app: AppTest, key: str) -> AppTest:
    (found,) = [b for b in app.button if b.key == key]
    return found.click().run()


def rows_of(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["partner"])


@pytest.mark.parametrize("view", VIEWS)
def test_without_partners_each_view_says_so(empty_desk: Desk, view: str) -> None:
    app = enter(empty_desk, "team_lead", "partners", view=view)
    assert not app.exception
    assert "No partner is in your scope." in words(app)


def test_the_list_has_a_row_for_every_partner_with_what_stands_open(served: Desk) -> None:
    app = enter(served, "team_lead", "partners")
    assert not app.exception
    view = view_of(served, app)
    assert rows_of(app) == [line.name for line in view.lines]
    shown = app.dataframe[0].value
    assert [0 if n == "–" else int(n) for n in shown["open"]] == [x.open_count for x in view.lines]
    few = shown["ref"].tolist().index(FEW_REF)
    assert shown["health"][few] == "not enough data"
    assert shown["picture"][few] == ""
    worse = shown["ref"].tolist().index(WORSE_REF)
    assert list(shown["trend"][worse]) == ["Worse"]
    assert shown["picture"][worse].startswith("data:image/svg+xml;base64,")
    assert f"{PARTNERS} partners · worst first" in words(app)


@pytest.mark.parametrize("role", READERS)
def test_every_reader_sees_the_partners_of_their_scope_and_no_more(served: Desk, role: str) -> None:
    app = enter(served, role, "partners")
    assert not app.exception
    count = len(OWN) if role == "partner_manager" else PARTNERS
    assert len(rows_of(app)) == count
    bands = ("at_risk", "watch", "healthy", "not_enough_data")
    assert sum(int(tiles_of(app)[band]["value"]) for band in bands) == count
    has_export = "partners-export" in {b.key for b in app.get("download_button")}
    assert has_export == (role != "viewer")


def test_an_admin_has_no_partners_page(served: Desk) -> None:
    assert finds_no_page(served, "admin", "partners")


def test_the_tiles_count_the_partners_that_they_show(served: Desk) -> None:
    tiles = tiles_of(enter(served, "team_lead", "partners"))
    for name, tile in tiles.items():
        part = "trend" if name in {"worse", "better"} else "band"
        address = {"breached": "yes"} if name == "breached" else {part: name}
        app = enter(served, "team_lead", "partners", **address)
        assert not app.exception
        count = int(tile["value"])
        assert len(app.dataframe[0].value if count else []) == count, name
        assert tiles_of(app)[name]["is_chosen"]


def test_the_address_says_the_whole_view(served: Desk) -> None:
    address: dict[str, Any] = {
        "trend": "worse",
        "sort": "name",
        "q": WORSE_REF,
        "tier": ["T1", "T2"],
    }
    app = enter(served, "team_lead", "partners", **address)
    assert rows_of(app) == ["Partner 1"]
    assert {b.key for b in app.button} >= {"chip-trend", "chip-text", "chip-tier"}
    app = press(app, "chip-tier")
    assert "tier" not in app.query_params
    app = press(app, "partners-clear")
    assert len(rows_of(app)) == PARTNERS
    assert app.query_params["sort"] in ("name", ["name"])


def test_nothing_that_satisfies_the_filters_is_said_with_the_way_out(served: Desk) -> None:
    app = enter(served, "team_lead", "partners", tier="T1", market="NA")
    assert "No partner satisfies all of this." in words(app)
    assert len(rows_of(press(app, "partners-clear-empty"))) == PARTNERS


def test_what_the_address_says_wrongly_is_told(served: Desk) -> None:
    app = enter(served, "team_lead", "partners", band="rosy", view="moon")
    assert "'rosy' is no value of band; it was left out." in words(app)
    assert "'moon' is no value of view; it was left out." in words(app)
    assert len(rows_of(app)) == PARTNERS


def test_turning_pages_shows_every_partner_once(empty_desk: Desk) -> None:
    store_partners(empty_desk.store, *(a_partner(key) for key in range(1, MANY + 1)))
    app = enter(empty_desk, "team_lead", "partners")
    seen = rows_of(app)
    assert len(seen) < MANY
    while not next(b for b in app.button if b.key == "page-next").disabled:
        app = press(app, "page-next")
        seen += rows_of(app)
    assert len(seen) == len(set(seen)) == MANY


def test_who_got_worse_is_told_in_sentences_with_their_cases(served: Desk) -> None:
    app = enter(served, "team_lead", "partners", view="movers")
    assert not app.exception
    told = words(app)
    assert "**Partner 1** (T2) fell from **" in told
    assert "SLA attainment, 28 days: " in told
    assert f"mostly by **{escape(taxonomy().label('channels', WORSE_CHANNEL))}**" in told
    keys = {b.key for b in app.button}
    assert {f"mover-open-{WORSE_REF}", f"mover-all-{WORSE_REF}-sla_attainment"} <= keys


def test_a_manager_reads_of_own_falls_only(served: Desk) -> None:
    app = enter(served, "partner_manager", "partners", view="movers")
    assert not app.exception
    refs = {
        b.key.rsplit("-", 2)[1:][0] + "-" + b.key.rsplit("-", 1)[1]
        for b in app.button
        if b.key and b.key.startswith(("mover-open-", "perhaps-"))
    }
    assert refs <= {f"P-{key:04d}" for key in OWN}
    assert WORSE_REF in refs


@pytest.mark.parametrize("measure", ["sla_attainment", "overturn_rate", "returns"])
def test_the_funnel_says_what_it_counts_and_where_its_limits_come_from(
    served: Desk, measure: str
) -> None:
    app = enter(served, "team_lead", "partners", view="funnel", measure=measure)
    assert not app.exception
    assert "against size" in words(app)
    assert re.search(r"learnt from all 2\d partners of the desk", words(app))
    assert len(app.get("vega_lite_chart")) == 1


def test_a_funnel_without_enough_cases_says_so(demo_desk: Desk) -> None:
    app = enter(demo_desk, "partner_manager", "partners", view="funnel")
    assert not app.exception
    assert "No partner here has 10 cases that count for SLA attainment." in words(app)
