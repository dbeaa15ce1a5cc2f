"""Partners against their size: who differs from the rest of the desk by more than partners do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.health_book import HealthBook, health_cases
from core.desk.partner_ask import PartnerAsk
from core.desk.partner_ground import Ground, ground_of, looking
from core.desk.partner_lines import parts_of, through
from core.desk.partners import PartnersView, view_of
from core.partners.funnel import Funnel, funnel
from core.partners.inputs import Counted
from core.stats.arrays import Floats, Ints
from core.storage.snapshot import Reading

MEASURES = ("sla_attainment", "overturn_rate", "returns")
MOST_POINTS = 800  # drawn: a browser that gets thousands is slow, and they hide each other
GRID = 60  # sizes at which the limits are drawn


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A partner with its own cases, not weighed; ``beyond`` counts the limits that it is outside
    of: positive on the good side, negative on the bad one.
    """

    ref: str
    name: str
    tier: str
    hits: float
    of: float
    case_count: int  # as its filter counts
    beyond: int

    @property
    def share(self) -> float:
        """Hits among cases."""
        return self.hits / self.of


@dataclass(frozen=True, eq=False, slots=True)
class Limits:
    """The limits of every level at growing sizes, learnt from the whole desk."""

    funnel: Funnel
    sizes: Floats
    edges: tuple[tuple[Floats, Floats], ...]


@dataclass(frozen=True)
class FunnelView:
    """A measure of the partners that an ask lets through; no limits where too few stand behind."""

    measure: str
    is_more_better: bool
    points: tuple[FunnelPoint, ...]  # those outside first, then by size
    left_out: int  # inside the limits and too many to draw
    too_few: int  # partners with some cases, but too few to be judged by
    limits: Limits | None
    learnt_from: int | None  # partners of the desk with cases; not told to whom it is not to count
    first_on: date
    last_on: date
    around: PartnersView

    def cases_of(self, point: FunnelPoint) -> CaseFilter | None:
        """The cases that a point counts."""
        found = health_cases(point.ref, self.measure, self.around.day, self.around.rules)
        return found.of if found else None

    @property
    def outside(self) -> tuple[FunnelPoint, ...]:
        """Beyond a limit, the bad side first, then the largest."""
        found = [point for point in self.points if point.beyond]
        return tuple(sorted(found, key=lambda p: (p.beyond > 0, -abs(p.beyond), -p.of)))


def funnel_view(
    desk: Desk,
    person: Person,
    ask: PartnerAsk,
    measure: str,
    zone: str = "",
    facets: tuple[str, ...] = (),
) -> FunnelView:
    """The funnel of one measure; only partners in scope are points in it."""
    with looking(desk, person, ask, facets) as read:
        ground = ground_of(read)
        evidence = ground.book.moment.inputs.evidence.get(measure)
        if not isinstance(evidence, Counted):
            evidence = Counted(*(np.zeros(len(ground.book.ids)) for _ in range(3)))
        behind = int(np.count_nonzero(evidence.of > 0))
        learnt = None
        if behind >= ground.book.rules.peers.least:
            learnt = _learnt(read.reading, ground.book, measure, evidence)
        rows = np.flatnonzero(through(parts_of(ground.table, ask, ground.named)))
        points, total, too_few = _points(ground, rows, measure, evidence, learnt)
        around = view_of(read, ground, zone or person.zone, 0)
    rules = ground.book.rules.inputs[measure]
    first, last = _days(ground.book, measure)
    return FunnelView(
        measure=measure,
        is_more_better=rules.more_is_better,
        points=points,
        left_out=total - len(points),
        too_few=too_few,
        limits=_limits(learnt, points, ground.book.rules.least_effective_n) if learnt else None,
        learnt_from=behind if read.look.scope.partner_ids is None else None,
        first_on=first,
        last_on=last,
        around=around,
    )


def _learnt(reading: Reading, book: HealthBook, measure: str, evidence: Counted) -> Funnel:
    """The funnel of the whole desk, the same for everybody."""
    key = ("partner funnel", measure, book.day, book.at)
    rules = book.rules.funnel
    return reading.remember(key, lambda: funnel(evidence.hits, evidence.of, rules, is_share=True))


def _limits(learnt: Funnel, points: tuple[FunnelPoint, ...], least: float) -> Limits:
    """The limits as far as the points reach: further would tell how large others are."""
    largest = max((point.of for point in points), default=least)
    sizes = np.unique(np.geomspace(least, max(largest, 2 * least) * 1.15, GRID))
    return Limits(learnt, sizes, tuple(learnt.limits(sizes)))


def _points(
    ground: Ground, rows: Ints, measure: str, evidence: Counted, learnt: Funnel | None
) -> tuple[tuple[FunnelPoint, ...], int, int]:
    """Those outside of a limit first, then the largest, as many as are drawn; how many in all; and
    how many have too few cases.
    """
    roll, book = ground.table.roll, ground.book
    places = np.searchsorted(book.ids, roll.ids[rows])
    held = places < len(book.ids)
    held[held] = book.ids[places[held]] == roll.ids[rows[held]]
    rows, places = rows[held], places[held]
    of, hits = evidence.of[places], evidence.hits[places]
    beyond = np.zeros(len(rows), np.int64)
    if learnt is not None:
        good = 1 if book.rules.inputs[measure].more_is_better else -1
        beyond = good * learnt.outside(hits, of)
    counted = book.cases.get(measure)
    order = np.lexsort((-of, beyond == 0))
    is_enough = of >= book.rules.least_effective_n
    order = order[is_enough[order]]
    points = tuple(
        FunnelPoint(
            ref=str(roll.refs[rows[at]]),
            name=str(roll.names[rows[at]]),
            tier=str(roll.tier[rows[at]]),
            hits=float(hits[at]),
            of=float(of[at]),
            case_count=0 if counted is None else int(counted[places[at]]),
            beyond=int(beyond[at]),
        )
        for at in order[:MOST_POINTS].tolist()
    )
    return points, len(order), int(np.count_nonzero((of > 0) & ~is_enough))


def _days(book: HealthBook, measure: str) -> tuple[date, date]:
    rules = book.rules.inputs[measure]
    last = book.day - timedelta(days=rules.maturity_days)
    return last - timedelta(days=max(rules.window_days - 1, 0)), last
