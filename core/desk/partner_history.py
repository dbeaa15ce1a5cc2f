"""One partner's health over the last months, and what happened to the partner meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from core.access.model import Person, Scope
from core.access.rules import require, scope_of
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.desk.health_book import today_of
from core.desk.health_history import health_history
from core.desk.partner import Partner, require_seen
from core.partners.record_rules import record_rules
from core.storage.partner_directory import tier_history
from core.storage.partner_records import bands_of, commitments_of, contacts_of, notes_of

# What happens to a partner besides its cases, in the order in which one day's are told.
TIER, BAND, COMMITMENT, ENDED, CONTACT, NOTE = "tier", "band", "promise", "ended", "contact", "note"


@dataclass(frozen=True, slots=True)
class WeekOfHealth:
    """The score at the end of a day, a week after the one before; NaN with too few cases."""

    day: date
    score: float
    low: float
    high: float
    band: str
    effective: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day of UTC; no free text, its value is of a list."""

    day: date
    kind: str
    value: str  # the new tier, the band by hand, the state that a promise ended in, kind of contact


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Weeks, oldest first, and the events that lie in them."""

    weeks: tuple[WeekOfHealth, ...]
    events: tuple[Event, ...]


def history_view(desk: Desk, person: Person, partner: Partner) -> HistoryView:
    """The last weeks of a partner that the person may see."""
    require(person, "partner.read")
    require_seen(person, partner)
    with desk.snapshot.reading() as reading:
        today = today_of(to_micros(desk.clock.now()))
        found = health_history(reading, partner.id, today)
    weeks = _weeks(found)
    events = _events(desk, scope_of(person), partner.id)
    first = weeks[0].day if weeks else today
    inside = sorted((one for one in events if first <= one.day <= today), key=lambda one: one.day)
    return HistoryView(weeks, tuple(inside))


def _weeks(found: pd.DataFrame) -> tuple[WeekOfHealth, ...]:
    columns = [found[name].tolist() for name in ("score", "low", "high", "band", "effective")]
    days = [moment.date() for moment in found["day"]]
    return tuple(
        WeekOfHealth(day, score, low, high, band, n)
        for day, score, low, high, band, n in zip(days, *columns, strict=True)
    )


def _events(desk: Desk, scope: Scope, key: int) -> list[Event]:
    most = record_rules().most_listed
    with desk.store.read() as connection:
        # The first tier is the one that it had before anybody changed it.
        tiers = tier_history(connection, key)[1:]
        bands = bands_of(connection, scope, key, most)
        promises = commitments_of(connection, scope, key)
        contacts = contacts_of(connection, scope, key, most)
        notes = notes_of(connection, scope, key, most)
    return [
        *(Event(_day(one.from_at), TIER, one.tier) for one in tiers),
        *(Event(_day(one.override.set_at), BAND, one.override.band) for one in bands),
        *(Event(one.made_at.date(), COMMITMENT, "") for one in promises),
        *(Event(one.ended_at.date(), ENDED, one.state) for one in promises if one.ended_at),
        *(Event(one.held_at.date(), CONTACT, one.kind) for one in contacts),
        *(Event(one.made_at.date(), NOTE, "") for one in notes),
    ]


def _day(at: int) -> date:
    return from_micros(at).date()
