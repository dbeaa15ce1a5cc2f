"""The service that we give one partner over a window, beside that of its peers.

Every figure counts cases that the whole desk may see, in whole days of UTC, so that it is the same
for everybody. A share that is an input of health has the very cases of that input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.access.model import Person
from core.access.rules import require, scope_of
from core.cases.filter import CaseFilter, Segment
from core.cases.measures import Csat
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.partner import Partner, require_seen
from core.desk.partner_served_filters import CSAT, WINDOWS, Days, ServiceFilters
from core.desk.queue import look_of
from core.partners.health_day import health_day, today_of
from core.partners.score_rules import HealthRules
from core.stats.proportion import share_interval
from core.storage.partner_peers import REPLIES, RESOLUTIONS, PeerBook, peer_book
from core.storage.partner_served_figures import (
    OwnerTime,
    ShareAsk,
    ShareCount,
    Tail,
    count_cases,
    count_shares,
    open_level_cases,
    owner_times,
    refs_by_ids,
    reply_tail,
    resolution_tail,
)
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Beside:
    """A partner beside its peers at equal mix, by what nobody wants: misses, slow cases.

    ``alike`` is how many of the peer attributes they share; ``peers`` is None for a reader who may
    not know how many partners the desk has; ``usual`` is how many hits its own mix
    of cases would have at the rate of its peers.
    """

    alike: int
    peers: int | None
    chance_worse: float
    observed: int
    usual: float
    level: float

    @property
    def verdict(self) -> str:
        """``worse``, ``better``, or '' where chance alone could make the difference."""
        sure = (1 + self.level) / 2
        if self.chance_worse >= sure:
            return "worse"
        return "better" if self.chance_worse <= 1 - sure else ""


@dataclass(frozen=True, slots=True)
class ShareFigure:
    """A share with its interval; both filters open exactly what was counted."""

    ask: ShareAsk
    count: ShareCount
    low: float
    high: float
    days: Days
    beside: Beside | None

    @property
    def share(self) -> float | None:
        """Hits ÷ cases; None without cases."""
        return self.count.hits / self.count.of if self.count.of else None


@dataclass(frozen=True, slots=True)
class TailFigure:
    """A tail of times and its cases; ``waiting`` of them, or besides them, are not over yet."""

    name: str
    tail: Tail
    filter: CaseFilter
    waiting: int
    waiting_filter: CaseFilter
    longest_ref: str
    days: Days
    slow_us: float | None  # beyond it a case is among the slow ones of the whole desk
    beside: Beside | None


@dataclass(frozen=True, slots=True)
class OwnedTime:
    """The time that one owner held of the cases resolved in the window."""

    time: OwnerTime
    share: float
    longest_ref: str


@dataclass(frozen=True, slots=True)
class CsatFigure:
    """Ratings with what silence leaves open, and the filters of its three counts."""

    csat: Csat
    low: float
    high: float
    days: Days
    resolved: CaseFilter
    answered: CaseFilter
    satisfied: CaseFilter
    beside: Beside | None


@dataclass(frozen=True)
class ServiceView:
    """Everything on the page, in one sequence number."""

    days: int
    shares: tuple[ShareFigure, ...]
    tails: tuple[TailFigure, ...]
    owned: tuple[OwnedTime, ...]
    resolved_count: int
    resolved: CaseFilter
    resolved_days: Days
    csat: CsatFigure
    level: float  # of every interval
    at: datetime
    version: int
    is_refreshing: bool


@dataclass(frozen=True, eq=False, slots=True)
class _Counts:
    """What is read of one version of the snapshot."""

    shares: Mapping[str, ShareCount]
    tails: Mapping[str, Tail]
    owned: tuple[OwnerTime, ...]
    resolved: int
    asked: int
    unanswered: int
    book: PeerBook
    beside: Mapping[str, Beside]


def service_view(desk: Desk, person: Person, partner: Partner, days: int = 0) -> ServiceView:
    """The service of the last days; not found outside of the scope."""
    require(person, "partner.read")
    require_seen(person, partner)
    look, _ = look_of(desk, person, CaseFilter())
    day = health_day(today_of(look.at), look.at)
    chosen = ServiceFilters(partner.ref, day, days if days in WINDOWS else WINDOWS[0])
    with desk.snapshot.reading() as reading:
        counts = _counted(reading, look, partner, chosen)
        version, is_refreshing = reading.version, reading.is_refreshing
    refs = _refs(desk, person, counts)
    return ServiceView(
        days=chosen.days,
        shares=tuple(_share(chosen, ask, counts) for ask in chosen.shares()),
        tails=tuple(_tail(chosen, name, counts, refs) for name in counts.tails),
        owned=_owned(counts.owned, refs),
        resolved_count=counts.resolved,
        resolved=chosen.resolved(),
        resolved_days=chosen.window,
        csat=_csat(chosen, counts),
        level=day.rules.interval,
        at=from_micros(look.at),
        version=version,
        is_refreshing=is_refreshing,
    )


def _counted(reading: Reading, look: Look, partner: Partner, chosen: ServiceFilters) -> _Counts:
    rules = chosen.day.rules
    rows = open_level_cases(reading, partner.id)
    everybody = ServiceFilters("", chosen.day, chosen.days)
    book = peer_book(reading, look, chosen.day.at, everybody.peers(), rules)
    place = int(reading.roster.places(np.array([partner.id]))[0])
    return _Counts(
        shares=count_shares(rows, look, (*chosen.shares(), chosen.csat())),
        tails={
            REPLIES: reply_tail(rows, look, chosen.replies(), rules.interval),
            RESOLUTIONS: resolution_tail(rows, look, chosen.resolutions(), rules.interval),
        },
        owned=owner_times(rows, look, chosen.resolved()),
        resolved=count_cases(rows, look, chosen.resolved()),
        asked=count_cases(rows, look, chosen.csat_asked()),
        unanswered=count_cases(rows, look, chosen.unanswered()),
        book=book,
        beside=_beside(book, place, rules, tells_peers=look.scope.partner_ids is None),
    )


def _beside(
    book: PeerBook, place: int, rules: HealthRules, *, tells_peers: bool
) -> dict[str, Beside]:
    """The comparison by figure; left out where too few peers stand behind it."""
    found = {}
    for name, one in book.compared.items():
        mixed = book.adjusted[name]
        enough = place >= 0 and one.peers[place] >= rules.peers.least
        # Without a case of its own there is nothing to compare.
        has_own = enough and mixed.expected[place] > 0
        if has_own and np.isfinite(one.chance_above[place]):
            found[name] = Beside(
                alike=int(one.alike[place]),
                peers=int(one.peers[place]) if tells_peers else None,
                chance_worse=float(one.chance_above[place]),
                observed=int(mixed.observed[place]),
                usual=float(mixed.expected[place] * one.peers_ratio[place]),
                level=rules.interval,
            )
    return found


def _share(chosen: ServiceFilters, ask: ShareAsk, counts: _Counts) -> ShareFigure:
    found = counts.shares[ask.name]
    low, high = share_interval(found.hits, found.of, chosen.day.rules.interval)
    return ShareFigure(ask, found, low, high, chosen.days_of(ask.name), counts.beside.get(ask.name))


def _tail(
    chosen: ServiceFilters, name: str, counts: _Counts, refs: Mapping[int, str]
) -> TailFigure:
    is_reply, tail = name == REPLIES, counts.tails[name]
    filter_ = chosen.replies() if is_reply else chosen.resolutions()
    return TailFigure(
        name=name,
        tail=tail,
        filter=filter_,
        waiting=counts.unanswered if is_reply else tail.open_count,
        waiting_filter=chosen.unanswered() if is_reply else filter_.having(segment=Segment.OPEN),
        longest_ref=refs.get(tail.longest.case_id, "") if tail.longest else "",
        days=chosen.window if is_reply else chosen.of_input("ttr_p90"),
        slow_us=counts.book.slow_us.get(name),
        beside=counts.beside.get(name),
    )


def _owned(owned: tuple[OwnerTime, ...], refs: Mapping[int, str]) -> tuple[OwnedTime, ...]:
    whole = sum(one.total_us for one in owned)
    return tuple(
        OwnedTime(one, one.total_us / whole, refs.get(one.longest.case_id, "")) for one in owned
    )


def _csat(chosen: ServiceFilters, counts: _Counts) -> CsatFigure:
    ask, found = chosen.csat(), counts.shares[CSAT]
    low, high = share_interval(found.hits, found.of, chosen.day.rules.interval)
    return CsatFigure(
        csat=Csat(counts.asked, found.of, found.hits),
        low=low,
        high=high,
        days=chosen.of_input(CSAT),
        resolved=chosen.csat_asked(),
        answered=ask.of,
        satisfied=ask.hits,
        beside=counts.beside.get(CSAT),
    )


def _refs(desk: Desk, person: Person, counts: _Counts) -> dict[int, str]:
    """The references of the cases that took longest."""
    ids = {tail.longest.case_id for tail in counts.tails.values() if tail.longest}
    ids |= {one.longest.case_id for one in counts.owned}
    with desk.store.read() as connection:
        return refs_by_ids(connection, scope_of(person), sorted(ids))
