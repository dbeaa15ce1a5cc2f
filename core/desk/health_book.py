"""The health of all partners of the desk at one moment: counted once, the same for every viewer.

Only cases of the restriction level "open" count, in whole days of UTC. What a past day cannot be
told of stands in ``core.storage.partner_conditions``; tiers are those of today as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from core.cases.filter import HITS, CaseFilter, Segment, Sort
from core.clock import to_micros
from core.desk.health_days import band_before, scored_day
from core.partners.bands import settled_bands
from core.partners.change import Change, Moment, change_between
from core.partners.estimates import Population
from core.partners.health import score
from core.partners.health_day import HealthDay, health_day, today_of
from core.partners.score_rules import HealthRules, Kind
from core.stats.arrays import Ints
from core.storage.partner_conditions import COUNTED_INPUTS
from core.storage.scope import OPEN
from core.storage.snapshot import Reading

__all__ = [
    "HealthBook",
    "InputCases",
    "book_change",
    "health_book",
    "health_cases",
    "today_of",
]
MOST_CHANGES = 8


@dataclass(frozen=True, eq=False, slots=True)
class HealthBook:
    """Evidence and health of every partner, in the order of ``ids``.

    ``cases`` and ``hits`` are whole numbers of cases by input: what the filters of
    ``health_cases`` open. An input without hits (a tail) is not in ``hits``.
    """

    day: date
    at: int  # what came later is not counted: the end of the day, today the last full minutes
    ids: Ints
    rules: HealthRules
    moment: Moment
    population: Population
    cases: Mapping[str, Ints]
    hits: Mapping[str, Ints]

    def place(self, partner_id: int) -> int | None:
        """Where a partner stands in every array."""
        place = int(np.searchsorted(self.ids, partner_id))
        return place if place < len(self.ids) and self.ids[place] == partner_id else None


@dataclass(frozen=True, slots=True)
class InputCases:
    """The cases that an input counts, and those of them that are hits."""

    of: CaseFilter
    hits: CaseFilter | None


def now_of(reading: Reading) -> int:
    """The present moment of the desk."""
    return to_micros(reading.snapshot.store.clock.now())


def health_book(reading: Reading, day: date) -> HealthBook:
    """The book of a day; of today, until now."""
    return book_of(reading, health_day(day, now_of(reading)))


def book_of(reading: Reading, day: HealthDay) -> HealthBook:
    """The book of a day that has been looked up already."""
    scored = scored_day(reading, day)
    previous = band_before(reading, day)
    found = replace(scored.health, bands=settled_bands(scored.health.standing, previous, day.rules))
    return HealthBook(
        day=day.day,
        at=day.at,
        ids=reading.roster.ids,
        rules=day.rules,
        moment=Moment(scored.evidence.inputs, found),
        population=scored.population,
        cases=scored.evidence.cases,
        hits=scored.evidence.hits,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Compared:
    """A change with the evidence that it was worked out from."""

    change: Change
    evidence: tuple[object, object]


def book_change(before: HealthBook, after: HealthBook, reading: Reading) -> Change:
    """What moved every score between two books, and how much of it came from the usual moving."""
    evidence = (before.moment.inputs, after.moment.inputs)

    def compare() -> _Compared:
        level, was, now = after.rules.interval, before.moment, after.moment
        own_only = score(now.inputs, before.population, after.rules)
        change = change_between(was.health, now.health, level, own_only)
        # Which of the two moved first is nobody's choice: the mean of both orders (Shapley 1953).
        usual_only = score(was.inputs, after.population, before.rules)
        usual_first = change_between(was.health, usual_only, level).parts
        return _Compared(replace(change, others=(change.others + usual_first) / 2), evidence)

    def is_of_these(held: _Compared, _changed: object) -> bool:
        return all(one is other for one, other in zip(held.evidence, evidence, strict=True))

    key = (before.day, before.at, after.day, after.at)
    return reading.last("health change", key, compare, is_of_these, MOST_CHANGES).change


def health_cases(
    partner_ref: str, input_name: str, day: date, rules: HealthRules
) -> InputCases | None:
    """The filters of an input's cases; None for one that counts no cases.

    A queue that is asked for them on the same day counts as many cases as the book.
    """
    if input_name not in COUNTED_INPUTS:
        return None
    of = CaseFilter(
        segment=Segment.ALL,
        sort=Sort.RECEIVED,
        partner=(partner_ref,),
        restriction=(OPEN,),
        health=input_name,
        health_on=day,
    )
    is_tail = rules.inputs[input_name].kind is Kind.TAIL
    return InputCases(of, None if is_tail else of.having(health=input_name + HITS))
