"""The surges that the demo plants, as the desk shows each of their weeks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.assessments import history_of, subject_for
from core.desk.boot import Desk, open_desk
from core.desk.surges import surges_view
from core.settings import Settings
from tests.support.app import make_demo
from tests.support.stores import sqlite_url

CASES = 85_000  # enough for the planted slices to expect 30 a week
LEAD = Person("lead", "Lead", "team_lead")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    """A demo workspace, opened, and its folder."""
    folder = tmp_path_factory.mktemp("planted")
    make_demo(folder, CASES)
    desk = open_desk(Settings(database_url=sqlite_url(folder), local_dir=folder))
    yield desk, folder
    desk.snapshot.close()
    desk.store.close()


@pytest.mark.parametrize("number", range(3))
def test_a_planted_surge_is_the_first_finding_of_its_week(
    planted: tuple[Desk, Path], number: int
) -> None:
    desk, folder = planted
    truth = json.loads((folder / "demo_truth.json").read_text("utf-8"))["surges"][number]
    week = datetime.fromisoformat(truth["week_starts"]).date().isoformat()
    view = surges_view(desk, LEAD, CaseFilter(), week)
    assert not view.notices
    assert view.findings[0].sighting.finding.where() == truth["slice"]


def test_the_risk_on_the_register_is_the_finding_of_its_week(planted: tuple[Desk, Path]) -> None:
    desk, folder = planted
    truth = json.loads((folder / "demo_truth.json").read_text("utf-8"))["surges"][2]
    week = datetime.fromisoformat(truth["week_starts"]).date().isoformat()
    key = surges_view(desk, LEAD, CaseFilter(), week).findings[0].key
    subject = subject_for(desk, LEAD, "surge", key, "A title", CaseFilter())
    assert [line.outcome.verdict for line in history_of(desk, LEAD, subject)] == ["investigate"]
