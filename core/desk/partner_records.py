"""Reads and writes what stands in a partner's record; each act is an entry without its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from core.access.model import Person
from core.access.permissions import is_bound_to_partners, role_may
from core.access.rules import may, require, scope_of, why_not
from core.audit.model import Draft
from core.clock import to_micros
from core.desk.boot import Desk
from core.desk.partner import Partner, open_partner
from core.errors import BadInput, Refused
from core.partners.bands import Override, why_not_override
from core.partners.commitment import (
    FIRST_STATE,
    Commitment,
    in_order,
    usable_due,
    why_not_change,
    why_not_move,
)
from core.partners.record_rules import (
    BandByHand,
    Entry,
    LoggedContact,
    Note,
    record_rules,
    usable_held,
    usable_kind,
    why_not_edit,
    why_not_end_band,
    why_not_restore,
)
from core.partners.score_rules import health_versions
from core.storage import partner_records as rows
from core.storage import people
from core.storage.directory import partner as partner_by_ref
from core.storage.engine import Write
from core.taxonomy import taxonomy
from core.written import usable_text

WRITE = "partner.write"


@dataclass(frozen=True, slots=True)
class Undoable:
    """Something that the person deleted and can still take back."""

    kind: Entry
    id: int
    version: int


@dataclass(frozen=True, slots=True)
class RecordView:
    """A partner's record as one person may read it."""

    notes: tuple[Note, ...]
    commitments: tuple[Commitment, ...]  # open ones first, what is due first before the others
    contacts: tuple[LoggedContact, ...]
    bands: tuple[BandByHand, ...]  # all that were set by hand, the newest first
    band: BandByHand | None  # the one in force
    undoable: tuple[Undoable, ...]
    may_write: bool
    reads_text: bool
    today: date  # UTC
    at: datetime

    def standing(self, kind: Entry) -> tuple[Undoable, ...]:
        """What of a kind the person can take back."""
        return tuple(one for one in self.undoable if one.kind is kind)


@dataclass(frozen=True, slots=True)
class NewContact:
    """What is asked of somebody who logs a contact."""

    kind: str
    held_at: datetime
    with_whom: str
    summary: str


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What stood on the person's screen, and in which version."""

    ref: str  # of the partner
    id: int
    version: int


def record_view(desk: Desk, person: Person, ref: str) -> RecordView:
    """Everything that was written down about a partner in the person's scope."""
    partner, scope = open_partner(desk, person, ref), scope_of(person)
    now, most = desk.clock.now(), record_rules().most_listed
    since = to_micros(now - record_rules().undo_for)
    with desk.store.read() as connection:
        bands = rows.bands_of(connection, scope, partner.id, most)
        return RecordView(
            notes=rows.notes_of(connection, scope, partner.id, most),
            commitments=in_order(rows.commitments_of(connection, scope, partner.id)),
            contacts=rows.contacts_of(connection, scope, partner.id, most),
            bands=bands,
            band=next((one for one in bands if one.override.in_force(to_micros(now))), None),
            undoable=tuple(
                Undoable(kind, key, version)
                for kind in (Entry.NOTE, Entry.CONTACT)
                for key, version in rows.lately_deleted(
                    connection, kind, partner.id, person.username, since
                ).items()
            ),
            may_write=may(person, WRITE),
            reads_text=scope.sees_text,
            today=now.date(),
            at=now,
        )


def possible_owners(desk: Desk, person: Person, ref: str) -> Mapping[str, str]:
    """Who can keep a promise to a partner: username and name of those who may open it."""
    partner = open_partner(desk, person, ref)
    with desk.store.read() as connection:
        found = people.users(connection)
    return {user.username: user.name for user in found if _can_own(user, partner)}


def add_note(desk: Desk, person: Person, ref: str, text: str) -> int:
    """Write a note; gives its key."""
    body = usable_text(text, "note", record_rules().longest_text)
    with _writing(desk, person, ref, "partner.add_note") as (write, partner):
        return rows.add_entry(write, Entry.NOTE, partner.id, body=body)


def edit_note(desk: Desk, person: Person, seen: SeenEntry, text: str) -> None:
    """Say an own note in other words."""
    body = usable_text(text, "note", record_rules().longest_text)
    with _writing(desk, person, seen.ref, "partner.edit_note") as (write, partner):
        _own(write, person, partner, Entry.NOTE, seen)
        facts = {"body": body, "changed_at": write.at, "erased_at": None}
        _change(write, Entry.NOTE, seen, **facts)


def log_contact(desk: Desk, person: Person, ref: str, new: NewContact) -> int:
    """Log a contact that was held outside of a case; gives its key."""
    facts = _contact_facts(desk, new)
    with _writing(desk, person, ref, "partner.add_contact") as (write, partner):
        write.details["kind"] = new.kind
        return rows.add_entry(write, Entry.CONTACT, partner.id, **facts)


def edit_contact(desk: Desk, person: Person, seen: SeenEntry, new: NewContact) -> None:
    """Say an own contact anew."""
    facts = _contact_facts(desk, new)
    with _writing(desk, person, seen.ref, "partner.edit_contact") as (write, partner):
        _own(write, person, partner, Entry.CONTACT, seen)
        _change(write, Entry.CONTACT, seen, changed_at=write.at, erased_at=None, **facts)


def delete_entry(desk: Desk, person: Person, kind: Entry, seen: SeenEntry) -> None:
    """Delete an own note or contact; for some minutes this can be taken back."""
    with _writing(desk, person, seen.ref, f"partner.delete_{kind}") as (write, partner):
        _own(write, person, partner, kind, seen)
        _change(write, kind, seen, deleted_at=write.at)


def restore_entry(desk: Desk, person: Person, kind: Entry, seen: SeenEntry) -> None:
    """Take a deletion back."""
    with _writing(desk, person, seen.ref, f"partner.restore_{kind}") as (write, partner):
        found = _own(write, person, partner, kind, seen)
        refusal = why_not_restore(found.deleted_at, desk.clock.now(), record_rules())
        if refusal:
            raise refusal
        _change(write, kind, seen, deleted_at=None)


def promise(desk: Desk, person: Person, ref: str, text: str, due_on: date, owner: str) -> int:
    """Write down what was promised, until when, and who sees to it; gives its key."""
    body = usable_text(text, "commitment", record_rules().longest_text)
    usable_due(due_on, desk.clock.now().date(), record_rules().furthest_due_days)
    with _writing(desk, person, ref, "partner.add_commitment") as (write, partner):
        _require_owner(write, partner, owner)
        facts = {"body": body, "due_on": due_on.isoformat(), "owner": owner, "state": FIRST_STATE}
        write.details |= {"due": due_on.isoformat(), "owner": owner}
        return rows.add_entry(write, Entry.COMMITMENT, partner.id, **facts)


def edit_promise(
    desk: Desk, person: Person, seen: SeenEntry, text: str, due_on: date, owner: str
) -> None:
    """Say an open promise anew; another day or owner is on the record."""
    body = usable_text(text, "commitment", record_rules().longest_text)
    with _writing(desk, person, seen.ref, "partner.edit_commitment") as (write, partner):
        before = _seen_promise(write, person, partner, seen)
        refusal = why_not_change(before)
        if refusal:
            raise refusal
        if due_on != before.due_on:
            usable_due(due_on, desk.clock.now().date(), record_rules().furthest_due_days)
        if owner != before.owner:
            _require_owner(write, partner, owner)
        write.details |= {
            "due": due_on.isoformat(),
            "due_before": before.due_on.isoformat(),
            "owner": owner,
        }
        facts = {"body": body, "due_on": due_on.isoformat(), "owner": owner, "erased_at": None}
        _change(write, Entry.COMMITMENT, seen, **_changed(write, person), **facts)


def move_promise(desk: Desk, person: Person, seen: SeenEntry, state: str, reason: str = "") -> None:
    """Say what became of a promise, or open it again."""
    if reason := reason.strip():
        usable_text(reason, "reason", record_rules().longest_text)
    with _writing(desk, person, seen.ref, "partner.move_commitment") as (write, partner):
        before = _seen_promise(write, person, partner, seen)
        refusal = why_not_move(before.state, state, reason)
        if refusal:
            raise refusal
        is_open = taxonomy().commitment_states[state].is_set("is_open")
        write.details |= {"state": state, "state_before": before.state}
        facts = {"state": state, "reason": reason, "ended_at": None if is_open else write.at}
        _change(write, Entry.COMMITMENT, seen, **_changed(write, person), **facts)


def set_band(desk: Desk, person: Person, ref: str, band: str, reason: str, until: datetime) -> None:
    """Set a band by hand from now until a moment; the computed one is shown beside it."""
    reason = usable_text(reason, "reason", record_rules().longest_text)
    with _writing(desk, person, ref, "partner.set_band") as (write, partner):
        override = Override(band, write.at, to_micros(until))
        refusal = why_not_override(override, health_versions().on(desk.clock.now().date()))
        if refusal:
            raise refusal
        write.details |= {"band": band, "until": until.isoformat()}
        rows.set_band(write, partner.id, override, reason)


def end_band(desk: Desk, person: Person, ref: str) -> None:
    """End the band by hand before its time."""
    with _writing(desk, person, ref, "partner.end_band") as (write, partner):
        scope = scope_of(person)
        standing = rows.band_in_force(write.connection, scope, partner.id, write.at)
        refusal = why_not_end_band(standing)
        if refusal:
            raise refusal
        rows.end_band(write, partner.id)


@contextmanager
def _writing(desk: Desk, person: Person, ref: str, act: str) -> Iterator[tuple[Write, Partner]]:
    """One write on the record of a partner that the person may change."""
    partner = open_partner(desk, person, ref)  # whoever may not see it learns no more than that
    require(person, WRITE)
    with desk.store.write(Draft(person.username, act, partner.ref)) as write:
        yield write, partner_by_ref(write.connection, scope_of(person), partner.ref)


def _own(
    write: Write, person: Person, partner: Partner, kind: Entry, seen: SeenEntry
) -> Note | LoggedContact:
    """The note or contact, when the person wrote it."""
    read = rows.one_note if kind is Entry.NOTE else rows.one_contact
    found = read(write.connection, scope_of(person), partner.id, seen.id)
    refusal = why_not_edit(found.made_by, person.username, kind.value)
    if refusal:
        raise refusal
    return found


def _seen_promise(write: Write, person: Person, partner: Partner, seen: SeenEntry) -> Commitment:
    """The promise; one that somebody changed meanwhile is no longer what the person judged."""
    found = rows.one_commitment(write.connection, scope_of(person), partner.id, seen.id)
    if found.version != seen.version:
        raise rows.stale()
    return found


def _change(write: Write, entry: Entry, seen: SeenEntry, **facts: object) -> None:
    write.details[entry.value] = seen.id
    rows.change_entry(write, entry, seen.id, seen.version, **facts)


def _changed(write: Write, person: Person) -> dict[str, object]:
    return {"changed_by": person.username, "changed_at": write.at}


def _contact_facts(desk: Desk, new: NewContact) -> dict[str, object]:
    rules = record_rules()
    return {
        "kind": usable_kind(new.kind),
        "held_at": to_micros(usable_held(new.held_at, desk.clock.now())),
        "with_whom": usable_text(new.with_whom, "with whom", rules.longest_names),
        "summary": usable_text(new.summary, "summary", rules.longest_text),
    }


def _require_owner(write: Write, partner: Partner, owner: str) -> None:
    user = people.user_named(write.connection, owner)
    if user is None or not _can_own(user, partner):
        hint = "choose somebody who may open this partner and can sign in"
        raise BadInput(f"'{owner}' cannot keep this promise.", at="owner", hint=hint)


def _can_own(user: people.User, partner: Partner) -> bool:
    is_served = not is_bound_to_partners(user.role) or partner.id in user.partner_ids
    return user.is_active and is_served and role_may(user.role, "case.note")


def why_not_write(person: Person) -> Refused | None:
    """Why the person changes nothing here; None when they may."""
    return why_not(person, WRITE)
