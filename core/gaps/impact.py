"""What a policy gap costs: its figures, each with the filter that opens its cases, and its weeks. Pure.

Definitions stand here only; storage counts them, pages show them, both by asking here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.cases.filter import LINKED, MATCHING, CaseFilter, Flag, Segment
from core.cases.measures import overturned_filter, reviewed_filter
from core.cases.windows import last_days
from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import (
    Predicted,
    Ripe,
    Spent,
    cases_to_come,
    hits_to_come,
    time_to_come,
)
from core.risk.cell_rules import cell_rules
from core.risk.expectation import History, expect
from core.risk.weeks import DAYS_PER_WEEK, WeekWindows, weeks_of
from core.stats.arrays import Ints
from core.stats.negative_binomial import quantile

# What goes wrong with a case, by the name of its figure.
HITS = ("wrong", "overturned", "breached")
# What reach is told by, and the dimension that opens as a table where none is chosen.
REACH = ("tier", "market", "platform", "surface", "language", "abuse_type")


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """What a figure is called and what it counts; ``of`` names the figure that it is a part of."""

    name: str
    label: str
    definition: str
    of: str = ""


FIGURES: Mapping[str, FigureDefinition] = {
    one.name: one
    for one in (
        FigureDefinition(
            "cases", "Cases", "Linked to the gap or matched by its filter, in every state."
        ),
        FigureDefinition("linked", "Linked", "Linked to the gap as evidence.", "cases"),
        FigureDefinition("matching", "Matching", "Matched by the filter of the gap.", "cases"),
        FigureDefinition(
            "recent",
            "Last {days} days",
            "Received in the last {days} days, today included.",
            "cases",
        ),
        FigureDefinition("open", "Open now", "Not resolved, closed, merged or cancelled.", "cases"),
        FigureDefinition(
            "breached",
            "Breached",
            "At least one clock was missed: recorded, or past due now.",
            "cases",
        ),
        FigureDefinition(
            "overturned",
            "Overturned",
            "An earlier decision was reversed, wholly or in part; of the cases looked at again.",
            "reviewed",
        ),
        FigureDefinition(
            "reopened",
            "Reopened",
            "Came back after being resolved. Somebody who writes again without a reopening is not "
            "recorded apart, so such re-contacts are not in it.",
            "cases",
        ),
        FigureDefinition(
            "wrong",
            "Overturned or breached",
            "Ended with a reversed decision, or missed a clock; a case with both counts once.",
            "cases",
        ),
        FigureDefinition(
            "reviewed", "Re-reviewed", "An earlier decision was looked at again.", "cases"
        ),
    )
}
SPENT = (
    "Working time that the cases stood with us, by the calendar of each: until they ended, or until "
    "an open one last changed. It is waiting and work together, not hours that somebody worked."
)


def figure_filters(ref: str, at: int, zone: str) -> dict[str, CaseFilter]:
    """The cases of each figure, for a gap, a moment and the zone that days belong to."""
    cases = ground(ref)
    return {
        "cases": cases,
        "linked": cases.having(gap=ref + LINKED),
        "matching": cases.having(gap=ref + MATCHING),
        "recent": recent_filter(cases, at, zone),
        "open": cases.having(segment=Segment.OPEN),
        "reopened": cases.having(flags=(Flag.REOPENED,)),
        "reviewed": reviewed_filter(cases),
        **{name: hit_filter(cases, name) for name in HITS},
    }


def recent_filter(cases: CaseFilter, at: int, zone: str) -> CaseFilter:
    """The cases of a filter received lately, today included."""
    days = last_days(impact_rules().recent_days, at, zone)
    return received_in(cases, days[0], days[-1], zone)


def ground(ref: str) -> CaseFilter:
    """All cases behind a gap, in every state."""
    return CaseFilter(segment=Segment.ALL, gap=ref)


def hit_filter(cases: CaseFilter, name: str) -> CaseFilter:
    """The cases of a filter that one kind of hit counts."""
    if name == "overturned":
        return overturned_filter(cases)
    return cases.having(flags=(Flag.BREACHED if name == "breached" else Flag.WENT_WRONG,))


def received_in(cases: CaseFilter, first: date, last: date, zone: str) -> CaseFilter:
    """The cases of a filter received on these days of a zone."""
    return cases.having(received_from=first, received_to=last, zone=zone)


@dataclass(frozen=True, slots=True)
class GapWeeks:
    """Complete weeks, oldest first: cases behind a gap received in each, and how the ripe ones went.

    ``known_from`` is the first week in which the desk had cases at all.
    """

    mondays: tuple[date, ...]
    cases: tuple[int, ...]
    known_from: int
    ripe_first: int  # the ripe weeks are [ripe_first, ripe_end)
    ripe_end: int
    hits: Mapping[str, tuple[int, ...]]  # of the ripe weeks
    spent: Spent

    @property
    def ripe_cases(self) -> int:
        """Cases old enough to know how they went."""
        return sum(self.cases[self.ripe_first : self.ripe_end])

    def ripe(self, name: str) -> Ripe:
        """The ripe cases with one kind of hit."""
        return Ripe(self.cases[self.ripe_first : self.ripe_end], self.hits[name])

    def ripe_filter(self, cases: CaseFilter, zone: str) -> CaseFilter:
        """The ripe cases of a filter."""
        last = self.mondays[self.ripe_end - 1] + timedelta(days=DAYS_PER_WEEK - 1)
        return received_in(cases, self.mondays[self.ripe_first], last, zone)


def ripe_weeks(weeks: int) -> tuple[int, int]:
    """Which of so many complete weeks are the ripe ones."""
    rules = impact_rules().outlook
    end = max(weeks - rules.ripe_weeks, 0)
    return max(end - rules.share_weeks, 0), end


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """A week with what its own past promised for it; NaN where that is too short."""

    first_day: date
    count: int
    expected: float
    low: float
    high: float

    @property
    def last_day(self) -> date:
        """Its Sunday."""
        return self.first_day + timedelta(days=DAYS_PER_WEEK - 1)

    @property
    def is_above(self) -> bool:
        """True where more came than nearly all such weeks would bring."""
        return self.count > self.high


def trend(weeks: GapWeeks, windows: WeekWindows) -> tuple[TrendWeek, ...]:
    """The last weeks against the expectation of the weeks before them: level, trend, season."""
    rules = impact_rules()
    shown = min(rules.shown_weeks, len(weeks.cases))
    first = len(weeks.cases) - shown
    every = weeks_of(windows, cell_rules().expectation.rest_day_share)
    past: Ints = np.array([weeks.cases[:first]], dtype=np.int64)
    history = History(
        past, every.part(0, first), np.zeros(1, np.int64), np.array([weeks.known_from])
    )
    found = expect(history, every.part(first))
    return tuple(
        TrendWeek(
            day, count, mean, *(_ends(mean, variance, rules.interval) if mean > 0 else _UNKNOWN)
        )
        for day, count, mean, variance in zip(
            weeks.mondays[first:],
            weeks.cases[first:],
            found.weekly[0].tolist(),
            found.weekly_variance[0].tolist(),
            strict=True,
        )
    )


_UNKNOWN = (float("nan"), float("nan"))


def _ends(mean: float, variance: float, level: float) -> tuple[float, float]:
    low, high = (quantile(share, mean, variance) for share in ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next weeks bring if nothing changes; the time is in microseconds."""

    cases: Predicted
    hits: Mapping[str, Predicted]
    spent: Predicted | None


def outlook(weeks: GapWeeks, usual: Mapping[str, float]) -> Outlook | None:
    """The outlook of a gap; None where its weeks are too few. ``usual`` are the desk's shares."""
    rules = impact_rules()
    cases = cases_to_come(weeks.cases[weeks.known_from :], rules)
    if cases is None:
        return None
    hits = {name: hits_to_come(cases, weeks.ripe(name), usual[name], rules) for name in HITS}
    return Outlook(cases, hits, time_to_come(cases, weeks.spent, rules))
