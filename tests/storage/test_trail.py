"""The audit record is read from the newest down, by actor, act and subject."""

from __future__ import annotations

from sqlalchemy import text

from core.audit.model import Draft
from core.storage.engine import Store
from core.storage.trail import audit_entries, verify


def fill(store: Store) -> None:
    for actor, act, subject in (
        ("ana", "case.read", "E-000001"),
        ("ben", "case.read", "E-000001"),
        ("ana", "case.export", "queue"),
    ):
        store.record(Draft(actor, act, subject))


def test_entries_are_filtered_and_paged(bare_store: Store) -> None:
    fill(bare_store)
    with bare_store.read() as connection:
        assert [e.id for e in audit_entries(connection)] == [3, 2, 1]
        assert [e.id for e in audit_entries(connection, actor="ana")] == [3, 1]
        assert [e.id for e in audit_entries(connection, act="case.read")] == [2, 1]
        assert [e.id for e in audit_entries(connection, subject="E-000001", limit=1)] == [2]
        assert [e.id for e in audit_entries(connection, before_id=2)] == [1]


def test_details_that_are_no_longer_readable_break_the_chain_there(bare_store: Store) -> None:
    fill(bare_store)
    with bare_store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET details = '{oops' WHERE id = 2"))
    with bare_store.read() as connection:
        assert verify(connection).broken_id == 2


def test_a_record_without_its_head_does_not_hold(bare_store: Store) -> None:
    with bare_store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    with bare_store.read() as connection:
        assert not verify(connection).holds
