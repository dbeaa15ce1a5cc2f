"""The risk page, state by state."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.risk import heatmap_view
from core.desk.sessions import person_of_token
from core.risk.heat_ask import HeatmapAsk
from core.ui.state import TOKEN
from tests.support.visits import enter, words


def choose(app: AppTest, key: str, value: object) -> AppTest:
    (found,) = [s for s in app.selectbox if s.key == key]
    return found.select(value).run()


def test_without_cases_the_page_says_so(empty_desk: Desk) -> None:
    app = enter(empty_desk, "analyst", "risk")
    assert not app.exception
    assert "No case came in during these weeks." in words(app)


def test_the_words_have_the_sums_of_the_picture(demo_desk: Desk) -> None:
    app = enter(demo_desk, "analyst", "risk", rows="platform", columns="tier", weeks="13")
    assert not app.exception
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    view = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("platform", "tier", 13))
    assert "Platform by tier, 13 weeks" in words(app)
    assert f"{view.judged['observed']:,.0f} cases against" in words(app)
    assert "Choose a cell." in words(app)


def test_a_cell_of_the_address_lists_its_cases(demo_desk: Desk) -> None:
    place = {"rows": "platform", "columns": "tier", "weeks": "13"}
    app = enter(demo_desk, "team_lead", "risk", **place)
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    view = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("platform", "tier", 13))
    cell = view.heat.cells.sort_values("observed").iloc[-1]
    at = {name: str(cell[name]) or "-" for name in ("row", "column")}
    app = enter(demo_desk, "team_lead", "risk", **place, **at)
    assert not app.exception
    assert len(app.dataframe[0].value) == min(50, cell["observed"])
    assert [b.label for b in app.button if b.key == "heat-to-queue"] == [
        f"Open {cell['observed']:,} in the queue"
    ]


def test_other_rows_let_go_of_the_cell(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "risk", rows="platform", columns="tier", row="instagram")
    app = choose(app, "heat-rows", "market")
    assert not app.exception
    assert app.query_params["rows"] == "market"
    assert "row" not in app.query_params


def test_an_address_that_makes_no_sense_shows_the_default(demo_desk: Desk) -> None:
    app = enter(demo_desk, "viewer", "risk", rows="x", columns="y", weeks="z", row="a", column="b")
    assert not app.exception
    assert "Abuse type by market, 4 weeks" in words(app)
