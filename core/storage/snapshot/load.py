"""Carries cases from the store of record into the snapshot, whole or as far as they changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Select, func, select

from core.storage.directory import lead_ids
from core.storage.snapshot.codes import Codes, widen
from core.storage.snapshot.tables import CODES, COPIED, DERIVED_CODES, NUMBERS, STORED, SWITCHES
from core.storage.tables import CaseGrantRow, PartnerRow, SequenceRow, TombstoneRow
from core.taxonomy import taxonomy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 20_000
PARTNER_NAMES = ("id", "ref", "name", "category", "lead_id")  # what statements ask for
_TOMBSTONES = TombstoneRow.__table__.c
_SEQ = SequenceRow.__table__.c
_PARTNERS = PartnerRow.__table__.c
_GRANTS = CaseGrantRow.__table__.c

_ENTER = f"""
INSERT INTO cases BY NAME
SELECT {", ".join(f"s.{name}" for name in (*NUMBERS, *CODES))},
       {", ".join(f"CAST(s.{name} AS BOOLEAN) AS {name}" for name in SWITCHES)},
       coalesce(f.family, '') AS abuse_family,
       coalesce(r.region, '') AS region,
       coalesce(p.category, '') AS partner_category,
       CASE WHEN s.owner = ''
            THEN coalesce(s.resolved_at, s.closed_at, s.last_event_at, s.received_at)
       END AS ended_at,
       'breached' IN (s.sla_frt, s.sla_nrt, s.sla_upd, s.sla_ttr_first, s.sla_ttr) AS has_breach
FROM stage s
LEFT JOIN families f ON f.abuse_type = s.abuse_type
LEFT JOIN regions r ON r.market = s.market
LEFT JOIN partners p ON p.id = s.partner_id
"""  # noqa: S608 -- only names of our own columns are put in


# id, reference, name, category, tier, market, and the id that the reference leads to
Partners = tuple[tuple[Any, ...], ...]


def newest_seq(connection: Connection) -> int:
    """The number of the last committed write, as this transaction sees it."""
    return int(connection.execute(select(_SEQ.seq)).scalar_one())


def count_newer(connection: Connection, seq: int) -> int:
    """How many cases were written after a number."""
    statement = select(func.count()).select_from(STORED).where(STORED.c.change_seq > seq)
    return int(connection.execute(statement).scalar_one())


def gone_since(connection: Connection, seq: int) -> list[int]:
    """Cases that were removed after a number."""
    statement = select(_TOMBSTONES.case_id).where(_TOMBSTONES.change_seq > seq)
    return list(connection.execute(statement).scalars())


def all_partners(connection: Connection) -> Partners:
    """Partners as they stand; one that was merged leads to the one that has its cases now."""
    statement = select(
        *(_PARTNERS.id, _PARTNERS.ref, _PARTNERS.name),
        *(_PARTNERS.category, _PARTNERS.tier, _PARTNERS.market),
    )
    leads = lead_ids(connection)
    rows = connection.execute(statement.order_by(_PARTNERS.id))
    return tuple((*row, leads.get(row[0], row[0])) for row in rows)


def create_lists(cursor: DuckDBPyConnection) -> None:
    """The lists that families and regions are read from."""
    lists = taxonomy()
    pairs = {
        "families (abuse_type, family)": [(a, lists.family_of(a)) for a in lists.abuse_types],
        "regions (market, region)": [(m, lists.region_of(m)) for m in lists.markets],
    }
    for heading, rows in pairs.items():
        name, columns = heading.split(" ", 1)
        first, second = columns.strip("()").split(", ")
        cursor.execute(f"CREATE TABLE {name} ({first} VARCHAR, {second} VARCHAR)")
        _insert(cursor, name, (first, second), rows)


def chunks(connection: Connection, after_seq: int) -> Iterator[pa.Table]:
    """Cases written after a number, in portions that fit in memory."""
    statement: Select[Any] = select(*(STORED.c[name] for name in COPIED))
    if after_seq >= 0:
        # Without an order: asked for one, SQLite walks all cases instead of the index.
        statement = statement.where(STORED.c.change_seq > after_seq)
    else:
        statement = statement.order_by(STORED.c.id)
    for rows in _portions(connection, statement):
        yield _arrow(rows)


def _portions(connection: Connection, statement: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    if connection.dialect.name != "sqlite":
        streaming = connection.execution_options(stream_results=True, max_row_buffer=CHUNK)
        with streaming.execute(statement) as result:
            yield from result.partitions(CHUNK)
        return
    with connection.execute(statement) as result:
        # SQLite reads as it goes; wrapping each of its rows costs as much as reading it.
        while rows := result.cursor.fetchmany(CHUNK):
            yield rows


def enter(cursor: DuckDBPyConnection, codes: Codes, rows: pa.Table) -> Codes:
    """Insert new rows; those of the same cases must have left before."""
    seen = {name: pc.unique(rows[name]).to_pylist() for name in CODES}
    codes = widen(cursor, codes, seen)
    cursor.register("stage", rows)
    cursor.execute(_ENTER)
    cursor.unregister("stage")
    return codes


def leave(cursor: DuckDBPyConnection, ids: pa.Array) -> None:
    """Take cases out of both tables, with what was granted of them."""
    cursor.register("leaving", pa.table({"id": ids}))
    for table, key in (("cases", "id"), ("open_cases", "id"), ("grants", "case_id")):
        cursor.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT id FROM leaving)")  # noqa: S608 -- own names
    cursor.unregister("leaving")


def open_again(cursor: DuckDBPyConnection, ids: pa.Array | None = None) -> None:
    """Fill the table of open cases from the other, whole or for some cases."""
    if ids is None:
        cursor.execute("DELETE FROM open_cases")
        cursor.execute("INSERT INTO open_cases SELECT * FROM cases WHERE owner <> ''")
        return
    cursor.register("entered", pa.table({"id": ids}))
    cursor.execute(
        "INSERT INTO open_cases SELECT * FROM cases "
        "WHERE owner <> '' AND id IN (SELECT id FROM entered)"
    )
    cursor.unregister("entered")


def take_grants(cursor: DuckDBPyConnection, connection: Connection, after_seq: int) -> None:
    """Take over what was granted of the cases written after a number, all after a negative one.

    Whoever grants a case gives it a new number; the old grants of such cases left with them.
    """
    statement = select(_GRANTS.case_id, _GRANTS.kind, _GRANTS.name)
    if after_seq < 0:
        cursor.execute("DELETE FROM grants")
    else:
        newer = select(STORED.c.id).where(STORED.c.change_seq > after_seq)
        statement = statement.where(_GRANTS.case_id.in_(newer))
    rows = [tuple(row) for row in connection.execute(statement)]
    _insert(cursor, "grants", ("case_id", "kind", "name"), rows)


def take_partners(cursor: DuckDBPyConnection, codes: Codes, old: Partners, new: Partners) -> Codes:
    """Replace what differs; cases of a partner whose category changed get the new one."""
    if new == old:
        return codes
    put_partners(cursor, new)
    codes = widen(cursor, codes, {"partner_category": {str(row[3]) for row in new}})
    for row in moved_partners(old, new):
        for table in ("cases", "open_cases"):
            change = f"UPDATE {table} SET partner_category = $1 WHERE partner_id = $2"  # noqa: S608 -- own names
            cursor.execute(change, [row[3], row[0]])
    return codes


def moved_partners(old: Partners, new: Partners) -> list[tuple[Any, ...]]:
    """Partners whose category is another one than before."""
    before = {row[0]: row[3] for row in old}
    return [row for row in new if before.get(row[0], row[3]) != row[3]]


def put_partners(cursor: DuckDBPyConnection, partners: Partners) -> None:
    """Fill the table of partners with these and no others."""
    cursor.execute("DELETE FROM partners")
    _insert(cursor, "partners", PARTNER_NAMES, [(*row[:4], row[6]) for row in partners])


def derived_values() -> dict[str, tuple[str, ...]]:
    """All values that the worked-out dimensions can take from the lists."""
    lists = taxonomy()
    found = {"abuse_family": tuple(lists.abuse_families), "region": tuple(lists.regions)}
    return {name: found.get(name, ()) for name in DERIVED_CODES}


def _arrow(rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = []
    for name, column in zip(COPIED, columns, strict=True):
        arrays.append(_array(name, column))
    return pa.table(arrays, names=list(COPIED))


def _array(name: str, column: Sequence[Any]) -> pa.Array:
    if name in CODES:
        return pa.array(column, pa.string())
    if name in SWITCHES:
        return pa.array(map(bool, column), pa.bool_())  # SQLite has no booleans of its own
    return pa.array(column, pa.int64())


def _insert(
    cursor: DuckDBPyConnection,
    table: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    if not rows:
        return
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    cursor.register("stage", pa.table(columns, names=list(names)))
    cursor.execute(f"INSERT INTO {table} SELECT * FROM stage")  # noqa: S608 -- own names
    cursor.unregister("stage")
