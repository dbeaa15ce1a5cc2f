"""Who got worse in demo worlds: the planted partner first, its planted cause first, and its cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.boot import Desk, open_desk
from core.desk.health_book import book_change, health_book, today_of
from core.desk.health_moves import movers
from core.desk.queue import look_of
from core.desk.workspace import TRUTH_FILE, create_demo
from core.settings import Settings
from core.storage.queue import count, with_grants
from tests.support.rows import NOW
from tests.support.stores import MONDAY_MORNING, sqlite_url

LEAD = Person("ana", "Ana", "team_lead", zone="Asia/Tokyo")
TODAY = today_of(NOW)
WORLDS = [(12_000, 7), (12_000, 11), (20_000, 3)]


@pytest.fixture(scope="module", params=WORLDS, ids=str)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Any]]:
    """A demo world and what was planted into it."""
    folder: Path = tmp_path_factory.mktemp("moves")
    desk = open_desk(
        Settings(database_url=sqlite_url(folder), local_dir=folder), FixedClock(MONDAY_MORNING)
    )
    size, seed = request.param
    create_demo(desk, size, seed=seed)
    planted = json.loads((folder / TRUTH_FILE).read_text("utf-8"))["partner_in_decline"]
    yield desk, planted
    desk.snapshot.close()
    desk.store.close()


def test_the_declining_partner_comes_first_with_its_cause_first(world: tuple[Desk, Any]) -> None:
    desk, planted = world
    with desk.snapshot.reading() as reading:
        first = movers(reading, TODAY, None, 5)[0]
    assert first.name == planted["partner"]
    assert first.mover.sure
    assert planted["clock"] == "frt"
    assert first.mover.causes[0].name == "sla_attainment"
    (dimension, value), *_ = planted["cause"].items()
    assert (first.parts[0].dimension, first.parts[0].value) == (dimension, value)
    assert first.parts[0].points < first.mover.causes[0].part / 2


def test_a_part_opens_its_cases(world: tuple[Desk, Any]) -> None:
    desk, _ = world

    def total(chosen: CaseFilter) -> int:
        look, _ = look_of(desk, LEAD, chosen)
        with desk.snapshot.reading() as reading:
            return count(reading, chosen, with_grants(reading, look))

    with desk.snapshot.reading() as reading:
        parts = [part for one in movers(reading, TODAY, None, 5) for part in one.parts]
    assert parts
    for part in parts:
        assert total(part.of) == part.after_of
        assert total(part.hits) == part.after_hits


def test_only_partners_in_scope_are_named(world: tuple[Desk, Any]) -> None:
    desk, _ = world
    with desk.snapshot.reading() as reading:
        everybody = movers(reading, TODAY, None, 10)
        mine = {everybody[-1].partner_id, 10**6}
        found = movers(reading, TODAY, mine, 10)
        assert movers(reading, TODAY, set(), 10) == ()
    assert [one.partner_id for one in found] == [everybody[-1].partner_id]
    assert found[0].mover == everybody[-1].mover


def test_movers_tell_the_change_of_the_books(world: tuple[Desk, Any]) -> None:
    desk, _ = world
    with desk.snapshot.reading() as reading:
        found = movers(reading, TODAY, None, 10)
        after = health_book(reading, TODAY)
        before = health_book(reading, found[0].before_day)
        change = book_change(before, after, reading)
    for one in found:
        place = after.place(one.partner_id)
        assert place == one.mover.partner
        assert one.mover.total == change.total[place]
        parts = change.parts[place]
        assert sum(c.part for c in one.mover.causes) == pytest.approx(parts[parts < 0].sum())
    known = np.isfinite(change.total)
    np.testing.assert_allclose(change.parts[known].sum(axis=1), change.total[known], atol=1e-9)
