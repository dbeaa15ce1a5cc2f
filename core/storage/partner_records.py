"""Rows of what people write down about partners: notes, commitments, contacts, bands by hand.

Nothing is decided here. A reader who may not read texts is given none, whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, insert, select, update

from core.access.model import Scope
from core.clock import from_micros
from core.errors import Conflict, NotFound
from core.partners.bands import Override
from core.partners.commitment import Commitment
from core.partners.record_rules import BandByHand, Entry, LoggedContact, Note
from core.storage.engine import Write
from core.storage.tables import (
    PartnerBandRow,
    PartnerCommitmentRow,
    PartnerContactRow,
    PartnerNoteRow,
)
from core.storage.tables.base import table_of

NOTES = table_of(PartnerNoteRow)
COMMITMENTS = table_of(PartnerCommitmentRow)
CONTACTS = table_of(PartnerContactRow)
BANDS = table_of(PartnerBandRow)
TABLES: Mapping[Entry, Table] = {
    Entry.NOTE: NOTES,
    Entry.COMMITMENT: COMMITMENTS,
    Entry.CONTACT: CONTACTS,
}
RECORDS = (*TABLES.values(), BANDS)
STALE = "Nothing of yours was saved or lost. Look at the change, then save again."


def overrides_in_force(connection: Connection, at: int) -> dict[int, Override]:
    """The band by hand of each partner that has one at a moment; the one set last counts."""
    statement = select(BANDS).where(_in_force(at)).order_by(BANDS.c.set_at, BANDS.c.id)
    return {row.partner_id: _override(row) for row in connection.execute(statement)}


def band_in_force(
    connection: Connection, scope: Scope, partner_id: int, at: int
) -> BandByHand | None:
    """The band by hand of one partner at a moment, with its reason."""
    found = _bands(connection, scope, partner_id, _in_force(at), 1)
    return found[0] if found else None


def bands_of(
    connection: Connection, scope: Scope, partner_id: int, most: int
) -> tuple[BandByHand, ...]:
    """All bands by hand that a partner had, the newest first."""
    return _bands(connection, scope, partner_id, BANDS.c.id.is_not(None), most)


def notes_of(connection: Connection, scope: Scope, partner_id: int, most: int) -> tuple[Note, ...]:
    """Notes that stand, the newest first."""
    statement = _standing(NOTES, partner_id).order_by(NOTES.c.made_at.desc(), NOTES.c.id.desc())
    rows = connection.execute(statement.limit(most))
    return tuple(_note(row, scope) for row in rows)


def commitments_of(connection: Connection, scope: Scope, partner_id: int) -> tuple[Commitment, ...]:
    """Everything that was promised to a partner."""
    statement = select(COMMITMENTS).where(COMMITMENTS.c.partner_id == partner_id)
    rows = connection.execute(statement.order_by(COMMITMENTS.c.id))
    return tuple(_commitment(row, scope) for row in rows)


def contacts_of(
    connection: Connection, scope: Scope, partner_id: int, most: int
) -> tuple[LoggedContact, ...]:
    """Logged contacts that stand, the newest first."""
    newest = (CONTACTS.c.held_at.desc(), CONTACTS.c.id.desc())
    rows = connection.execute(_standing(CONTACTS, partner_id).order_by(*newest).limit(most))
    return tuple(_contact(row, scope) for row in rows)


def last_contacts(connection: Connection) -> dict[int, int]:
    """When each partner was last spoken with outside of a case."""
    statement = (
        select(CONTACTS.c.partner_id, func.max(CONTACTS.c.held_at).label("at"))
        .where(CONTACTS.c.deleted_at.is_(None))
        .group_by(CONTACTS.c.partner_id)
    )
    return {row.partner_id: int(row.at) for row in connection.execute(statement)}


def lately_deleted(
    connection: Connection, kind: Entry, partner_id: int, by: str, since: int
) -> dict[int, int]:
    """What somebody deleted since a moment, with its version: it can still be taken back."""
    table = TABLES[kind]
    statement = select(table.c.id, table.c.version).where(
        table.c.partner_id == partner_id, table.c.made_by == by, table.c.deleted_at > since
    )
    found = connection.execute(statement.order_by(table.c.deleted_at))
    return {row.id: row.version for row in found}


def one_note(connection: Connection, scope: Scope, partner_id: int, key: int) -> Note:
    """A note of this partner, also one that was deleted."""
    return _note(_row(connection, Entry.NOTE, partner_id, key), scope)


def one_commitment(connection: Connection, scope: Scope, partner_id: int, key: int) -> Commitment:
    """A commitment towards this partner."""
    return _commitment(_row(connection, Entry.COMMITMENT, partner_id, key), scope)


def one_contact(connection: Connection, scope: Scope, partner_id: int, key: int) -> LoggedContact:
    """A logged contact with this partner, also one that was deleted."""
    return _contact(_row(connection, Entry.CONTACT, partner_id, key), scope)


def add_entry(write: Write, entry: Entry, partner_id: int, **facts: object) -> int:
    """Add what the writer writes down now; gives its key."""
    values = {"partner_id": partner_id, "made_by": write.draft.actor, "made_at": write.at, **facts}
    table = TABLES[entry]
    found = write.connection.execute(insert(table).values(values).returning(table.c.id))
    return int(found.scalar_one())


def change_entry(write: Write, entry: Entry, key: int, seen: int, **facts: object) -> None:
    """Change what the writer saw in this version; the next version is given."""
    table = TABLES[entry]
    changed = write.connection.execute(
        update(table)
        .where(table.c.id == key, table.c.version == seen)
        .values(version=seen + 1, **facts)
    )
    if not changed.rowcount:
        raise stale()


def stale() -> Conflict:
    """What is said to somebody who would write over the change of another."""
    return Conflict("Somebody changed this while you looked at it.", hint=STALE)


def set_band(write: Write, partner_id: int, override: Override, reason: str, by: str = "") -> int:
    """Set a band by hand; one that stands is ended by it. Set by the writer unless said otherwise."""
    end_band(write, partner_id)
    found = write.connection.execute(
        insert(BANDS)
        .values(
            partner_id=partner_id,
            band=override.band,
            reason=reason,
            set_by=by or write.draft.actor,
            set_at=override.set_at,
            until_at=override.until_at,
        )
        .returning(BANDS.c.id)
    )
    return int(found.scalar_one())


def end_band(write: Write, partner_id: int) -> None:
    """End what stands; it remains on the record."""
    write.connection.execute(
        update(BANDS)
        .where(BANDS.c.partner_id == partner_id, _in_force(write.at))
        .values(ended_at=write.at, ended_by=write.draft.actor)
    )


def _note(row: Row[Any], scope: Scope) -> Note:
    return Note(
        id=row.id,
        version=row.version,
        text=_text(row.body, scope),
        made_by=row.made_by,
        made_at=from_micros(row.made_at),
        changed_at=_moment(row.changed_at),
        deleted_at=_moment(row.deleted_at),
        is_erased=row.erased_at is not None,
    )


def _commitment(row: Row[Any], scope: Scope) -> Commitment:
    return Commitment(
        id=row.id,
        version=row.version,
        text=_text(row.body, scope),
        due_on=date.fromisoformat(row.due_on),
        owner=row.owner,
        state=row.state,
        reason=_text(row.reason, scope),
        made_by=row.made_by,
        made_at=from_micros(row.made_at),
        ended_at=_moment(row.ended_at),
        is_erased=row.erased_at is not None,
    )


def _contact(row: Row[Any], scope: Scope) -> LoggedContact:
    return LoggedContact(
        id=row.id,
        version=row.version,
        kind=row.kind,
        held_at=from_micros(row.held_at),
        with_whom=_text(row.with_whom, scope),
        summary=_text(row.summary, scope),
        made_by=row.made_by,
        made_at=from_micros(row.made_at),
        deleted_at=_moment(row.deleted_at),
        is_erased=row.erased_at is not None,
    )


def _row(connection: Connection, kind: Entry, partner_id: int, key: int) -> Row[Any]:
    table = TABLES[kind]
    statement = select(table).where(table.c.id == key, table.c.partner_id == partner_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(kind.value.capitalize(), str(key))
    return row


def _in_force(at: int) -> ColumnElement[bool]:
    ends = func.coalesce(BANDS.c.ended_at, BANDS.c.until_at)
    return (BANDS.c.set_at <= at) & (BANDS.c.until_at > at) & (ends > at)


def _bands(
    connection: Connection, scope: Scope, partner_id: int, where: ColumnElement[bool], most: int
) -> tuple[BandByHand, ...]:
    statement = select(BANDS).where(BANDS.c.partner_id == partner_id, where)
    newest = statement.order_by(BANDS.c.set_at.desc(), BANDS.c.id.desc()).limit(most)
    return tuple(
        BandByHand(
            id=row.id,
            override=_override(row),
            reason=_text(row.reason, scope),
            set_by=row.set_by,
            planned_until_at=row.until_at,
            ended_by=row.ended_by,
        )
        for row in connection.execute(newest)
    )


def _override(row: Row[Any]) -> Override:
    until = row.until_at if row.ended_at is None else min(row.ended_at, row.until_at)
    return Override(row.band, row.set_at, until)


def _standing(table: Table, partner_id: int) -> Select[Any]:
    return select(table).where(table.c.partner_id == partner_id, table.c.deleted_at.is_(None))


def _text(text: str, scope: Scope) -> str:
    return text if scope.sees_text else ""


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
