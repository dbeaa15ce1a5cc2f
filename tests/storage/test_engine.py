"""Reads are consistent, writes are numbered, audited and leave nothing when they fail."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update

from core.audit.model import Draft
from core.errors import Refused
from core.storage.engine import Store, sqlite_file
from core.storage.tables import AuditRow, EntityRow, SavedViewRow
from core.storage.trail import audit_entries, verify

DRAFT = Draft("ana", "entity.add", "entity", {"kind": "url"})


def add_entity(store: Store, value: str) -> int:
    with store.write(DRAFT) as write:
        write.connection.execute(insert(EntityRow).values(kind="url", value=value))
        return write.seq


def add_and_fail(store: Store) -> None:
    with store.write(DRAFT) as write:
        write.connection.execute(insert(EntityRow).values(kind="url", value="lost"))
        raise RuntimeError


def entities(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(EntityRow.value).order_by(EntityRow.id)).scalars())


def test_writes_are_numbered_in_the_order_of_their_commits(bare_store: Store) -> None:
    assert [add_entity(bare_store, v) for v in "abc"] == [1, 2, 3]
    assert bare_store.seq() == 3


def test_a_failed_write_leaves_neither_row_nor_entry_nor_number(bare_store: Store) -> None:
    with pytest.raises(RuntimeError):
        add_and_fail(bare_store)
    assert entities(bare_store) == []
    assert bare_store.seq() == 0
    with bare_store.read() as connection:
        assert audit_entries(connection) == []


def test_a_reader_keeps_the_state_it_began_with(bare_store: Store) -> None:
    add_entity(bare_store, "before")
    with bare_store.read() as connection:
        count = text("SELECT count(*) FROM entities")
        assert connection.execute(count).scalar_one() == 1
        add_entity(bare_store, "meanwhile")
        assert connection.execute(count).scalar_one() == 1
    assert entities(bare_store) == ["before", "meanwhile"]


def test_writers_in_several_threads_all_get_through(bare_store: Store) -> None:
    threads = [threading.Thread(target=add_entity, args=(bare_store, str(n))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entities(bare_store), key=int) == [str(n) for n in range(12)]
    assert bare_store.seq() == 12
    with bare_store.read() as connection:
        assert verify(connection).count == 12


def test_details_found_during_the_write_stand_in_the_entry(bare_store: Store) -> None:
    with bare_store.write(DRAFT) as write:
        write.details["count"] = 3
        write.subject = "entity 7"
    with bare_store.read() as connection:
        entry = audit_entries(connection)[0]
    assert entry.details == {"kind": "url", "count": 3}
    assert (entry.subject, entry.actor, entry.at) == ("entity 7", "ana", bare_store.clock.now())


def test_an_act_without_other_writes_is_recorded(bare_store: Store) -> None:
    bare_store.record(Draft("ana", "case.export", "queue", {"rows": 12}))
    with bare_store.read() as connection:
        assert [e.act for e in audit_entries(connection, act="case.export")] == ["case.export"]


def test_verification_names_the_first_entry_that_was_changed(bare_store: Store) -> None:
    for value in "abcd":
        add_entity(bare_store, value)
    with bare_store.engine.begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.id >= 3).values(actor="eve"))
    with bare_store.read() as connection:
        verification = verify(connection)
    assert (verification.holds, verification.broken_id, verification.count) == (False, 3, 2)


def test_verification_notices_entries_missing_at_the_end(bare_store: Store) -> None:
    for value in "abc":
        add_entity(bare_store, value)
    with bare_store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE id = 3"))
    with bare_store.read() as connection:
        verification = verify(connection)
    assert (verification.broken_id, verification.count) == (3, 2)


def test_a_generated_key_is_handed_back(bare_store: Store) -> None:
    with bare_store.write(DRAFT) as write:
        key = write.connection.execute(
            insert(SavedViewRow).values(owner="ana", page="queue", name="x", created_at=1)
        ).inserted_primary_key
    assert key is not None
    assert key[0] == 1


def test_a_writer_that_has_waited_too_long_is_refused_and_told_why(bare_store: Store) -> None:
    def wait_shortly(connection: Any, _entry: object) -> None:
        on_sqlite = bare_store.dialect == "sqlite"
        connection.execute("PRAGMA busy_timeout = 50" if on_sqlite else "SET lock_timeout = 50")
        connection.commit()

    bare_store.close()
    event.listen(bare_store.engine, "connect", wait_shortly)
    with bare_store.write(DRAFT), pytest.raises(Refused, match="still being saved"):
        bare_store.record(DRAFT)
    assert bare_store.seq() == 1


def test_the_embedded_file_is_for_its_owner_only(bare_store: Store) -> None:
    if bare_store.dialect == "sqlite":
        assert sqlite_file(bare_store).stat().st_mode & 0o077 == 0
