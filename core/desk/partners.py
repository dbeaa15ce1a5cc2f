"""The partners page as one person sees it: only partners in scope stand, count and rank in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from core.access.model import Person
from core.cases.filter import MOST_VALUES, CaseFilter, Segment, Sort
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.partner_ask import BETTER, FILTERS, WORSE, PartnerAsk
from core.desk.partner_ground import Ground, Read, ground_of, looking
from core.desk.partner_lines import PartnerTable, counted, ordered, parts_of, through
from core.partners.score_rules import HealthRules
from core.stats.arrays import Floats, Ints
from core.storage.partner_assignments import ServedBy, managers_of
from core.storage.partner_figures import LATER_THAN_ALL, last_messages
from core.storage.partner_records import last_contacts


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
    with looking(desk, person, ask, facets) as read:
        size = None if is_whole else ask.size
        return view_of(read, ground_of(read), zone or person.zone, size)


def view_of(read: Read, ground: Ground, zone: str, size: int | None) -> PartnersView:
    """The view of a look, with so many lines of the asked page; all lines for None."""
    table, ask = ground.table, read.ask
    parts = parts_of(table, ask, ground.named)
    rows = np.flatnonzero(through(parts))
    page = min(ask.page, math.ceil(len(rows) / size)) if len(rows) and size else 1
    start = (page - 1) * (size or 0)
    shown = ordered(table, rows, ask.order)[start:][:size]
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
        day=ground.book.day,
        before=ground.before,
        rules=ground.book.rules,
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


def _lines(read: Read, ground: Ground, shown: list[int]) -> tuple[PartnerLine, ...]:
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
    ends = (float(value[row]), float(low[row]), float(high[row]))
    # A change of scores that are not there is 0 where nothing at all is recorded, without ends.
    return Interval(*ends) if all(map(math.isfinite, ends)) else None


def _moment(moments: Ints, row: int) -> int | None:
    return None if moments[row] == LATER_THAN_ALL else int(moments[row])
