"""Who got worse among the partners that an ask lets through, with the cases behind each cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.health_book import HealthBook, health_cases
from core.desk.health_moves import NamedMover, movers
from core.desk.partner_ask import PartnerAsk
from core.desk.partner_ground import ground_of, looking
from core.desk.partner_lines import parts_of, through
from core.desk.partners import PartnersView, view_of
from core.partners.change import Cause
from core.partners.score_rules import Kind

MOST = 40


@dataclass(frozen=True, slots=True)
class CauseCases:
    """A cause with the whole cases that its input counts now, and how many of them are hits."""

    cause: Cause
    kind: Kind
    is_hit_good: bool
    of: CaseFilter | None
    of_count: int
    hits: CaseFilter | None
    hit_count: int


@dataclass(frozen=True, slots=True)
class SeenMover:
    """A partner that got worse, its causes with their cases, the largest first."""

    found: NamedMover
    tier: str
    causes: tuple[CauseCases, ...]


@dataclass(frozen=True)
class MoversView:
    """Those whose whole interval lies below zero, and those whose fall may be chance."""

    sure: tuple[SeenMover, ...]
    perhaps: tuple[SeenMover, ...]
    sure_count: int  # also those that are not told
    compared: int  # partners of the ask with a score at both days
    day: date
    before: date
    around: PartnersView


def movers_view(
    desk: Desk, person: Person, ask: PartnerAsk, zone: str = "", facets: tuple[str, ...] = ()
) -> MoversView:
    """Falls against some weeks before, the surest first; only of partners in scope."""
    with looking(desk, person, ask, facets) as read:
        ground = ground_of(read)
        rows = through(parts_of(ground.table, ask, ground.named))
        ids = ground.table.roll.ids[rows].tolist()
        found = movers(read.reading, ground.book.day, ids, MOST)
        tier_of = dict(zip(ids, ground.table.roll.tier[rows].tolist(), strict=True))
        seen = [_seen(ground.book, one, tier_of[one.partner_id]) for one in found]
        around = view_of(read, ground, zone or person.zone, 0)
    health = ground.table.health
    return MoversView(
        sure=tuple(one for one in seen if one.found.mover.sure),
        perhaps=tuple(one for one in seen if not one.found.mover.sure),
        sure_count=int(np.count_nonzero(health.change_high[rows] < 0)),
        compared=int(np.count_nonzero(np.isfinite(health.change_high[rows]))),
        day=ground.book.day,
        before=ground.before,
        around=around,
    )


def _seen(book: HealthBook, found: NamedMover, tier: str) -> SeenMover:
    causes = tuple(_with_cases(book, found, cause) for cause in found.mover.causes)
    return SeenMover(found, tier, causes)


def _with_cases(book: HealthBook, found: NamedMover, cause: Cause) -> CauseCases:
    rules = book.rules.inputs[cause.name]
    behind = health_cases(found.ref, cause.name, book.day, book.rules)
    place = found.mover.partner
    counts, hits = book.cases.get(cause.name), book.hits.get(cause.name)
    return CauseCases(
        cause=cause,
        kind=rules.kind,
        is_hit_good=rules.more_is_better,
        of=behind.of if behind else None,
        of_count=0 if counts is None else int(counts[place]),
        hits=behind.hits if behind else None,
        hit_count=0 if hits is None else int(hits[place]),
    )
