"""What leaves the desk with a heatmap: the same figures, nothing a spreadsheet runs, on the record."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.charts.heat_picture import heat_svg
from core.desk.boot import Desk
from core.desk.heat_export import heatmap_csv, take_heatmap
from core.desk.sessions import person_of_token, sign_in
from core.errors import Refused
from core.risk.heat_ask import BEFORE, WEEK, HeatmapAsk, Measure
from core.storage.trail import audit_entries
from core.ui.risk.heat_drawing import drawn, scale_of
from core.ui.risk.heat_words import title
from tests.support.program import DEMO_PASSWORD
from tests.support.visits import demo_desk, demo_template

__all__ = ["demo_desk", "demo_template"]


def lead(desk: Desk) -> Person:
    person = person_of_token(desk, sign_in(desk, "lead", DEMO_PASSWORD).token)
    assert person is not None
    return person


@pytest.mark.parametrize("measure", list(Measure))
def test_the_data_are_those_of_the_picture(demo_desk: Desk, measure: Measure) -> None:
    ask = HeatmapAsk("platform", "tier", 13, measure, against=BEFORE)
    view = take_heatmap(demo_desk, lead(demo_desk), CaseFilter(), ask, "UTC", "csv")
    lines = list(csv.DictReader(io.StringIO(heatmap_csv(view))))
    cells = view.heat.cells
    assert [line["row: platform"] for line in lines] == cells["row"].tolist()
    assert [int(line["observed"]) for line in lines] == cells["observed"].tolist()
    assert {line["from"] for line in lines} == {view.mondays[0].isoformat()}
    assert all("observed_before" in line for line in lines)


def test_a_value_that_a_spreadsheet_would_run_is_escaped(demo_desk: Desk) -> None:
    view = take_heatmap(
        demo_desk, lead(demo_desk), CaseFilter(), HeatmapAsk("tier", WEEK, 4), "UTC", "csv"
    )
    cells = view.heat.cells.assign(row="=1+1")
    text = heatmap_csv(replace(view, heat=replace(view.heat, cells=cells)))
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_every_download_is_on_the_record_and_not_for_everybody(demo_desk: Desk) -> None:
    person = lead(demo_desk)
    ask = HeatmapAsk("platform", "tier", 4)
    view = take_heatmap(demo_desk, person, CaseFilter(text="fraud"), ask, "UTC", "svg")
    with demo_desk.store.read() as connection:
        (entry,) = audit_entries(connection, act="risk.export")
    assert (entry.act, entry.actor, entry.subject) == ("risk.export", "lead", "heatmap")
    assert entry.details["cases"] == view.cases
    assert "fraud" not in str(entry.details)
    with pytest.raises(Refused):
        take_heatmap(demo_desk, replace(person, role="viewer"), CaseFilter(), ask, "UTC", "csv")


@pytest.mark.parametrize("measure", list(Measure))
def test_the_picture_has_every_cell_and_asks_nobody(demo_desk: Desk, measure: Measure) -> None:
    ask = HeatmapAsk("platform", "tier", 13, measure)
    view = take_heatmap(demo_desk, lead(demo_desk), CaseFilter(), ask, "UTC", "svg")
    drawing = drawn(view)
    text = heat_svg(drawing, scale_of(view), title(view), ["a & b < c"])
    tree = ET.fromstring(text)  # noqa: S314 -- our own
    names = [found.text for found in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert len(names) == len(drawing.frame)
    assert "href" not in text
    assert "url(" not in text
