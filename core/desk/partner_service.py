"""The service that we give one partner over a window, beside that of its peers.

Every figure counts cases that the whole desk may see, in whole days of UTC, so that it is the same
for everybody. A share that is an input of health has the very cases of that input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from core.access.model import Person
from core.access.rules import require, scope_of
from core.cases.filter import HITS, CaseFilter, Segment, Sort
from core.cases.measures import Csat, csat_ground
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.partner import Partner, require_seen
from core.desk.queue import look_of
from core.partners.health_day import HealthDay, health_day, today_of
from core.partners.score_rules import DAY_US, HealthRules
from core.stats.proportion import share_interval
from core.storage.partner_peers import REPLIES, RESOLUTIONS, PeerAsk, PeerBook, peer_book
from core.storage.partner_service_figures import (
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
from core.storage.scope import OPEN

WINDOWS = (28, 90)
CLOCKS = ("frt", "nrt", "upd", "ttr")
RETURNS, OVERTURNS, CSAT = "returns", "overturn_rate", "csat"
UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of UTC that a figure looks at."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Beside:
    """A partner beside its peers at equal mix, by what nobody wants: misses, slow cases.

    ``alike`` is how many of the peer attributes they share; ``usual`` is how many hits its own mix
    of cases would have at the rate of its peers.
    """

    alike: int
    peers: int
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
    """A tail of times; ``filter`` opens its cases, ``open_filter`` those that are not over."""

    name: str
    tail: Tail
    filter: CaseFilter
    open_filter: CaseFilter
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


@dataclass(frozen=True, slots=True)
class ServiceFilters:
    """The filters of all figures of one partner, or of everybody when it names none."""

    ref: str
    day: HealthDay
    days: int

    @property
    def ground(self) -> CaseFilter:
        """What all figures share."""
        partner = (self.ref,) if self.ref else ()
        return CaseFilter(
            segment=Segment.ALL, partner=partner, restriction=(OPEN,), sort=Sort.RECEIVED, zone=UTC
        )

    @property
    def window(self) -> Days:
        """The chosen days up to today."""
        return Days(self.day.day - timedelta(days=self.days - 1), self.day.day)

    def of_input(self, name: str) -> Days:
        """The days of an input of health, the chosen ones where those are fewer.

        ``returns`` go by the first resolution, which no list is narrowed to, so they keep theirs.
        """
        own = self.day.rules.inputs[name]
        length = own.window_days if name == RETURNS else min(self.days, own.window_days)
        last = self.day.day - timedelta(days=own.maturity_days)
        return Days(last - timedelta(days=length - 1), last)

    def input_cases(self, name: str, moment: str) -> CaseFilter:
        """The cases of an input, those of fewer days where fewer are chosen."""
        chosen = self.ground.having(health=name, health_on=self.day.day)
        if self.days >= self.day.rules.inputs[name].window_days or name == RETURNS:
            return chosen
        return chosen.having(**{f"{moment}_from": self.of_input(name).first})

    def shares(self) -> tuple[ShareAsk, ...]:
        """Clocks kept, cases that came back, decisions reversed."""
        return (
            *(self._clock(name) for name in CLOCKS),
            self._input(RETURNS, "resolved", is_wanted=False),
            self._input(OVERTURNS, "resolved", is_wanted=False),
        )

    def days_of(self, name: str) -> Days:
        """The days that a share looks at."""
        return self.of_input(name) if name in {RETURNS, OVERTURNS, CSAT} else self.window

    def csat(self) -> ShareAsk:
        """Ratings given, and those that are good."""
        return self._input(CSAT, "resolved", is_wanted=True)

    def csat_asked(self) -> CaseFilter:
        """The cases that a rating could be given for."""
        days = self.of_input(CSAT)
        asked = csat_ground(self.ground, days.first, days.last, UTC)
        return asked.having(sort=Sort.RECEIVED)

    def replies(self) -> CaseFilter:
        """Cases whose first reply fell into the window."""
        return self.ground.having(responded_from=self.window.first, responded_to=self.window.last)

    def resolutions(self) -> CaseFilter:
        """Cases received in the window that have, or will have, a time to resolution."""
        return self.input_cases("ttr_p90", "received")

    def resolved(self) -> CaseFilter:
        """Cases finally resolved in the window."""
        return self.ground.having(resolved_from=self.window.first, resolved_to=self.window.last)

    def peers(self) -> PeerAsk:
        """What is compared with peers."""
        inputs = self.day.rules.inputs.values()
        longest = max(self.days, *(one.window_days + one.maturity_days for one in inputs))
        return PeerAsk(
            (*self.shares(), self.csat()),
            self.replies(),
            self.resolutions(),
            self.day.end - longest * DAY_US,
        )

    def _clock(self, name: str) -> ShareAsk:
        if name == "frt" and self.days == self.day.rules.inputs["sla_attainment"].window_days:
            return self._input("sla_attainment", "received", is_wanted=True, called=name)
        part, days = f"sla_{name}", self.window
        received = self.ground.having(received_from=days.first, received_to=days.last)
        of = received.having(**{part: ("met", "breached")})
        return ShareAsk(name, of, received.having(**{part: ("met",)}), is_wanted=True)

    def _input(self, name: str, moment: str, *, is_wanted: bool, called: str = "") -> ShareAsk:
        of = self.input_cases(name, moment)
        return ShareAsk(called or name, of, of.having(health=f"{name}{HITS}"), is_wanted)


def service_view(desk: Desk, person: Person, partner: Partner, days: int = 0) -> ServiceView:
    """The service of the last days; not found outside of the scope."""
    require(person, "partner.read")
    require_seen(person, partner)
    look, _ = look_of(desk, person, CaseFilter())
    day = health_day(today_of(look.at), look.at)
    chosen = ServiceFilters(partner.ref, day, days if days in WINDOWS else WINDOWS[0])
    level = day.rules.interval
    with desk.snapshot.reading() as reading:
        rows = open_level_cases(reading, partner.id)
        counts = count_shares(rows, look, (*chosen.shares(), chosen.csat()))
        tails = {
            REPLIES: reply_tail(rows, look, chosen.replies(), level),
            RESOLUTIONS: resolution_tail(rows, look, chosen.resolutions(), level),
        }
        owned = owner_times(rows, look, chosen.resolved())
        resolved = count_cases(rows, look, chosen.resolved())
        asked = count_cases(rows, look, chosen.csat_asked())
        everybody = ServiceFilters("", day, chosen.days)
        book = peer_book(reading, look, day.at, everybody.peers(), day.rules)
        place = int(reading.roster.places(np.array([partner.id]))[0])
        version, is_refreshing = reading.version, reading.is_refreshing
    beside = _beside(book, place, day.rules)
    refs = _refs(desk, person, tails.values(), owned)
    return ServiceView(
        days=chosen.days,
        shares=tuple(
            _share(chosen, ask, counts[ask.name], beside, level) for ask in chosen.shares()
        ),
        tails=tuple(_tail(chosen, name, tail, book, beside, refs) for name, tail in tails.items()),
        owned=_owned(owned, refs),
        resolved_count=resolved,
        resolved=chosen.resolved(),
        resolved_days=chosen.window,
        csat=_csat(chosen, counts[CSAT], asked, beside, level),
        level=level,
        at=from_micros(look.at),
        version=version,
        is_refreshing=is_refreshing,
    )


def _beside(book: PeerBook, place: int, rules: HealthRules) -> dict[str, Beside]:
    """The comparison by figure; left out where too few peers stand behind it."""
    found = {}
    for name, one in book.compared.items():
        enough = place >= 0 and one.peers[place] >= rules.peers.least
        if enough and np.isfinite(one.chance_above[place]):
            mixed = book.adjusted[name]
            found[name] = Beside(
                alike=int(one.alike[place]),
                peers=int(one.peers[place]),
                chance_worse=float(one.chance_above[place]),
                observed=int(mixed.observed[place]),
                usual=float(mixed.expected[place] * one.peers_ratio[place]),
                level=rules.interval,
            )
    return found


def _share(
    chosen: ServiceFilters,
    ask: ShareAsk,
    count: ShareCount,
    beside: Mapping[str, Beside],
    level: float,
) -> ShareFigure:
    low, high = share_interval(count.hits, count.of, level)
    return ShareFigure(ask, count, low, high, chosen.days_of(ask.name), beside.get(ask.name))


def _tail(
    chosen: ServiceFilters,
    name: str,
    tail: Tail,
    book: PeerBook,
    beside: Mapping[str, Beside],
    refs: Mapping[int, str],
) -> TailFigure:
    is_reply = name == REPLIES
    filter_ = chosen.replies() if is_reply else chosen.resolutions()
    return TailFigure(
        name=name,
        tail=tail,
        filter=filter_,
        open_filter=filter_.having(segment=Segment.OPEN),
        longest_ref=refs.get(tail.longest.case_id, "") if tail.longest else "",
        days=chosen.window if is_reply else chosen.of_input("ttr_p90"),
        slow_us=book.slow_us.get(name),
        beside=beside.get(name),
    )


def _owned(owned: tuple[OwnerTime, ...], refs: Mapping[int, str]) -> tuple[OwnedTime, ...]:
    whole = sum(one.total_us for one in owned)
    return tuple(
        OwnedTime(one, one.total_us / whole, refs.get(one.longest.case_id, "")) for one in owned
    )


def _csat(
    chosen: ServiceFilters,
    count: ShareCount,
    asked: int,
    beside: Mapping[str, Beside],
    level: float,
) -> CsatFigure:
    ask = chosen.csat()
    low, high = share_interval(count.hits, count.of, level)
    return CsatFigure(
        csat=Csat(asked, count.of, count.hits),
        low=low,
        high=high,
        days=chosen.of_input(CSAT),
        resolved=chosen.csat_asked(),
        answered=ask.of,
        satisfied=ask.hits,
        beside=beside.get(CSAT),
    )


def _refs(
    desk: Desk, person: Person, tails: Iterable[Tail], owned: Iterable[OwnerTime]
) -> dict[int, str]:
    ids = {tail.longest.case_id for tail in tails if tail.longest}
    ids |= {one.longest.case_id for one in owned}
    with desk.store.read() as connection:
        return refs_by_ids(connection, scope_of(person), sorted(ids))
