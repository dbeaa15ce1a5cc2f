"""Takes one partner into another and apart again: what moved is noted row by row.

Whatever refers to a partner by ``partner_id`` moves, also tables that this file does not know; the
tiers of the past stay with the partner that had them. Nothing is removed, so that an undo restores.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from core.access.model import Scope
from core.storage.bulk import take_ids
from core.storage.directory import ACCOUNTS, PARTNERS
from core.storage.engine import Write
from core.storage.scope import visible
from core.storage.sets import among
from core.storage.tables import (
    Base,
    CaseGrantRow,
    CaseRow,
    PartnerMergeMoveRow,
    PartnerMergeRow,
    PartnerTierRow,
    UserPartnerRow,
)
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)
MERGES = table_of(PartnerMergeRow)
MOVES = table_of(PartnerMergeMoveRow)
SERVED = table_of(UserPartnerRow)
STAYS = frozenset({PartnerTierRow.__tablename__})


@dataclass(frozen=True, slots=True)
class Merge:
    """One partner that was taken into another, and whether that still holds."""

    id: int
    from_id: int
    into_id: int
    seq: int
    merged_at: int
    merged_by: str
    undone_at: int | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class Apart:
    """What an undo would do, or did, for the cases that a person may see.

    ``changed`` were edited since the merge and keep their edits; ``elsewhere`` are of a third
    partner by now, or gone, and stay so.
    """

    back: int
    changed: tuple[str, ...]
    elsewhere: tuple[str, ...]


def moving(connection: Connection, scope: Scope, from_id: int, into_id: int) -> dict[str, int]:
    """How many rows of each table a merge would move; of cases those that the scope has."""
    counts = {}
    for table in _tables():
        condition = _to_move(table, from_id, into_id)
        if table is CASES:
            condition = and_(condition, visible(CASES, GRANTS, scope))
        statement = select(func.count()).select_from(table).where(condition)
        counts[table.name] = int(connection.execute(statement).scalar_one())
    return counts


def merge_rows(write: Write, from_id: int, into_id: int) -> tuple[int, dict[str, int]]:
    """Move everything of one partner to another; gives the merge's key and the rows by table."""
    merge_id = take_ids(write, MERGES, 1)
    write.connection.execute(
        insert(MERGES).values(
            id=merge_id,
            from_id=from_id,
            into_id=into_id,
            seq=write.seq,
            merged_at=write.at,
            merged_by=write.draft.actor,
        )
    )
    counts = {t.name: _move(write, t, merge_id, (from_id, into_id)) for t in _tables()}
    _set_lead(write, from_id, into_id)
    return merge_id, counts


def take_apart(write: Write, merge: Merge, scope: Scope) -> Apart:
    """Move back whatever still stands where the merge put it; later edits stay as they are."""
    told = apart(write.connection, merge, scope)
    for table in _tables():
        moved = select(MOVES.c.row_id).where(
            MOVES.c.merge_id == merge.id, MOVES.c.kind == table.name
        )
        key, partner = _key(table), table.c.partner_id
        still = and_(partner == merge.into_id, key.in_(moved))
        write.connection.execute(
            update(table).where(still).values(**_placed(write, table, merge.from_id))
        )
    _set_lead(write, merge.from_id, None)
    write.connection.execute(
        update(MERGES)
        .where(MERGES.c.id == merge.id)
        .values(undone_at=write.at, undone_by=write.draft.actor)
    )
    return told


def apart(connection: Connection, merge: Merge, scope: Scope) -> Apart:
    """What taking a merge apart comes to, as the scope may know it."""
    moved = select(MOVES.c.row_id).where(MOVES.c.merge_id == merge.id, MOVES.c.kind == CASES.name)
    seen = and_(CASES.c.id.in_(moved), visible(CASES, GRANTS, scope))
    here = CASES.c.partner_id == merge.into_id
    count = select(func.count()).select_from(CASES).where(seen, here)
    refs = select(CASES.c.ref).where(seen).order_by(CASES.c.id)
    return Apart(
        back=int(connection.execute(count).scalar_one()),
        changed=tuple(
            connection.execute(refs.where(here, CASES.c.change_seq > merge.seq)).scalars()
        ),
        elsewhere=tuple(connection.execute(refs.where(~here)).scalars()),
    )


def case_counts(connection: Connection, scope: Scope, ids: Collection[int]) -> dict[int, int]:
    """How many cases of each partner the scope has; none = absent."""
    is_sqlite = connection.dialect.name == "sqlite"
    theirs = among(CASES.c.partner_id, sorted(ids), "sqlite" if is_sqlite else "postgresql")
    statement = (
        select(CASES.c.partner_id, func.count())
        .where(theirs, visible(CASES, GRANTS, scope))
        .group_by(CASES.c.partner_id)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def merge_of(connection: Connection, merge_id: int) -> Merge | None:
    """One merge by its key."""
    return _one(connection, select(MERGES).where(MERGES.c.id == merge_id))


def standing_merge(connection: Connection, from_id: int) -> Merge | None:
    """The merge that a partner went by and that holds; None for a partner of its own."""
    statement = select(MERGES).where(MERGES.c.from_id == from_id, MERGES.c.undone_at.is_(None))
    return _one(connection, statement)


def merges_into(connection: Connection, into_id: int) -> tuple[Merge, ...]:
    """The merges that hold by which others came to a partner, the newest first."""
    statement = (
        select(MERGES)
        .where(MERGES.c.into_id == into_id, MERGES.c.undone_at.is_(None))
        .order_by(MERGES.c.id.desc())
    )
    return tuple(Merge(**row._asdict()) for row in connection.execute(statement))


def _one(connection: Connection, statement: Select[tuple[object, ...]]) -> Merge | None:
    row = connection.execute(statement).one_or_none()
    return Merge(**row._asdict()) if row else None


def _tables() -> Sequence[Table]:
    """Every table with rows of a partner, cases and those of other subjects alike."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if "partner_id" in table.columns and table.name not in STAYS
    ]


def _key(table: Table) -> ColumnElement[int]:
    return table.c.user_id if table is SERVED else table.c.id


def _to_move(table: Table, from_id: int, into_id: int) -> ColumnElement[bool]:
    """The rows of a partner without those that the other has already: these stay where they are."""
    of_from = table.c.partner_id == from_id
    if table is SERVED:
        held = select(SERVED.c.user_id).where(SERVED.c.partner_id == into_id)
        return and_(of_from, SERVED.c.user_id.not_in(held))
    if table is ACCOUNTS:
        other = ACCOUNTS.alias()
        same = and_(other.c.platform == ACCOUNTS.c.platform, other.c.handle == ACCOUNTS.c.handle)
        held = select(other.c.id).where(other.c.partner_id == into_id, same)
        return and_(of_from, ~held.exists())
    return of_from


def _move(write: Write, table: Table, merge_id: int, between: tuple[int, int]) -> int:
    condition = _to_move(table, *between)
    picked = select(literal(merge_id), literal(table.name), _key(table)).where(condition)
    write.connection.execute(insert(MOVES).from_select(("merge_id", "kind", "row_id"), picked))
    moved = select(MOVES.c.row_id).where(MOVES.c.merge_id == merge_id, MOVES.c.kind == table.name)
    mine = and_(table.c.partner_id == between[0], _key(table).in_(moved))
    placed = update(table).where(mine).values(**_placed(write, table, between[1]))
    return write.connection.execute(placed).rowcount


def _placed(write: Write, table: Table, partner_id: int) -> dict[str, object]:
    """What a row gets that comes to a partner; a case also gets a new number for the snapshot."""
    if table is not CASES:
        return {"partner_id": partner_id}
    # A merge is no edit of the case: an import that nobody edited can still be undone.
    untouched = CASES.c.import_seq == CASES.c.change_seq
    return {
        "partner_id": partner_id,
        "version": CASES.c.version + 1,
        "change_seq": write.seq,
        "import_seq": case((untouched, write.seq), else_=CASES.c.import_seq),
    }


def _set_lead(write: Write, partner_id: int, into_id: int | None) -> None:
    write.connection.execute(
        update(PARTNERS).where(PARTNERS.c.id == partner_id).values(merged_into_id=into_id)
    )
