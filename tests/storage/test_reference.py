"""The versioned rules enter the store once and are never rewritten."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from core.clock import to_micros
from core.errors import Broken
from core.settings import REFERENCE_DIR
from core.sla.policies import read_book
from core.storage.engine import Store
from core.storage.reference import clause_versions, clauses, load_book, seed_reference
from core.storage.tables import SlaPolicyRow

BEFORE, FIRST, SECOND = (datetime(year, 6, 1, tzinfo=UTC) for year in (2022, 2024, 2025))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the reference data to edit."""
    for name in ("clauses.csv", "sla"):
        source = REFERENCE_DIR / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / "reference" / name)
        else:
            (tmp_path / "reference").mkdir(exist_ok=True)
            shutil.copy(source, tmp_path / "reference" / name)
    return tmp_path / "reference"


def test_the_book_of_the_store_is_the_book_of_the_files(store: Store) -> None:
    held, read = load_book(store), read_book()
    assert held.policies == read.policies
    assert held.calendars == read.calendars
    assert held.regions == read.regions


def test_an_empty_store_has_no_book(bare_store: Store) -> None:
    with pytest.raises(Broken):
        load_book(bare_store)


def test_seeding_twice_adds_nothing(bare_store: Store) -> None:
    assert seed_reference(bare_store) > 0
    seq = bare_store.seq()
    assert seed_reference(bare_store) == 0
    assert bare_store.seq() == seq


def test_an_edited_version_stays_as_it_was_and_a_new_one_is_added(
    bare_store: Store, folder: Path
) -> None:
    seed_reference(bare_store, folder)
    before = load_book(bare_store, folder)
    policies = folder / "sla" / "policies.yaml"
    held = policies.read_text("utf-8")
    body = held.split("versions:\n", 1)[1]
    newer = body.replace("standard-1", "standard-2").replace("2000-01-01", "2030-01-01", 1)
    edited = body.replace("reopen_days: 14", "reopen_days: 3")
    policies.write_text(f"versions:\n{edited}\n{newer}", "utf-8")
    assert seed_reference(bare_store, folder) == 1
    after = load_book(bare_store, folder)
    assert after.policies[0] == before.policies[0]
    assert [p.id for p in after.policies] == ["standard-1", "standard-2"]
    with bare_store.read() as connection:
        assert len(connection.execute(select(SlaPolicyRow.version)).all()) == 2


def test_a_clause_is_read_in_the_version_of_a_moment(store: Store) -> None:
    with store.read() as connection:
        versions = {
            at.year: [c.version for c in clauses(connection, key="CH-2", at=at)]
            for at in (BEFORE, FIRST, SECOND)
        }
        assert len(clauses(connection, key="CH-2")) == 2
    assert versions == {2022: [], 2024: ["1.0"], 2025: ["2.0"]}


def test_versions_are_found_for_whole_columns(store: Store) -> None:
    with store.read() as connection:
        table = clause_versions(connection)
    keys = pd.Series(["CH-2", "CH-2", "CH-2", "", "unknown"], dtype="str")
    moments = np.array([to_micros(at) for at in (BEFORE, FIRST, SECOND, FIRST, FIRST)])
    assert table.in_force(keys, moments) == ["", "1.0", "2.0", "", ""]
