"""The partners page as one person sees it: only partners in scope stand, count and rank in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from core.access.model import Person, Scope
from core.access.rules import require
from core.cases.filter import MOST_VALUES, CaseFilter, Segment, Sort
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.health_book import HealthBook, book_change, health_book, today_of
from core.desk.partner_ask import BETTER, FILTERS, WORSE, PartnerAsk
from core.desk.partner_lines import (
    HealthColumns,
    PartnerTable,
    counted,
    health_columns,
    ordered,
    parts_of,
    shown_bands,
    through,
)
from core.desk.queue import look_of
from core.partners.score_rules import HealthRules
from core.stats.arrays import Floats, Ints
from core.storage.partner_figures import LATER_THAN_ALL, last_messages, live_figures
from core.storage.partner_managers import ServedBy, managers_of
from core.storage.partner_records import last_contacts, overrides_in_force
from core.storage.partner_roll import PartnerRoll, partner_roll, partners_named
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def side(self) -> str:
        """The side of zero that the whole interval lies on; '' where it holds zero."""
        return WORSE if self.high < 0 else BETTER if self.low > 0 else ""


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner as a row shows it; counts and moments are those of the queue of the viewer."""

    id: int
    ref: str
    name: str
    tier: str
    category: str
    market: str
    is_active: bool
    managers: tuple[ServedBy, ...]
    health: Interval | None
    band: str
    computed: str  # the band of the score, where another was set by hand
    effective: float  # cases behind the score, NaN where none is known
    trend: Interval | None
    rank: tuple[int, int] | None
    open_count: int
    breached_count: int
    next_due_at: int | None
    oldest_at: int | None
    contact_at: int | None

    def cases(self, segment: Segment = Segment.OPEN, sort: Sort = Sort.URGENCY) -> CaseFilter:
        """Its open cases, as its counts count them."""
        return CaseFilter(partner=(self.ref,), segment=segment, sort=sort)


@dataclass(frozen=True)
class PartnersView:
    """One page of the list with what stands around it; everything of one sequence number."""

    ask: PartnerAsk
    lines: tuple[PartnerLine, ...]
    total: int  # partners that the ask lets through
    first: int  # position of the first row, from 1; 0 when there is none
    in_scope: int
    ranked: int  # partners in scope with a score
    counts: Mapping[str, Mapping[str, int]]  # filter -> value -> partners
    breached: int  # partners with a breached case, the filter for it left out
    manager_names: Mapping[str, str]
    open_count: int  # cases of all partners of the ask
    breached_count: int
    cases: CaseFilter | None  # that opens them, where one filter can name the partners
    day: date
    before: date
    rules: HealthRules
    version: int
    at: datetime
    zone: str
    is_refreshing: bool


@dataclass(frozen=True)
class _Read:
    """One look at one version of everything."""

    desk: Desk
    reading: Reading
    look: Look
    ask: PartnerAsk
    facets: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True)
class _Ground:
    """What a view is made of, besides the ask."""

    table: PartnerTable
    served: Mapping[int, tuple[ServedBy, ...]]
    named: frozenset[int] | None
    rules: HealthRules
    day: date


def partners_view(
    desk: Desk,
    person: Person,
    ask: PartnerAsk,
    zone: str = "",
    facets: tuple[str, ...] = tuple(FILTERS),
    *,
    is_whole: bool = False,
) -> PartnersView:
    """The partners that an ask lets through; values are counted for the named filters.

    Only the asked page has lines, unless the whole list is wanted.
    """
    require(person, "partner.read")
    look, _ = look_of(desk, person, CaseFilter())
    with desk.snapshot.reading() as reading:
        read = _Read(desk, reading, with_grants(reading, look), ask, facets, is_whole)
        return _view(read, _ground(read), zone or person.zone)


def roll_of(desk: Desk, reading: Reading, scope: Scope) -> PartnerRoll:
    """The partners of a scope, read once per version."""

    def read() -> PartnerRoll:
        with desk.store.read() as connection:
            return partner_roll(connection, scope)

    return reading.remember(("partner roll", scope.partner_ids), read)


def _ground(read: _Read) -> _Ground:
    reading, look, ask = read.reading, read.look, read.ask
    roll = roll_of(read.desk, reading, look.scope)
    day = today_of(look.at)
    book = health_book(reading, day)
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
    return _Ground(table, served, named, book.rules, day)


def scoped_health(
    reading: Reading, roll: PartnerRoll, book: HealthBook, scope: Scope
) -> HealthColumns:
    """What the desk's book says about the partners of a scope, and their change."""

    def pick() -> HealthColumns:
        earlier = health_book(reading, book.day - timedelta(days=book.rules.trend_days))
        return health_columns(roll, book, book_change(earlier, book, reading))

    return reading.remember(("partner health", scope.partner_ids, book.day, book.at), pick)


def _view(read: _Read, ground: _Ground, zone: str) -> PartnersView:
    table, ask = ground.table, read.ask
    parts = parts_of(table, ask, ground.named)
    rows = np.flatnonzero(through(parts))
    size = len(rows) if read.is_whole else ask.size
    page = min(ask.page, math.ceil(len(rows) / size)) if len(rows) and not read.is_whole else 1
    start = (page - 1) * size
    shown = ordered(table, rows, ask.order)[start : start + size]
    without_flag = through(parts, but="breached")
    figures = table.figures
    return PartnersView(
        ask=ask.but(page=page),
        lines=_lines(read, ground, shown.tolist()),
        total=len(rows),
        first=start + 1 if len(shown) else 0,
        in_scope=int(np.count_nonzero(table.listed)),
        ranked=table.health.scored_count,
        counts={name: counted(table, parts, name) for name in {*read.facets, "band", "trend"}},
        breached=int(np.count_nonzero(without_flag & (figures.breached_count > 0))),
        manager_names={s.username: s.name for each in ground.served.values() for s in each},
        open_count=int(figures.open_count[rows].sum()),
        breached_count=int(figures.breached_count[rows].sum()),
        cases=_cases_of(table, rows.tolist()),
        day=ground.day,
        before=ground.day - timedelta(days=ground.rules.trend_days),
        rules=ground.rules,
        version=read.reading.version,
        at=from_micros(read.look.at),
        zone=zone,
        is_refreshing=read.reading.is_refreshing,
    )


def _cases_of(table: PartnerTable, rows: list[int]) -> CaseFilter | None:
    """The open cases of these partners; None where they are too many for one filter."""
    if not 0 < len(rows) <= MOST_VALUES:
        return None
    return CaseFilter(partner=tuple(str(table.roll.refs[row]) for row in rows))


def _lines(read: _Read, ground: _Ground, shown: list[int]) -> tuple[PartnerLine, ...]:
    ids = [int(ground.table.roll.ids[row]) for row in shown]
    if not ids:
        return ()
    look = read.look
    key = ("partner contacts", look.scope, look.granted, look.at, tuple(ids))
    with read.desk.store.read() as connection:
        served = ground.served or managers_of(connection, ids, look.at)

        def contacts() -> dict[int, int]:
            found = last_messages(read.reading, connection, look, ids, read.desk.store.dialect)
            for id_, at in last_contacts(connection).items():
                found[id_] = max(at, found.get(id_, at))
            return found

        contact_at = read.reading.remember(key, contacts)
    return tuple(
        _line(ground.table, row, served.get(id_, ()), contact_at.get(id_))
        for row, id_ in zip(shown, ids, strict=True)
    )


def _line(
    table: PartnerTable, row: int, served: tuple[ServedBy, ...], contact_at: int | None
) -> PartnerLine:
    roll, health, figures = table.roll, table.health, table.figures
    has_score = math.isfinite(health.score[row])
    return PartnerLine(
        id=int(roll.ids[row]),
        ref=str(roll.refs[row]),
        name=str(roll.names[row]),
        tier=str(roll.tier[row]),
        category=str(roll.category[row]),
        market=str(roll.market[row]),
        is_active=bool(roll.is_active[row]),
        managers=served,
        health=_interval(health.score, health.low, health.high, row),
        band=str(table.band[row]),
        computed=str(health.computed[row]),
        effective=float(health.effective[row]),
        trend=_interval(health.change, health.change_low, health.change_high, row),
        rank=(int(health.rank_low[row]), int(health.rank_high[row])) if has_score else None,
        open_count=int(figures.open_count[row]),
        breached_count=int(figures.breached_count[row]),
        next_due_at=_moment(figures.next_due_at, row),
        oldest_at=_moment(figures.oldest_at, row),
        contact_at=contact_at,
    )


def _interval(value: Floats, low: Floats, high: Floats, row: int) -> Interval | None:
    if not math.isfinite(value[row]):
        return None
    return Interval(float(value[row]), float(low[row]), float(high[row]))


def _moment(moments: Ints, row: int) -> int | None:
    return None if moments[row] == LATER_THAN_ALL else int(moments[row])
