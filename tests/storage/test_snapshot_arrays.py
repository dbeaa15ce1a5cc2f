"""What the arrays of the snapshot say is what DuckDB says of the same expressions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from sqlalchemy import ColumnElement, Table, func, select, true

from core.access.model import Scope
from core.cases.filter import DIMENSIONS, CaseFilter, Flag, Segment, Sort, Whose
from core.cases.model import Viewer
from core.sla.model import SlaBook
from core.storage.engine import Store
from core.storage.queue_conditions import (
    Found,
    GapCases,
    Look,
    conditions,
    dimension,
    has_flag,
    in_segment,
    order_key,
    share_used,
)
from core.storage.snapshot import Reading, Snapshot
from core.storage.snapshot.columns import Coded, Column
from core.storage.snapshot.tables import CASES, OPEN_CASES, is_recent
from tests.support.rows import (
    ALWAYS_OPEN,
    DAY,
    NOW,
    ORIGIN,
    a_partner,
    grant,
    random_cases,
    remove_case,
    store_cases,
    store_partners,
)

SCOPE = Scope("ana", "analyst", frozenset({1, 2, 3}), True, True, False, False)
LOOK = Look(
    SCOPE, Viewer("ana", "red"), NOW, ((ALWAYS_OPEN, NOW - ORIGIN),), 0.75, Found((1, 2, 3, 9))
)
FILTERS = [
    *(CaseFilter(segment=segment) for segment in Segment),
    *(CaseFilter(flags=(flag,)) for flag in Flag),
    CaseFilter(priority=("P0", "P1"), market=("NA",), partner=("P-0001", ""), whose=(Whose.ME,)),
    CaseFilter(sla_frt=("breached",), sla_ttr=("running", "paused"), assignee=("nobody",)),
    CaseFilter(channel=(*(f"c{i}" for i in range(9)), "phone", "chat")),
    CaseFilter(due_within=600, age_over=60, age_under=60 * 24 * 40),
    CaseFilter(segment=Segment.ALL, resolved_from=date(2026, 2, 1), responded_to=date(2026, 2, 27)),
]


@pytest.fixture
def reading(store: Store) -> Iterator[Reading]:
    store_partners(store, *(a_partner(i) for i in range(1, 6)))
    cases = random_cases(300, seed=5, open_share=0.6)
    store_cases(store, *cases)
    secret = [case["id"] for case in cases if case["restriction"] == "restricted"]
    for id_ in secret[::2]:
        grant(store, id_, "person", "ana")
    snapshot = Snapshot(store, SlaBook((), {}))
    with snapshot.reading() as opened:
        yield opened
    snapshot.close()


def in_sql(reading: Reading, condition: ColumnElement[bool]) -> list[int]:
    statement = select(CASES.c.id).where(condition).order_by(CASES.c.id)
    return [row[0] for row in reading.rows(statement)]


def in_arrays(reading: Reading, condition: ColumnElement[bool]) -> list[int]:
    rows = reading.evaluator(CASES)
    return sorted(rows.ids[rows.mask(condition)].tolist())


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_every_condition_picks_the_same_cases(reading: Reading) -> None:
    gap = GapCases(Found((1, 5, 400)), CaseFilter(segment=Segment.ALL, market=("NA", "DE")))
    looks = [LOOK, LOOK.__class__(SCOPE, LOOK.viewer, NOW, LOOK.worked, 0.75, gap=gap)]
    picked = 0
    for look in looks:
        for chosen in FILTERS:
            for name, condition in conditions(chosen, CASES, look).items():
                found = in_sql(reading, condition)
                assert in_arrays(reading, condition) == found, (chosen, name)
                picked += bool(found)
    assert picked > len(FILTERS)


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_flags_and_segments_pick_the_same_open_cases(reading: Reading) -> None:
    tests = [has_flag(flag, OPEN_CASES, LOOK) for flag in Flag]
    tests += [in_segment(segment, OPEN_CASES, LOOK) for segment in Segment]
    for condition in tests:
        rows = reading.evaluator(OPEN_CASES)
        statement = select(func.count()).select_from(OPEN_CASES).where(condition)
        assert np.count_nonzero(rows.mask(condition)) == reading.rows(statement)[0][0]


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_orders_and_shares_come_out_the_same(reading: Reading) -> None:
    for sort in Sort:
        key = order_key(sort, CASES, LOOK)
        rows = reading.evaluator(CASES)
        expected = dict(reading.rows(select(CASES.c.id, key.label("place"))))
        mine = rows.numbers(key).numbers.tolist()
        assert dict(zip(rows.ids.tolist(), mine, strict=True)) == expected
    share = share_used(CASES, LOOK)
    rows = reading.evaluator(CASES)
    numbers = rows.numbers(share)
    assert numbers.known is not None
    expected = dict(reading.rows(select(CASES.c.id, share.label("part"))))
    for id_, number, known in zip(rows.ids, numbers.numbers, numbers.known, strict=True):
        assert (number if known else None) == expected[int(id_)]


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_dimensions_have_the_same_values(reading: Reading) -> None:
    for name in DIMENSIONS:
        expression = dimension(name, CASES, LOOK)
        rows = reading.evaluator(CASES)
        column = rows.column(expression)
        if isinstance(column, Coded):
            mine = [column.values[code] for code in column.codes]
        else:
            known = rows.mask(true()) if column.known is None else column.known
            mine = [n if k else None for n, k in zip(column.numbers, known, strict=True)]
        expected = dict(reading.rows(select(CASES.c.id, expression.label("name"))))
        assert dict(zip(rows.ids.tolist(), mine, strict=True)) == expected


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_arrays_follow_every_change_in_step(store: Store) -> None:
    rng = np.random.default_rng(11)
    pool = {case["id"]: case for case in random_cases(80, seed=3, open_share=0.5)}
    store_cases(store, *list(pool.values())[:40])
    snapshot = Snapshot(store, SlaBook((), {}))
    since = NOW - 20 * DAY
    for step in range(12):
        for id_ in rng.choice(80, size=3, replace=False) + 1:
            if rng.random() < 0.3:
                remove_case(store, int(id_))
            else:
                change = {"assignee": f"somebody {step}", "received_at": int(NOW - id_ * DAY)}
                store_cases(store, {**pool[int(id_)], **change})
        if step % 4 == 3:
            continue  # the arrays come back after more than one version
        with snapshot.reading() as reading:
            for table, begins in ((CASES, None), (OPEN_CASES, None), (CASES, since)):
                check_in_step(reading, table, begins)
    snapshot.close()


def check_in_step(reading: Reading, table: Table, since: int | None) -> None:
    rows = reading.evaluator(table, since)
    shown = {name: rows.column(table.c[name]) for name in ("assignee", "received_at", "ended_at")}
    statement = select(table.c.id, *(table.c[name] for name in shown)).order_by(table.c.id)
    if since is not None:
        statement = statement.where(is_recent(table, since))
    mine = {}
    for place, id_ in enumerate(rows.ids.tolist()):
        mine[id_] = tuple(_plain(column, place) for column in shown.values())
    assert mine == {row[0]: row[1:] for row in reading.rows(statement)}


def _plain(column: Column, place: int) -> object:
    if isinstance(column, Coded):
        return column.values[column.codes[place]]
    known = column.known is None or column.known[place]
    return int(column.numbers[place]) if known else None
