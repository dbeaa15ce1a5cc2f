"""What gaps cost, as each role sees it: every number opens its cases, and nothing more is told."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk
from core.desk.gap_impact import impact_view, ranking_view
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.gap_worlds import file_gap
from tests.support.visits import enter, words

WIDE = CaseFilter(segment=Segment.ALL, channel=("partner_portal", "partner_email"))
READERS = ("team_lead", "partner_manager", "viewer")


def file_some(desk: Desk) -> list[str]:
    """A gap with a filter, one with linked cases only, and one without any."""
    gaps = [
        file_gap(desk.store, 901, [1, 2, 3], WIDE),
        file_gap(desk.store, 902, [4, 5]),
        file_gap(desk.store, 903),
    ]
    return [gap.ref for gap in gaps]


@pytest.mark.parametrize("role", READERS)
def test_each_reader_sees_what_the_desk_counts_for_them(demo_desk: Desk, role: str) -> None:
    wide, linked, _ = file_some(demo_desk)
    app = enter(demo_desk, role, "gap", gap=wide, view="impact")
    assert not app.exception
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    view = impact_view(demo_desk, person, wide)
    said = words(app)
    whose = "your partners' cases only" if role == "partner_manager" else "cases that you may see"
    assert whose in said
    assert f"{view.reach.partners} partner" in said
    assert app.button(key="impact-linked").label == f"{view.figures['linked'].count} linked"
    ranked = enter(demo_desk, role, "gaps", view="ranking")
    assert not ranked.exception
    tables = [table.value for table in ranked.dataframe]
    refs = [ref for table in tables for ref in table["ref"].tolist()]
    standing = ranking_view(demo_desk, person).gaps
    assert refs == [one.gap.ref for one in standing]
    assert {wide, linked} <= {*refs}


def test_the_matching_cases_are_opened_in_the_queue(demo_desk: Desk) -> None:
    wide, _, _ = file_some(demo_desk)
    app = enter(demo_desk, "team_lead", "gap", gap=wide, view="impact")
    app.button(key="impact-matching").click().run()
    assert not app.exception
    opened = CaseFilter.from_params({k: app.query_params[k] for k in app.query_params})[0]
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    view = impact_view(demo_desk, person, wide)
    assert opened == view.figures["matching"].filter
    assert queue_view(demo_desk, person, opened).total == view.figures["matching"].count > 0


def test_reach_is_told_by_the_dimension_of_the_address(demo_desk: Desk) -> None:
    wide, _, _ = file_some(demo_desk)
    app = enter(demo_desk, "team_lead", "gap", gap=wide, view="impact", by="channel")
    assert "'channel' is no value of by" in words(app)
    app = enter(demo_desk, "team_lead", "gap", gap=wide, view="impact", by="market")
    assert _reach(app)["cases"].map(lambda text: int(text.replace(",", ""))).is_monotonic_decreasing


def test_without_a_filter_nothing_is_foreseen_and_the_page_says_why(demo_desk: Desk) -> None:
    _, linked, none = file_some(demo_desk)
    said = " ".join(text.value for text in _impact(demo_desk, linked).text)
    assert "Nothing can be foreseen" in said
    assert "those come when somebody links them" in said
    nothing = " ".join(text.value for text in _impact(demo_desk, none).text)
    assert "No case that you may see is linked to this gap or matches it." in nothing


def test_the_ranking_names_the_gap_that_costs_most_first(demo_desk: Desk) -> None:
    wide, linked, none = file_some(demo_desk)
    app = enter(demo_desk, "team_lead", "gaps", view="ranking")
    placed, others = (table.value for table in app.dataframe)
    assert placed["ref"].tolist()[0] == wide
    assert placed["place"].tolist()[0].startswith("1")
    assert {linked, none} <= {*others["ref"]}


def _impact(desk: Desk, ref: str) -> AppTest:
    app = enter(desk, "team_lead", "gap", gap=ref, view="impact")
    assert not app.exception
    return app


def _reach(app: AppTest) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if "partners" in table.value)
