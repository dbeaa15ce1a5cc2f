"""The health of all partners of the desk at one moment: counted once, the same for every viewer.

Only cases of the restriction level "open" count, in whole days of UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.cases.filter import CaseFilter
from core.partners.change import Change, Moment
from core.partners.estimates import Population
from core.partners.score_rules import HealthRules
from core.stats.arrays import Ints
from core.storage.snapshot import Reading


@dataclass(frozen=True, eq=False, slots=True)
class HealthBook:
    """Evidence and health of every partner, in the order of ``ids``.

    ``cases`` and ``hits`` are whole numbers of cases by input: what the filters of
    ``health_cases`` open. An input without hits (a tail) is not in ``hits``.
    """

    day: date
    at: int  # what came later is not counted: the end of the day, today the last full quarter hour
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


def today_of(at: int) -> date:
    """The day of UTC that a moment lies in."""
    raise NotImplementedError


def health_book(reading: Reading, day: date) -> HealthBook:
    """The book of a day; of today, until now."""
    raise NotImplementedError


def book_change(before: HealthBook, after: HealthBook, reading: Reading) -> Change:
    """What moved every score between two books, and how much of it came from the usual moving."""
    raise NotImplementedError


def health_cases(
    partner_ref: str, input_name: str, day: date, rules: HealthRules
) -> InputCases | None:
    """The filters of an input's cases; None for one that counts no cases."""
    raise NotImplementedError
