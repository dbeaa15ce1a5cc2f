"""What every view of the partners page is made of: one version, one scope, one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from core.access.model import Person, Scope
from core.access.rules import require
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.health_book import HealthBook, book_change, health_book, today_of
from core.desk.partner_ask import PartnerAsk
from core.desk.partner_lines import HealthColumns, PartnerTable, health_columns, shown_bands
from core.desk.queue import look_of
from core.storage.partner_assignments import ServedBy, managers_of
from core.storage.partner_figures import live_figures
from core.storage.partner_records import overrides_in_force
from core.storage.partner_roll import PartnerRoll, partner_roll, partners_named
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading


@dataclass(frozen=True)
class Read:
    """One look at one version of everything."""

    desk: Desk
    reading: Reading
    look: Look
    ask: PartnerAsk
    facets: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """What a view is made of, besides the ask."""

    table: PartnerTable
    served: Mapping[int, tuple[ServedBy, ...]]
    named: frozenset[int] | None
    book: HealthBook

    @property
    def before(self) -> date:
        """The day that health is compared with."""
        return self.book.day - timedelta(days=self.book.rules.trend_days)


@contextmanager
def looking(
    desk: Desk, person: Person, ask: PartnerAsk, facets: tuple[str, ...] = ()
) -> Iterator[Read]:
    """A look of somebody who may see partners; values are counted for the named filters."""
    require(person, "partner.read")
    look, _ = look_of(desk, person, CaseFilter())
    with desk.snapshot.reading() as reading:
        yield Read(desk, reading, with_grants(reading, look), ask, facets)


def roll_of(desk: Desk, reading: Reading, scope: Scope) -> PartnerRoll:
    """The partners of a scope, read once per version."""

    def read() -> PartnerRoll:
        with desk.store.read() as connection:
            return partner_roll(connection, scope)

    return reading.remember(("partner roll", scope.partner_ids), read)


def ground_of(read: Read) -> Ground:
    """The partners of the scope with all that an ask needs to know of them."""
    reading, look, ask = read.reading, read.look, read.ask
    roll = roll_of(read.desk, reading, look.scope)
    book = health_book(reading, today_of(look.at))
    columns = scoped_health(reading, roll, book, look.scope)
    key = ("partner figures", look.scope, look.granted, look.at)
    figures = reading.remember(key, lambda: live_figures(reading, look, roll.ids))
    served: Mapping[int, tuple[ServedBy, ...]] = {}
    users, named = None, None
    with read.desk.store.read() as connection:
        overrides = overrides_in_force(connection, look.at)
        if ask.manager or "manager" in read.facets:
            served = managers_of(connection, roll.ids.tolist(), look.at)
            users = [frozenset(s.username for s in served.get(i, ())) for i in roll.ids.tolist()]
        if ask.text.strip():
            named = frozenset(partners_named(connection, ask.text))
    band = shown_bands(roll, columns.computed, overrides)
    table = PartnerTable(roll, columns, figures, band, users)
    return Ground(table, served, named, book)


def scoped_health(
    reading: Reading, roll: PartnerRoll, book: HealthBook, scope: Scope
) -> HealthColumns:
    """What the desk's book says about the partners of a scope, and their change."""

    def pick() -> HealthColumns:
        earlier = health_book(reading, book.day - timedelta(days=book.rules.trend_days))
        return health_columns(roll, book, book_change(earlier, book, reading))

    return reading.remember(("partner health", scope.partner_ids, book.day, book.at), pick)
