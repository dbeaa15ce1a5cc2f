"""A backup of either store fills an empty one of either kind, and a damaged file changes nothing."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from core.audit.model import Draft
from core.clock import FixedClock
from core.errors import BadInput, Refused
from core.settings import Settings
from core.storage.backup import BackupResult, backup, restore
from core.storage.engine import Store, open_store
from core.storage.schema import migrate
from core.storage.tables import AuditHeadRow, AuditRow, Base, SequenceRow, SessionRow, UserRow
from core.storage.trail import audit_entries
from tests.storage.builders import Door, a_case, an_event
from tests.support.postgres import Postgres
from tests.support.stores import sqlite_url

# These go on after a backup, because taking one is an act itself.
MOVING = {AuditRow.__tablename__, AuditHeadRow.__tablename__, SequenceRow.__tablename__}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """An empty store of each kind to restore into."""
    (tmp_path / "target").mkdir()
    url = sqlite_url(tmp_path / "target")
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.url(server.create())
    opened = open_store(Settings(database_url=url, local_dir=tmp_path), clock)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def lived_in(door: Door) -> Door:
    """A store in which things have happened."""
    spoken = [an_event("received"), an_event("reply", after=1, text="Hello 東京")]
    door.admit(a_case(1, events=spoken, partner="Nord", csat=5), a_case(2, entities=[("url", "x")]))
    door.admit(a_case(1, title="Renamed 'quoted'"))
    with door.store.write(Draft("ana", "person.add", "ben")) as write:
        write.connection.execute(insert(UserRow).values(username="ben", created_at=write.at))
        session = {"user_id": 1, "created_at": 1, "seen_at": 1, "expires_at": 2}
        write.connection.execute(insert(SessionRow).values(token_hash="t", **session))
    return door


def content(store: Store) -> dict[str, list[Any]]:
    tables = [t for t in Base.metadata.sorted_tables if t.name not in MOVING]
    with store.read() as connection:
        return {
            t.name: [tuple(row) for row in connection.execute(select(t).order_by(*t.primary_key))]
            for t in tables
        }


def test_everything_but_sessions_comes_back_on_either_kind(
    lived_in: Door, target: Store, tmp_path: Path
) -> None:
    written = backup(lived_in.store, tmp_path / "desk.tar.gz", "ada")
    result = restore(target, tmp_path / "desk.tar.gz", "ada")
    assert isinstance(result, BackupResult)
    assert (result.rows, result.audit.holds) == (written.rows, True)
    assert content(target) == content(lived_in.store) | {"sessions": []}
    with target.read() as connection:
        acts = [entry.act for entry in audit_entries(connection, limit=2)]
    assert acts == ["store.restore", "person.add"]


def test_a_restored_store_is_searched_and_goes_on(
    lived_in: Door, target: Store, tmp_path: Path
) -> None:
    backup(lived_in.store, tmp_path / "desk.tar.gz", "ada")
    seen = lived_in.store.seq()
    restore(target, tmp_path / "desk.tar.gz", "ada")
    door = Door(target)
    assert (door.found("renamed"), door.found("case")) == (["T1"], ["T2"])
    assert target.seq() >= seen
    door.admit(a_case(3))
    assert door.case(3).ref == "E-000003"
    with target.write(Draft("ana", "person.add", "cy")) as write:
        write.connection.execute(insert(UserRow).values(username="cy", created_at=write.at))


def test_taking_a_backup_is_recorded_and_never_overwrites(lived_in: Door, tmp_path: Path) -> None:
    file = tmp_path / "desk.tar.gz"
    backup(lived_in.store, file, "ada")
    assert file.stat().st_mode & 0o077 == 0
    with lived_in.store.read() as connection:
        assert audit_entries(connection, limit=1)[0].act == "store.backup"
    with pytest.raises(Refused):
        backup(lived_in.store, file, "ada")


def test_a_store_in_use_is_not_overwritten(lived_in: Door, tmp_path: Path) -> None:
    backup(lived_in.store, tmp_path / "desk.tar.gz", "ada")
    with pytest.raises(Refused, match="not empty"):
        restore(lived_in.store, tmp_path / "desk.tar.gz", "ada")


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def turn_a_byte(file: Path) -> None:
    with tarfile.open(file) as tar:
        tar.extractall(file.parent / "open", filter="data")
    damaged = file.parent / "open" / "cases.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"123456789")
    with tarfile.open(file, "w:gz") as tar:
        for part in sorted((file.parent / "open").iterdir(), reverse=True):
            tar.add(part, arcname=part.name)


def replace_it(file: Path) -> None:
    file.write_text("this is no backup")


@pytest.mark.parametrize("damage", [shorten, turn_a_byte, replace_it])
def test_a_damaged_file_is_refused_and_changes_nothing(
    lived_in: Door, target: Store, tmp_path: Path, damage: Any
) -> None:
    file = tmp_path / "desk.tar.gz"
    backup(lived_in.store, file, "ada")
    damage(file)
    before = content(target)
    with pytest.raises(BadInput):
        restore(target, file, "ada")
    assert content(target) == before
