"""What a heatmap counts is what the queue shows: over roles, filters, dimensions and time zones."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk, open_desk
from core.desk.queue import queue_view
from core.desk.risk import DIMENSIONS, HeatmapView, heatmap_view
from core.desk.sessions import person_of_token, sign_in
from core.errors import Refused
from core.risk.cell_rules import cell_rules
from core.risk.heat_ask import (
    ALL,
    BEFORE,
    DAY,
    HOUR,
    RUNNING,
    TIMES,
    WEEK,
    WEEKDAY,
    HeatmapAsk,
    Measure,
    usable,
)
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
    """Some cells, a whole row, a whole column and the whole open as many cases as they count."""
    cells = view.heat.cells
    filled = cells.index[cells["observed"] > 0].tolist()
    some = draw.sample(filled, min(3, len(filled)))
    some += draw.sample(range(len(cells)), 1) if len(cells) else []
    counted = [
        (str(row), str(column), int(count))
        for row, column, count in cells.loc[some, ["row", "column", "observed"]].itertuples(
            index=False
        )
    ]
    for margin, is_row in ((view.heat.rows, True), (view.heat.columns, False)):
        if len(margin):
            side = margin.iloc[draw.randrange(len(margin))]
            key = (side["value"], ALL) if is_row else (ALL, side["value"])
            counted.append((*key, int(side["observed"])))
    for row, column, count in (*counted, (ALL, ALL, view.cases)):
        assert total(desk, person, view.cell_filter(row, column)) == count, (view.ask, row, column)
    return view.cases


def any_ask(draw: random.Random, measure: str = "") -> HeatmapAsk:
    rows, columns = draw.sample([*DIMENSIONS, *TIMES], 2)
    weeks = draw.choice((4, 13))
    end = draw.choice(("", "", RUNNING, "2026-08-10"))
    return HeatmapAsk(rows, columns, weeks, measure or draw.choice(list(Measure)), end)


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_opens_as_many_cases_as_it_counts(demo_desk: Desk, role: str) -> None:
    draw = random.Random(f"{SEED} {role}")
    person = person_of(demo_desk, role)
    seen = 0
    for measure in Measure:
        ask, filter_ = any_ask(draw, measure), draw.choice(FILTERS)
        view = heatmap_view(demo_desk, person, filter_, ask, draw.choice(ZONES))
        seen += check_cells(demo_desk, person, view, draw)
    assert seen


@pytest.mark.parametrize("axes", [(WEEKDAY, HOUR), ("market", DAY), (WEEK, "tier"), (DAY, HOUR)])
@pytest.mark.parametrize("zone", ZONES)
def test_times_open_what_they_count_in_every_zone(
    demo_desk: Desk, axes: tuple[str, str], zone: str
) -> None:
    person, draw = person_of(demo_desk, "team_lead"), random.Random(f"{axes} {zone}")
    for measure, end in ((Measure.CASES, ""), (Measure.BREACH, ""), (Measure.CASES, RUNNING)):
        ask = HeatmapAsk(*axes, 13, measure, end)
        view = heatmap_view(demo_desk, person, CaseFilter(), ask, zone)
        # Where a week has only just begun, nothing has come in.
        assert check_cells(demo_desk, person, view, draw) or end == RUNNING


def test_rows_columns_and_weeks_open_what_they_count(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    view = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("platform", "tier", 13))
    assert view.left_out == 0
    for row in view.heat.rows.to_dict("records"):
        assert total(demo_desk, person, view.cell_filter(row["value"])) == row["observed"]
    for column in view.heat.columns.to_dict("records"):
        found = total(demo_desk, person, view.cell_filter(column=column["value"]))
        assert found == column["observed"]
    weeks = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("platform", WEEK, 13))
    assert list(weeks.heat.columns["value"]) == [day.isoformat() for day in weeks.mondays]
    assert weeks.cases == view.cases


def test_values_without_room_are_counted_as_left_out(demo_desk: Desk) -> None:
    person, draw = person_of(demo_desk, "team_lead"), random.Random(SEED)
    hidden = 0
    for axes in (("partner", "market"), ("market", "partner"), ("clause", "language")):
        view = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk(*axes, 13))
        assert len(view.heat.rows) == cell_rules().shown_values
        assert view.left_out_cases == view.cases - int(view.heat.cells["observed"].sum())
        assert view.heat.cells["observed"].sum() > 0.1 * view.cases
        check_cells(demo_desk, person, view, draw)
        hidden += view.left_out_cases
    # In a small demo all cases of some weeks may have room.
    assert hidden > 0


def test_weeks_may_be_rows_as_well(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    across = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("tier", WEEK, 13))
    down = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk(WEEK, "tier", 13))
    turned = down.heat.cells.rename(columns={"row": "column", "column": "row"})
    names = ["row", "column", "observed", "expected", "ratio"]
    by = ["row", "column"]
    one, two = (f[names].sort_values(by, ignore_index=True) for f in (across.heat.cells, turned))
    assert one.equals(two[names])


def test_an_earlier_end_shows_what_that_week_showed(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    latest = heatmap_view(demo_desk, person, CaseFilter(), HeatmapAsk("tier", WEEK, 13))
    week = latest.mondays[-4]
    ask = HeatmapAsk("tier", WEEK, 4, end=week.isoformat())
    earlier = heatmap_view(demo_desk, person, CaseFilter(), ask)
    assert earlier.mondays[-1] == week
    keys = ["row", "column"]
    both = earlier.heat.cells.merge(latest.heat.cells, on=keys)
    assert len(both) == len(earlier.heat.cells)
    assert both["observed_x"].equals(both["observed_y"])


@pytest.mark.parametrize("measure", list(Measure))
def test_the_other_period_has_the_cases_that_it_had_by_itself(
    demo_desk: Desk, measure: Measure
) -> None:
    person = person_of(demo_desk, "team_lead")
    ask = HeatmapAsk("platform", "tier", 4, measure, against=BEFORE)
    view = heatmap_view(demo_desk, person, CaseFilter(), ask)
    assert view.before is not None
    alone = HeatmapAsk("platform", "tier", 4, measure, end=view.compared[-1].isoformat())
    earlier = heatmap_view(demo_desk, person, CaseFilter(), alone)
    assert earlier.mondays == view.compared
    for row, column, count in earlier.heat.cells[["row", "column", "observed"]].itertuples(
        index=False
    ):
        assert view.before[row, column] == count


def test_an_earlier_week_compared_with_itself_is_no_comparison(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    ask = HeatmapAsk("platform", "tier", 4, end="2026-08-10", against="2026-08-10")
    view = heatmap_view(demo_desk, person, CaseFilter(), ask)
    assert view.before is None
    assert not view.compared


def test_a_heatmap_keeps_the_filter_but_decides_dates_and_states_itself(demo_desk: Desk) -> None:
    person = person_of(demo_desk, "team_lead")
    asked = CaseFilter(market=("BR",), priority=("P1",), age_over=60)
    view = heatmap_view(demo_desk, person, asked, HeatmapAsk("market", "channel", 4))
    assert view.filter == CaseFilter(
        segment=Segment.ALL, sort=view.filter.sort, priority=("P1",), zone=view.filter.zone
    )


def test_what_is_no_heatmap_becomes_the_nearest_that_is() -> None:
    last = date(2026, 11, 9)

    def made(*parts: object, **more: str) -> HeatmapAsk:
        return usable(HeatmapAsk(*parts, **more), DIMENSIONS, last)  # type: ignore[arg-type]

    assert made("nonsense", "assignee", 99) == HeatmapAsk("abuse_type", "market", 4)
    assert made("market", "market", 4).columns == WEEK
    assert made(WEEK, DAY, 4).columns == "abuse_type"
    assert made(DAY, HOUR, 13).weeks == 4
    assert made("tier", HOUR, 13, end=RUNNING).weeks == 1
    assert made("tier", HOUR, 4, end="2026-10-14").end == "2026-10-12"
    assert made("tier", HOUR, 4, end="2026-11-09").end == ""
    assert made("tier", HOUR, 4, end="1990-01-01", against="x").against == ""
    assert made("tier", HOUR, 4, "noise").measure == Measure.CASES


def test_who_may_not_read_risk_is_refused(demo_desk: Desk) -> None:
    admin = replace(person_of(demo_desk, "team_lead"), role="admin")
    with pytest.raises(Refused):
        heatmap_view(demo_desk, admin, CaseFilter())
