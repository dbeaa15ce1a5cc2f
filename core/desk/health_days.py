"""Scores of single days, kept for as long as no case changes that they counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.partners.bands import Standing, settled_bands
from core.partners.estimates import Population, fit_population
from core.partners.health import Health, score
from core.partners.health_day import HealthDay, health_day
from core.stats.arrays import Floats, Ints
from core.storage.partner_evidence import (
    PartnerEvidence,
    gaps_of,
    is_counted,
    partner_evidence,
)
from core.storage.snapshot import Reading
from core.storage.snapshot.roster import Roster

MOST_SCORED = 6  # with all evidence: a few megabytes each at 5,000 partners
STANDING = "health standing"
MOST_STANDING = 64  # scores only


@dataclass(frozen=True, eq=False, slots=True)
class ScoredDay:
    """Evidence, what is usual, and the score of all partners; bands are by the edges alone."""

    evidence: PartnerEvidence
    population: Population
    health: Health
    roster: Roster


@dataclass(frozen=True, eq=False, slots=True)
class StandingDay:
    """What bands and history need of a day."""

    standing: Standing
    low: Floats
    high: Floats
    effective: Floats
    looked: Ints
    gaps: bytes
    roster: Roster


def scored_day(reading: Reading, day: HealthDay) -> ScoredDay:
    """All of a day."""

    def holds(held: ScoredDay, changed: Sequence[int]) -> bool:
        if held.evidence.gaps != gaps_of(reading, day):
            return False
        return _holds(reading, day, held.evidence.looked, held.roster, changed)

    count = _scorer(reading, day)
    return reading.last("health scored", (day.day, day.at), count, holds, MOST_SCORED)


def standing_at_hand(reading: Reading, day: HealthDay) -> tuple[StandingDay, bool]:
    """The scores of a day as last counted, and whether no case has changed since; else counted now."""
    held = reading.at_hand(STANDING, (day.day, day.at))
    if held is not None and isinstance(held[0], StandingDay):
        known = held[0]
        if known.roster.groups_alike(reading.roster):
            return known, held[1]
    return standing_day(reading, day), True


def standing_day(reading: Reading, day: HealthDay, *, with_all: bool = False) -> StandingDay:
    """The scores of a day; ``with_all`` where all of it is wanted anyway."""

    def count() -> StandingDay:
        scored = scored_day(reading, day) if with_all else _scorer(reading, day)()
        found = scored.health
        return StandingDay(
            found.standing,
            found.low,
            found.high,
            found.effective,
            scored.evidence.looked,
            scored.evidence.gaps,
            scored.roster,
        )

    def holds(held: StandingDay, changed: Sequence[int]) -> bool:
        if held.gaps != gaps_of(reading, day):
            return False
        return _holds(reading, day, held.looked, held.roster, changed)

    return reading.last(STANDING, (day.day, day.at), count, holds, MOST_STANDING)


def band_before(reading: Reading, day: HealthDay) -> Ints | None:
    """The bands that those of a day follow from: along days one trend period apart."""
    previous: Ints | None = None
    for nth, link in enumerate(reversed(links(day)), start=1):
        # The day before is what a trend compares with, so all of it is wanted soon.
        with_all = nth == day.rules.band_links
        standing = standing_day(reading, link, with_all=with_all).standing
        previous = settled_bands(standing, previous, day.rules)
    return previous


def links(day: HealthDay) -> list[HealthDay]:
    """The days before that a band follows from, the latest first."""
    found = [day]
    for _ in range(day.rules.band_links):
        found.append(health_day(found[-1].before, day.at, day.rules))
    return found[1:]


def _scorer(reading: Reading, day: HealthDay) -> Callable[[], ScoredDay]:
    def count() -> ScoredDay:
        evidence = partner_evidence(reading, day)
        population = fit_population(evidence.inputs, day.rules)
        health = score(evidence.inputs, population, day.rules)
        return ScoredDay(evidence, population, health, reading.roster)

    return count


def _holds(
    reading: Reading, day: HealthDay, looked: Ints, roster: Roster, changed: Sequence[int]
) -> bool:
    """True when no changed case was counted, and none of them is counted now."""
    if not roster.groups_alike(reading.roster):
        return False
    if not changed:
        return True
    ids = np.array(changed, dtype=np.int64)
    place = np.minimum(np.searchsorted(looked, ids), max(len(looked) - 1, 0))
    if len(looked) and (looked[place] == ids).any():
        return False
    return not is_counted(reading, day, ids)
