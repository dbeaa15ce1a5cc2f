"""What was written down about partners of the demo workspace: notes, promises, contacts, a band."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.access.rules import scope_of
from core.audit.model import Draft
from core.clock import from_micros
from core.desk.boot import OPERATOR, Desk
from core.partners.bands import Override
from core.partners.commitment import FIRST_STATE
from core.partners.record_rules import Entry
from core.partners.score_rules import DAY_US
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.storage.directory import partners
from core.storage.engine import Write
from core.storage.partner_records import add_entry, set_band
from core.storage.people import user_named

RECORDS_FILE = REFERENCE_DIR / "demo" / "partner_records.yaml"
MANAGER = "partner.manager"
SERVED = "served_"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Note(_Strict):
    by: str
    days_ago: int
    text: str


class _Commitment(_Strict):
    by: str
    owner: str
    days_ago: int
    due_in: int
    text: str
    state: str = FIRST_STATE
    ended_ago: int | None = None
    reason: str = ""


class _Contact(_Strict):
    by: str
    kind: str
    days_ago: int
    with_whom: str
    summary: str


class _Band(_Strict):
    by: str
    band: str
    days: int
    days_ago: int
    reason: str


class _Record(_Strict):
    partner: str
    notes: tuple[_Note, ...] = ()
    commitments: tuple[_Commitment, ...] = ()
    contacts: tuple[_Contact, ...] = ()
    band: _Band | None = None


class _Records(_Strict):
    records: tuple[_Record, ...]


def add_records(desk: Desk, truth: Mapping[str, Any]) -> int:
    """Write them down as of the last days; gives how many entries."""
    number = 0
    draft = Draft(OPERATOR.username, "demo.create", "partner records")
    with desk.store.write(draft) as write:
        known = _partners(write, truth)
        for one in read_reference(RECORDS_FILE, _Records).records:
            if one.partner in known:
                number += _add(write, known[one.partner], one)
        write.details["records"] = number
    return number


def _partners(write: Write, truth: Mapping[str, Any]) -> dict[str, int]:
    """Keys by what the file calls them; a small workspace may not have them all."""
    by_name = {one.name: one.id for one in partners(write.connection, scope_of(OPERATOR))}
    worse = by_name[truth["partner_in_decline"]["partner"]]
    manager = user_named(write.connection, MANAGER)
    served = sorted(manager.partner_ids - {worse}) if manager else []
    return {"decline": worse, **{f"{SERVED}{n}": key for n, key in enumerate(served, 2)}}


def _add(write: Write, partner_id: int, one: _Record) -> int:
    for note in one.notes:
        own = {"made_by": note.by, "made_at": _ago(write, note.days_ago)}
        add_entry(write, Entry.NOTE, partner_id, body=note.text, **own)
    for contact in one.contacts:
        held = _ago(write, contact.days_ago)
        facts = contact.model_dump(include={"kind", "with_whom", "summary"})
        own = {"made_by": contact.by, "made_at": held, "held_at": held}
        add_entry(write, Entry.CONTACT, partner_id, **facts, **own)
    for promise in one.commitments:
        _add_promise(write, partner_id, promise)
    if one.band:
        began = _ago(write, one.band.days_ago)
        override = Override(one.band.band, began, began + one.band.days * DAY_US)
        set_band(write, partner_id, override, one.band.reason, one.band.by)
    return len(one.notes) + len(one.contacts) + len(one.commitments) + int(one.band is not None)


def _add_promise(write: Write, partner_id: int, one: _Commitment) -> None:
    ended = None if one.ended_ago is None else _ago(write, one.ended_ago)
    add_entry(
        write,
        Entry.COMMITMENT,
        partner_id,
        body=one.text,
        due_on=(_today(write) + timedelta(days=one.due_in)).isoformat(),
        owner=one.owner,
        state=one.state,
        reason=one.reason,
        made_by=one.by,
        made_at=_ago(write, one.days_ago),
        changed_by=one.by if ended else "",
        changed_at=ended,
        ended_at=ended,
    )


def _ago(write: Write, days: int) -> int:
    return write.at - days * DAY_US


def _today(write: Write) -> date:
    return from_micros(write.at).date()
