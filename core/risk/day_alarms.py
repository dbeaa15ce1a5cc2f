"""EARS C1, C2 and C3 on the last days of young and old series alike, working days and rest days apart.

A quiet Sunday is no base for a Monday, so the days of each kind are a series of their own (the
stratified C2 of Tokars et al. 2009); what a weekday has beyond its kind is in the stated rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from core.risk.alarms import Alarms
from core.risk.detector_settings import DayEarsSettings
from core.risk.ears import ears_c1, ears_c2, ears_c3
from core.stats.arrays import Bools, Floats, Ints

BACK = 2  # days of the kind whose excess C3 adds up, as ``ears_c3`` does


class Rule(StrEnum):
    """Which of the three raised an alarm."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


@dataclass(frozen=True, eq=False, slots=True)
class DayVerdicts:
    """Verdicts by series and day; ``expected`` and ``upper`` are those of C2, NaN if it cannot say."""

    expected: Floats
    upper: Floats
    alarms: dict[Rule, Bools]
    can_say: Bools

    @property
    def any(self) -> Bools:
        """Where at least one of the rules raised an alarm."""
        return self.alarms[Rule.C1] | self.alarms[Rule.C2] | self.alarms[Rule.C3]


@dataclass(frozen=True, slots=True)
class DayAlarm:
    """One day of one series that rose; ``value`` is ``None`` for all cases together."""

    value: str | None
    on: date
    count: int
    expected: float
    upper: float
    rules: tuple[Rule, ...]

    @property
    def is_above(self) -> bool:
        """True when the day's own count is above a bound; else a rise of the days before goes on."""
        return self.rules != (Rule.C3,)


@dataclass(frozen=True, slots=True)
class DayHeadline:
    """The alarms of the shown days, the newest first, and how many verdicts there were."""

    days: tuple[date, ...]
    alarms: tuple[DayAlarm, ...]
    judged: int  # series × days

    def likely_false(self, settings: DayEarsSettings) -> float:
        """At most so many of the verdicts are alarms by chance, on average."""
        return self.judged * settings.reached_share[1]


def judge_days(counts: Ints, weekdays: Sequence[int], settings: DayEarsSettings) -> DayVerdicts:
    """Every day of ``counts`` (series, days); ``weekdays`` has the weekday of each, Monday 0."""
    rest = np.isin(np.asarray(weekdays), settings.rest_weekdays)
    found = DayVerdicts(
        expected=np.full(counts.shape, np.nan),
        upper=np.full(counts.shape, np.nan),
        alarms={rule: np.zeros(counts.shape, dtype=np.bool_) for rule in Rule},
        can_say=np.zeros(counts.shape, dtype=np.bool_),
    )
    for kind in (rest, ~rest):
        part = counts[:, kind]
        told = {
            Rule.C1: ears_c1(part, settings),
            Rule.C2: ears_c2(part, settings),
            Rule.C3: ears_c3(part, settings),
        }
        for rule, alarms in told.items():
            found.alarms[rule][:, kind] = alarms.alarm & _enough(part, rule, settings)
        _take(found, kind, told[Rule.C2])
    return found


def _enough(counts: Ints, rule: Rule, settings: DayEarsSettings) -> Bools:
    """C3 says nothing of the day itself, so the days before must have the cases."""
    if rule is not Rule.C3:
        return counts >= settings.least_cases
    before = np.zeros_like(counts)
    for back in range(1, BACK + 1):
        before[:, back:] += counts[:, :-back]
    return before >= settings.least_cases


def _take(found: DayVerdicts, kind: Bools, told: Alarms) -> None:
    found.expected[:, kind], found.upper[:, kind] = told.expected, told.upper
    found.can_say[:, kind] = told.can_say


def day_headline(
    counts: Ints, names: Sequence[str | None], days: Sequence[date], settings: DayEarsSettings
) -> DayHeadline:
    """What the last ``shown_days`` of these days come to; days before the first case do not count."""
    shown = tuple(days[-settings.shown_days :])
    first = _first_whole(counts)
    days, counts = days[first:], counts[:, first:]
    told = judge_days(counts, [day.weekday() for day in days], settings)
    recent = np.zeros(counts.shape, dtype=np.bool_)
    recent[:, -len(shown) :] = True
    alarms = [
        DayAlarm(
            value=names[row],
            on=days[at],
            count=int(counts[row, at]),
            expected=float(told.expected[row, at]),
            upper=float(told.upper[row, at]),
            rules=tuple(rule for rule in Rule if told.alarms[rule][row, at]),
        )
        for row, at in np.argwhere(told.any & recent).tolist()
    ]
    # The newest day first, all cases before its values, then the largest.
    alarms.sort(key=lambda one: (-one.on.toordinal(), one.value is not None, -one.count))
    return DayHeadline(shown, tuple(alarms), int((told.can_say & recent).sum()))


def _first_whole(counts: Ints) -> int:
    """The day after the first with a case: on that one cases may have begun to be kept."""
    busy = np.flatnonzero(counts.sum(axis=0))
    if not len(busy):
        return int(counts.shape[1])
    return 0 if busy[0] == 0 else int(busy[0]) + 1
