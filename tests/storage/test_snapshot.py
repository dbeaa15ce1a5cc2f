"""The snapshot holds what the store holds, at one sequence number, and follows every change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from core.sla.model import SlaBook
from core.storage.engine import Store
from core.storage.snapshot import Snapshot
from core.storage.snapshot.tables import CASES, COPIED, OPEN_CASES, PARTNERS, STORED, SWITCHES
from core.storage.tables import CaseRow
from tests.support.rows import (
    a_case,
    a_finished_case,
    a_partner,
    grant,
    random_cases,
    remove_case,
    store_cases,
    store_partners,
    take_back,
)


@pytest.fixture
def snapshot(store: Store) -> Iterator[Snapshot]:
    opened = Snapshot(store, SlaBook((), {}))
    yield opened
    opened.close()


def held(snapshot: Snapshot, *names: str) -> list[tuple[Any, ...]]:
    with snapshot.reading() as reading:
        return reading.rows(select(*(CASES.c[n] for n in names)).order_by(CASES.c.id))


def open_ids(snapshot: Snapshot) -> list[int]:
    with snapshot.reading() as reading:
        return [row[0] for row in reading.rows(select(OPEN_CASES.c.id).order_by(OPEN_CASES.c.id))]


def test_an_empty_store_gives_an_empty_snapshot(snapshot: Snapshot) -> None:
    assert held(snapshot, "id") == []


def test_every_copied_column_equals_the_store(store: Store, snapshot: Snapshot) -> None:
    store_partners(store, *(a_partner(i) for i in range(1, 6)))
    store_cases(store, *random_cases(60, seed=1))
    with store.read() as connection:
        rows = connection.execute(
            select(*(STORED.c[name] for name in COPIED)).order_by(STORED.c.id)
        ).all()
    assert held(snapshot, *COPIED) == [tuple(row) for row in rows]
    assert all(isinstance(row[0], bool) for row in held(snapshot, SWITCHES[0]))


def test_family_region_category_and_end_are_worked_out(store: Store, snapshot: Snapshot) -> None:
    store_partners(store, a_partner(1, category="broadcaster"))
    store_cases(
        store,
        a_case(1, abuse_type="spam", market="NA", partner_id=1),
        a_finished_case(2, abuse_type="", market="", resolved_at=None, closed_at=7),
        a_case(3, abuse_type="not in the list", market="??", sla_upd="breached"),
    )
    names = ("abuse_family", "region", "partner_category", "ended_at", "has_breach")
    assert held(snapshot, *names) == [
        ("integrity", "EMEA", "broadcaster", None, False),
        ("", "", "", 7, False),
        ("", "", "", None, True),
    ]


def test_changes_removals_and_new_values_are_followed(store: Store, snapshot: Snapshot) -> None:
    store_cases(store, a_case(1), a_case(2), a_case(3))
    assert open_ids(snapshot) == [1, 2, 3]
    store_cases(store, a_finished_case(2, assignee="o'hara"), a_case(4, team="a new team"))
    remove_case(store, 3)
    assert open_ids(snapshot) == [1, 4]
    assert held(snapshot, "id", "assignee", "team") == [
        (1, "", ""),
        (2, "o'hara", ""),
        (4, "", "a new team"),
    ]


def test_a_partner_that_changes_category_takes_its_cases_along(
    store: Store, snapshot: Snapshot
) -> None:
    store_partners(store, a_partner(1))
    store_cases(store, a_case(1, partner_id=1))
    assert held(snapshot, "partner_category") == [("news_publisher",)]
    store_partners(store, a_partner(1, category="creator"))
    assert held(snapshot, "partner_category") == [("creator",)]


def test_a_reading_stays_at_its_number_while_writes_go_on(store: Store, snapshot: Snapshot) -> None:
    store_cases(store, a_case(1))
    statement = select(func.count()).select_from(CASES)
    with snapshot.reading() as reading:
        before = reading.rows(statement)
        store_cases(store, a_case(2, assignee="somebody new"))
        assert held(snapshot, "id") == [(1,), (2,)]
        assert reading.rows(statement) == before
        assert reading.version < snapshot.version


def test_a_failed_take_over_leaves_the_last_version_readable(
    store: Store, snapshot: Snapshot
) -> None:
    store_cases(store, a_case(1))
    version = snapshot.catch_up()
    with pytest.raises(ZeroDivisionError), snapshot.reading():
        raise ZeroDivisionError
    assert snapshot.catch_up() == version
    assert held(snapshot, "id") == [(1,)]


def test_a_large_change_is_taken_over_behind_the_reader(
    store: Store,
) -> None:
    snapshot = Snapshot(store, SlaBook((), {}), most_while_waiting=2)
    store_cases(store, a_case(1))
    held(snapshot, "id")
    store_cases(store, *(a_case(i) for i in range(2, 6)))
    with snapshot.reading() as reading:
        seen = reading.rows(select(func.count()).select_from(CASES))
        assert seen[0][0] in {1, 5}
    snapshot.catch_up(wait=True)
    assert len(held(snapshot, "id")) == 5


def test_a_store_that_was_put_back_is_read_anew(store: Store, snapshot: Snapshot) -> None:
    store_cases(store, a_case(1), a_case(2))
    held(snapshot, "id")
    snapshot.version += 50
    remove_case(store, 2)
    assert held(snapshot, "id") == [(1,)]


def test_grants_are_followed(store: Store, snapshot: Snapshot) -> None:
    store_cases(store, a_case(1, restriction="restricted"))
    held(snapshot, "id")
    grant(store, 1, "person", "ana")
    with snapshot.reading() as reading:
        assert reading.cursor.execute("SELECT * FROM grants").fetchall() == [(1, "person", "ana")]
    take_back(store, 1, "person", "ana")
    with snapshot.reading() as reading:
        assert reading.cursor.execute("SELECT * FROM grants").fetchall() == []


def kept(store: Store, folder: Path) -> Snapshot:
    return Snapshot(store, SlaBook((), {}), folder=folder, worth_keeping=1)


def test_a_kept_snapshot_goes_on_from_where_it_was(store: Store, tmp_path: Path) -> None:
    store_partners(store, a_partner(1))
    store_cases(store, a_case(1, partner_id=1, assignee="o'hara"), a_case(2), a_finished_case(3))
    first = kept(store, tmp_path / "kept")
    assert len(held(first, "id")) == 3
    first.close()
    assert (tmp_path / "kept" / "mark.json").exists()
    store_partners(store, a_partner(1, category="creator"))
    store_cases(store, a_finished_case(2, team="new"), a_case(4))
    remove_case(store, 3)
    second = kept(store, tmp_path / "kept")
    expected = [(1, "o'hara", "", "creator"), (2, "", "new", ""), (4, "", "", "")]
    assert held(second, "id", "assignee", "team", "partner_category") == expected
    assert open_ids(second) == [1, 4]
    second.close()


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_a_kept_snapshot_knows_its_partners_though_none_changed(
    store: Store, tmp_path: Path
) -> None:
    store_partners(store, a_partner(1))
    store_cases(store, a_case(1, partner_id=1), a_case(2))
    first = kept(store, tmp_path / "kept")
    assert len(held(first, "id")) == 2
    first.close()
    second = kept(store, tmp_path / "kept")
    with second.reading() as reading:
        assert reading.rows(select(PARTNERS.c.id, PARTNERS.c.ref)) == [(1, "P-0001")]
    second.close()


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("harm", ["another store", "damaged rows", "no mark", "a later number"])
def test_a_file_that_does_not_fit_is_not_used(store: Store, tmp_path: Path, harm: str) -> None:
    store_cases(store, a_case(1), a_case(2))
    first = kept(store, tmp_path / "kept")
    held(first, "id")
    first.close()
    mark = tmp_path / "kept" / "mark.json"
    told = json.loads(mark.read_text())
    if harm == "another store":
        mark.write_text(json.dumps({**told, "audit_hash": "0" * 64}))
    elif harm == "a later number":
        mark.write_text(json.dumps({**told, "seq": told["seq"] + 1000}))
    elif harm == "no mark":
        mark.write_text("{")
    else:
        (tmp_path / "kept" / "cases.parquet").write_bytes(b"PAR1")
    with store.engine.begin() as connection:
        connection.execute(delete(CaseRow).where(CaseRow.id == 1))  # past every tombstone
    second = kept(store, tmp_path / "kept")
    assert held(second, "id") == [(2,)]
    second.close()
