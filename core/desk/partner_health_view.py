"""One partner's health as one person sees it: today, what it is made of, and what moved it.

The numbers are those of the desk-wide book, the same for everybody; every count of cases comes with
the filter that opens them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite, nan

import numpy as np

from core.access.model import Person, Scope
from core.access.rules import require, scope_of
from core.cases.filter import CaseFilter
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.desk.health_book import HealthBook, book_change, health_book, health_cases, today_of
from core.desk.partner import Partner, require_seen
from core.partners.bands import NO_BAND, ShownBand, band_name, plain_bands, shown_band
from core.partners.change import Figures, figures
from core.partners.explained import (
    ExplainedInput,
    explained,
    not_recorded,
    without_partners,
)
from core.partners.record_rules import BandByHand
from core.partners.score_rules import HealthRules
from core.stats.arrays import Floats
from core.storage.partner_assignments import ServedBy, managers_of
from core.storage.partner_records import band_in_force
from core.storage.snapshot import Reading

__all__ = [
    "Behind",
    "HealthView",
    "InputChange",
    "InputLine",
    "ScoreChange",
    "ServedBy",
    "Standing",
    "change_view",
    "compared_days",
    "health_view",
    "served_by",
]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Behind:
    """The cases behind an input, and those of them that are its hits, each with its filter."""

    count: int
    of: CaseFilter
    hit_count: int | None
    hits: CaseFilter | None


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input of the score with its cases and the days that these were received in or decided."""

    explained: ExplainedInput
    behind: Behind | None
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """The score of one day; NaN, with a band of its own, where there are too few cases.

    ``plain`` is the band by the edges alone; ``without_worst`` and ``without_best`` are the score
    without the one case that weighs it down or lifts it most, margin included.
    """

    day: date
    score: float
    low: float
    high: float
    effective: float
    without_worst: float
    without_best: float
    plain: str
    band: ShownBand
    rules: HealthRules

    @property
    def has_score(self) -> bool:
        """False where there are too few cases."""
        return isfinite(self.score)


@dataclass(frozen=True, slots=True)
class InputChange:
    """One input's part of a change; ``usual`` of it came from the usual moving."""

    name: str
    part: float
    usual: float
    before: Figures | None
    after: Figures | None
    cases_before: Behind | None
    cases_after: Behind | None

    @property
    def own(self) -> float:
        """What the partner's own cases moved."""
        return self.part - self.usual


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """What moved the score between two days; the parts sum to ``total``, the largest first.

    NaN and no parts where one of the two days has no score.
    """

    before: Standing
    after: Standing
    total: float
    low: float
    high: float
    chance_worse: float
    parts: tuple[InputChange, ...]

    @property
    def usual(self) -> float:
        """What came from the usual moving, over all inputs."""
        return sum(part.usual for part in self.parts)

    @property
    def is_sure(self) -> bool:
        """True where the whole interval lies on one side."""
        return self.high < 0 or self.low > 0


@dataclass(frozen=True, slots=True)
class HealthView:
    """Health today, line by line, and its trend."""

    partner: Partner
    standing: Standing
    by_hand: BandByHand | None
    lines: tuple[InputLine, ...]
    not_recorded: tuple[str, ...]
    trend: ScoreChange
    at: datetime  # what came later is not counted
    now: datetime
    version: int
    is_refreshing: bool


def health_view(desk: Desk, person: Person, partner: Partner) -> HealthView:
    """The health of a partner that the person may see."""
    require(person, "partner.read")
    require_seen(person, partner)
    at = desk.clock.now()
    by_hand = _by_hand(desk, person, partner, to_micros(at))
    with desk.snapshot.reading() as reading:
        today = today_of(to_micros(at))
        book = health_book(reading, today)
        trend = _change(reading, partner, (today - _trend(book), today), by_hand)
        place = book.place(partner.id)
        return HealthView(
            partner=partner,
            standing=trend.after,
            by_hand=by_hand,
            lines=() if place is None else _lines(book, partner.ref, place, scope_of(person)),
            not_recorded=not_recorded(book.moment, book.rules),
            trend=trend,
            at=from_micros(book.at),
            now=at,
            version=reading.version,
            is_refreshing=reading.is_refreshing,
        )


def change_view(
    desk: Desk, person: Person, partner: Partner, since: date, until: date
) -> ScoreChange:
    """What moved the score between the ends of two days."""
    require(person, "partner.read")
    require_seen(person, partner)
    by_hand = _by_hand(desk, person, partner, to_micros(desk.clock.now()))
    with desk.snapshot.reading() as reading:
        return _change(reading, partner, (since, until), by_hand)


def compared_days(
    at: datetime, rules: HealthRules, since: date | None, until: date | None
) -> tuple[date, date]:
    """Two days to compare: until today, and from the trend's days before that, unless said else."""
    today = today_of(to_micros(at))
    last = min(until or today, today)
    first = since or last - timedelta(days=rules.trend_days)
    return min(first, last - ONE_DAY), last


def served_by(desk: Desk, person: Person, partner: Partner) -> tuple[ServedBy, ...]:
    """Who serves a partner that the person may see, their own managers first, then covers."""
    require(person, "partner.read")
    require_seen(person, partner)
    with desk.store.read() as connection:
        found = managers_of(connection, [partner.id], to_micros(desk.clock.now()))
    return found.get(partner.id, ())


def _by_hand(desk: Desk, person: Person, partner: Partner, at: int) -> BandByHand | None:
    with desk.store.read() as connection:
        return band_in_force(connection, scope_of(person), partner.id, at)


def _trend(book: HealthBook) -> timedelta:
    return timedelta(days=book.rules.trend_days)


def _standing(book: HealthBook, partner: Partner, by_hand: BandByHand | None) -> Standing:
    place, override = book.place(partner.id), by_hand.override if by_hand else None
    health = book.moment.health
    code = NO_BAND if place is None else int(health.bands[place])

    def figure(of: Floats) -> float:
        return nan if place is None else float(of[place])

    score = figure(health.score)
    return Standing(
        day=book.day,
        score=score,
        low=figure(health.low),
        high=figure(health.high),
        effective=0.0 if place is None else figure(health.effective),
        without_worst=figure(health.standing.without_worst),
        without_best=figure(health.standing.without_best),
        plain=band_name(int(plain_bands(np.array([score]), book.rules)[0])),
        # The book ends at the last quarter hour; a band that was set since then counts at once.
        band=shown_band(code, override, max(book.at, override.set_at if override else 0)),
        rules=book.rules,
    )


def _lines(book: HealthBook, ref: str, place: int, scope: Scope) -> tuple[InputLine, ...]:
    found = explained(book.moment, book.population, book.rules, place)
    if scope.partner_ids is not None:
        found = tuple(without_partners(one) for one in found)
    return tuple(_line(book, ref, place, one) for one in found)


def _line(book: HealthBook, ref: str, place: int, one: ExplainedInput) -> InputLine:
    own = book.rules.inputs[one.name]
    last_on = book.day - timedelta(days=own.maturity_days)
    first_on = last_on - timedelta(days=max(own.window_days - 1, 0))
    return InputLine(one, _behind(book, ref, place, one.name), first_on, last_on)


def _behind(book: HealthBook, ref: str, place: int, name: str) -> Behind | None:
    filters = health_cases(ref, name, book.day, book.rules)
    if filters is None or name not in book.cases:
        return None
    hits = int(book.hits[name][place]) if name in book.hits and filters.hits else None
    return Behind(int(book.cases[name][place]), filters.of, hits, filters.hits)


def _change(
    reading: Reading, partner: Partner, days: tuple[date, date], by_hand: BandByHand | None
) -> ScoreChange:
    before, after = (health_book(reading, day) for day in days)
    first, last = (_standing(book, partner, by_hand) for book in (before, after))
    places = before.place(partner.id), after.place(partner.id)
    if places[0] is None or places[1] is None or not (first.has_score and last.has_score):
        return ScoreChange(first, last, nan, nan, nan, nan, ())
    change, place = book_change(before, after, reading), places[1]
    parts = [
        InputChange(
            name=name,
            part=float(change.parts[place, k]),
            usual=float(change.others[place, k]),
            before=figures(before.moment, name, places[0]),
            after=figures(after.moment, name, place),
            cases_before=_behind(before, partner.ref, places[0], name),
            cases_after=_behind(after, partner.ref, place, name),
        )
        for k, name in enumerate(change.names)
    ]
    way = np.sign(change.total[place]) or -1.0
    return ScoreChange(
        before=first,
        after=last,
        total=float(change.total[place]),
        low=float(change.low[place]),
        high=float(change.high[place]),
        chance_worse=float(change.chance_worse[place]),
        parts=tuple(sorted(parts, key=lambda part: -way * part.part)),
    )
