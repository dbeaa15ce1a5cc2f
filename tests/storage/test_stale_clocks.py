"""A service rule that takes effect moves the due times of open cases, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection, select

from core.audit.model import Draft
from core.clock import FixedClock, to_micros
from core.demo import generate
from core.sla.model import SlaBook, Target, Targets
from core.sla.policies import read_book
from core.storage.admit import Admission
from core.storage.engine import Store
from core.storage.stale_clocks import DUE, is_stale, refresh_clocks, stale_clocks
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of
from core.storage.trail import verify

CASES = table_of(CaseRow)
DRAFT = Draft("test", "clocks.refresh", "open cases")


@pytest.fixture
def filled(store: Store, clock: FixedClock) -> Store:
    book = read_book()
    with store.write(Draft("test", "demo.create", "demo")) as write:
        admission = Admission(write, None, book)
        for part in generate(300, 5, clock.now(), book).batches():
            admission.cases(part.cases, part.events, part.entities)
    return store


def with_stricter_version(book: SlaBook, clock: FixedClock) -> SlaBook:
    """The same rules, and from an hour from now on 20 minutes for every promise there is."""
    last, soon = book.policies[-1], Target(timedelta(minutes=20))
    strict = {
        key: Targets(*(one and soon for one in (each.frt, each.nrt, each.upd, each.ttr)))
        for key, each in last.targets.items()
    }
    begins = clock.now() + timedelta(hours=1)
    later = replace(last, id="strict", effective_from=begins, targets=strict)
    return SlaBook((*book.policies, later), book.calendars, book.regions)


def dues(connection: Connection) -> dict[int, tuple[Any, ...]]:
    rows = connection.execute(select(CASES.c.id, *(CASES.c[name] for name in DUE)))
    return {row[0]: tuple(row[1:]) for row in rows}


def test_time_alone_makes_no_due_time_stale(filled: Store, clock: FixedClock) -> None:
    book = read_book()
    for wait in (timedelta(), timedelta(hours=7), timedelta(days=9)):
        clock.advance(wait)
        with filled.read() as connection:
            assert not is_stale(connection, filled.dialect, book, to_micros(clock.now()))


def test_a_version_that_takes_effect_moves_what_is_due(filled: Store, clock: FixedClock) -> None:
    book = with_stricter_version(read_book(), clock)
    with filled.read() as connection:
        assert not is_stale(connection, filled.dialect, book, to_micros(clock.now()))
        before = dues(connection)
        count_open = len(connection.execute(select(CASES.c.id).where(CASES.c.owner != "")).all())
    clock.advance(timedelta(hours=2))
    with filled.write(DRAFT) as write:
        refreshed = refresh_clocks(write, book)
    assert count_open / 2 < refreshed <= count_open
    with filled.read() as connection:
        assert not is_stale(connection, filled.dialect, book, to_micros(clock.now()))
        moved = [id_ for id_, due in dues(connection).items() if due != before[id_]]
        rows = connection.execute(select(CASES.c.id, CASES.c.policy_version, CASES.c.version))
        told = {row.id: row for row in rows}
        assert verify(connection).holds
    assert len(moved) == refreshed
    assert {told[id_].policy_version for id_ in moved} == {"strict"}
    assert {told[id_].version for id_ in moved} == {2}
    with filled.write(DRAFT) as write:
        assert refresh_clocks(write, book) == 0


def test_cases_with_an_event_since_the_version_began_are_not_looked_at(
    filled: Store, clock: FixedClock
) -> None:
    book = with_stricter_version(read_book(), clock)
    begins = to_micros(book.policies[-1].effective_from)
    clock.advance(timedelta(hours=2))
    at = to_micros(clock.now())
    with filled.read() as connection:
        assert is_stale(connection, filled.dialect, book, at, told_before=begins)
        assert not is_stale(connection, filled.dialect, book, at, told_before=0)


def test_portions_find_the_same_as_one(filled: Store, clock: FixedClock) -> None:
    book = with_stricter_version(read_book(), clock)
    clock.advance(timedelta(hours=2))
    found = []
    with filled.read() as connection:
        for at_once in (7, 5_000):
            at = to_micros(clock.now())
            parts = stale_clocks(connection, filled.dialect, book, at, at_once=at_once)
            found.append([(id_, *row) for part in parts for id_, row in rows_of(part)])
    assert found[0] == found[1]


def rows_of(part: pd.DataFrame) -> list[tuple[int, tuple[Any, ...]]]:
    return [
        (int(id_), tuple(map(str, row)))
        for id_, row in zip(part.index, part.to_numpy(), strict=True)
    ]
