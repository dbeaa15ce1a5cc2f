"""What a heatmap counts is what the queue shows: over roles, filters, dimensions and time zones."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk, open_desk
from core.desk.queue import queue_view
from core.desk.risk import DIMENSIONS, HeatmapView, heatmap_view, usable
from core.desk.sessions import person_of_token, sign_in
from core.errors import Refused
from core.risk.heatmap import WEEK, HeatmapAsk
from core.settings import Settings
from tests.support.program import DEMO_PASSWORD
from tests.support.stores import sqlite_url
from tests.support.visits import DEMO_PEOPLE, demo_template

__all__ = ["demo_template"]
ROLES = ("team_lead", "analyst", "partner_manager", "viewer", "auditor")
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland")
FILTERS = (
    CaseFilter(),
    CaseFilter(priority=("P1", "P2"), segment=Segment.ALL),
    CaseFilter(platform=("instagram",), market=("BR", "DE", "")),
    CaseFilter(text="account", requester_kind=("partner",)),
)
SEED = 4


@pytest.fixture(scope="module")
def demo_desk(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all: nothing here writes to its cases."""
    folder = tmp_path_factory.mktemp("heatmaps")
    shutil.copy(demo_template, folder / "desk.db")
    desk = open_desk(Settings(database_url=sqlite_url(folder), local_dir=folder))
    yield desk
    desk.snapshot.close()
    desk.store.close()


def person_of(desk: Desk, role: str) -> Person:
    token = sign_in(desk, DEMO_PEOPLE[role], DEMO_PASSWORD).token
    person = person_of_token(desk, token)
    assert person is not None
    return person


def total(desk: Desk, person: Person, filter_: CaseFilter) -> int:
    return queue_view(desk, person, filter_, facets=()).total


def check_cells(desk: Desk, person: Person, view: HeatmapView, draw: random.Random) -> int:
    cells = view.heat.cells
    filled = cells.index[cells["observed"] > 0].tolist()
    some = draw.sample(filled, min(4, len(filled))) + draw.sample(range(len(cells)), 1)
    for place in some:
        cell = cells.loc[place]
        found = total(desk, person, view.cell_filter(cell["row"], cell["column"]))
        assert found == cell["observed"], (view.ask, cell["row"], cell["column"])
    return int(cells["observed"].sum())


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_opens_as_many_cases_as_it_counts(demo_desk: Desk, role: str) -> None:
    draw = random.Random(f"{SEED} {role}")
    person = person_of(demo_desk, role)
    seen = 0
    for filter_ in draw.sample(FILTERS, 2):
        rows, columns = draw.sample([*DIMENSIONS, WEEK], 2)
        ask = usable(HeatmapAsk(rows, columns, draw.choice((4, 13))))
        view = heatmap_view(demo_desk, person, filter_, ask, draw.choice(ZONES))
        seen += check_cells(demo_desk, person, view, draw)
    assert seen


def test_rows_columns_and_weeks_open_what_they_count(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    view = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("platform", "tier", 13))
    assert view.left_out == 0
    for row in view.heat.rows.to_dict("records"):
        found = total(demo_desk, person, view.cell_filter(row["value"], whole="row"))
        assert found == row["observed"]
    for column in view.heat.columns.to_dict("records"):
        found = total(demo_desk, person, view.cell_filter(column=column["value"], whole="column"))
        assert found == column["observed"]
    weeks = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("platform", WEEK, 13))
    assert list(weeks.heat.columns["value"]) == [day.isoformat() for day in weeks.mondays]
    assert weeks.heat.total["observed"] == view.heat.total["observed"]


def test_a_heatmap_keeps_the_filter_but_decides_dates_and_states_itself(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    asked = CaseFilter(market=("BR",), priority=("P1",), age_over=60)
    view = heatmap_view(demo_desk, person, asked, HeatmapAsk("market", "channel", 4))
    assert view.filter == CaseFilter(
        segment=Segment.ALL, sort=view.filter.sort, priority=("P1",), zone=view.filter.zone
    )


def test_what_is_no_heatmap_becomes_the_nearest_that_is() -> None:
    assert usable(HeatmapAsk("nonsense", "assignee", 99)) == usable(
        HeatmapAsk("abuse_type", "market", 4)
    )
    assert usable(HeatmapAsk("market", "market", 4)).columns == WEEK
    assert usable(HeatmapAsk(WEEK, "market", 4)).rows == "abuse_type"


def test_who_may_not_read_risk_is_refused(demo_desk: Desk) -> None:
    admin = replace(person_of(demo_desk, "team_lead"), role="admin")
    with pytest.raises(Refused):
        heatmap_view(demo_desk, admin, CaseFilter())
