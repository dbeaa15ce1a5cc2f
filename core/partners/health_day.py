"""A day of health: what of it is counted, and the days that its band follows from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import EPOCH, from_micros
from core.partners.score_rules import DAY_US, HealthRules, health_versions

MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class HealthDay:
    """A day of UTC under the rules in force on it.

    ``end`` is where its windows end; what happened from ``at`` on is not counted, which is earlier
    than the end while the day lasts.
    """

    day: date
    end: int
    at: int
    rules: HealthRules

    def window(self, name: str) -> tuple[int, int]:
        """From (inclusive) and until (exclusive) which moment the cases of an input count."""
        since, until = self.rules.inputs[name].window(self.end)
        return since, min(until, self.at)

    @property
    def since(self) -> int:
        """Where the longest window begins."""
        return min(self.window(name)[0] for name in self.rules.inputs)

    @property
    def before(self) -> date:
        """The day that its trend compares with."""
        return self.day - timedelta(days=self.rules.trend_days)


def today_of(at: int) -> date:
    """The day of UTC that a moment lies in."""
    return from_micros(at).date()


def day_end(day: date) -> int:
    """The first moment that no longer belongs to a day of UTC."""
    return ((day - EPOCH.date()).days + 1) * DAY_US


def health_day(day: date, now: int, rules: HealthRules | None = None) -> HealthDay:
    """A day as it can be counted now: a past one whole, today until the last full minutes."""
    rules = rules or health_versions().on(day)
    end, step = day_end(day), rules.today_minutes * MINUTE_US
    return HealthDay(day, end, min(end, now // step * step), rules)
