"""Says who serves a partner: managers for good, and covers from one day to another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.access.model import Person
from core.access.permissions import is_bound_to_partners
from core.access.rules import require, scope_of
from core.audit.model import Draft
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.errors import BadInput, NotFound, Refused
from core.partners.directory_rules import why_not_cover, why_not_manage, why_not_serve
from core.storage import partner_directory as rows
from core.storage import people
from core.storage.engine import Write
from core.storage.partner_assignments import (
    Cover,
    add_cover,
    covers_of,
    end_cover,
    own_manager_ids,
    resume_cover,
    set_managers,
)
from core.storage.partner_directory import DirectoryEntry
from core.storage.people import User


@dataclass(frozen=True, slots=True)
class CoverAsk:
    """Who serves a partner in somebody's place; both days are part of it, in the person's zone."""

    username: str
    first_on: date
    last_on: date
    instead_of: str = ""  # a username


def who_may_serve(desk: Desk, person: Person) -> tuple[tuple[str, str], ...]:
    """Username and name of everybody who can be a manager or cover."""
    require(person, "partner.write")
    with desk.store.read() as connection:
        found = people.users(connection)
    return tuple(
        (user.username, user.name or user.username)
        for user in found
        if user.is_active and is_bound_to_partners(user.role)
    )


def change_managers(
    desk: Desk,
    person: Person,
    ref: str,
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
) -> tuple[str, ...]:
    """Put people on a partner for good, take others off; gives all who serve it then."""
    require(person, "partner.write")
    with desk.store.write(Draft(person.username, "partner.set_managers", ref)) as write:
        entry = _managed(write, person, ref)
        if person.username in remove and is_bound_to_partners(person.role):
            hint = "Ask a team lead, or let somebody cover."
            raise Refused("Nobody takes a partner off themselves.", hint=hint)
        by_id = {user.id: user for user in people.users(write.connection)}
        held = own_manager_ids(write.connection, entry.id)
        added = {_servant(write, username).id for username in add}
        gone = {user.id for user in by_id.values() if user.username in remove}
        wanted = (held | added) - gone
        if wanted == held:
            raise Refused("Nothing was changed.", hint="Choose somebody else.")
        set_managers(write, entry.id, wanted)
        rows.next_version(write, entry.id)
        names = tuple(sorted(by_id[key].username for key in wanted))
        write.details |= {
            "before": sorted(by_id[key].username for key in held),
            "managers": list(names),
        }
        return names


def cover_partner(desk: Desk, person: Person, ref: str, ask: CoverAsk) -> int:
    """Let somebody serve a partner for some days; gives the cover's key."""
    require(person, "partner.write")
    begins, ends = _during(person, ask)
    with desk.store.write(Draft(person.username, "partner.cover", ref)) as write:
        entry = _managed(write, person, ref)
        fault = why_not_cover(begins, ends, from_micros(write.at))
        if fault:
            raise fault
        user = _servant(write, ask.username)
        instead = people.user_named(write.connection, ask.instead_of) if ask.instead_of else None
        if user.id in own_manager_ids(write.connection, entry.id):
            hint = "choose somebody who does not"
            raise BadInput(f"{user.username} serves this partner anyway.", at="person", hint=hint)
        rows.next_version(write, entry.id)
        write.details |= {
            "cover": user.username,
            "instead_of": ask.instead_of,
            "from": begins.isoformat(),
            "until": ends.isoformat(),
        }
        span = (to_micros(begins), to_micros(ends))
        return add_cover(write, entry.id, user.id, instead.id if instead else None, span)


def stop_cover(desk: Desk, person: Person, ref: str, cover_id: int) -> Cover:
    """End a cover now, or call it off; gives it as it was."""
    return _turn_cover(desk, person, ref, cover_id, is_end=True)


def take_up_cover(desk: Desk, person: Person, ref: str, cover_id: int) -> Cover:
    """Take the early end of a cover back; gives it as it was."""
    return _turn_cover(desk, person, ref, cover_id, is_end=False)


def _turn_cover(desk: Desk, person: Person, ref: str, cover_id: int, *, is_end: bool) -> Cover:
    require(person, "partner.write")
    act = "partner.end_cover" if is_end else "partner.resume_cover"
    with desk.store.write(Draft(person.username, act, ref)) as write:
        entry = _managed(write, person, ref)
        held = covers_of(write.connection, entry.id)
        cover = next((each for each in held if each.id == cover_id), None)
        if cover is None:
            raise NotFound("Cover", str(cover_id))
        if (cover.ended_at is not None or cover.until_at <= write.at) is is_end:
            raise Refused("This cover is over already." if is_end else "This cover still holds.")
        write.details["cover"] = cover.username
        (end_cover if is_end else resume_cover)(write, cover.id)
        rows.next_version(write, entry.id)
        return cover


def _managed(write: Write, person: Person, ref: str) -> DirectoryEntry:
    entry = rows.entry(write.connection, scope_of(person), ref)
    refusal = why_not_manage(person, entry.id)
    if refusal:
        raise refusal
    return entry


def _servant(write: Write, username: str) -> User:
    user = people.user_named(write.connection, username)
    if user is None:
        raise NotFound("Person", username)
    fault = why_not_serve(user.username, user.role, is_active=user.is_active)
    if fault:
        raise fault
    return user


def _during(person: Person, ask: CoverAsk) -> tuple[datetime, datetime]:
    """From the start of the first day to the end of the last, as the person's calendar has them."""
    zone = ZoneInfo(person.zone)
    begins = datetime.combine(ask.first_on, time(), zone)
    ends = datetime.combine(ask.last_on + timedelta(days=1), time(), zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)
