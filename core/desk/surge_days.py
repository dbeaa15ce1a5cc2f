"""The last days of the surges: which of them rose, as one person sees them."""

from __future__ import annotations

from datetime import date, timedelta

from core.cases.filter import CaseFilter
from core.risk.day_alarms import DayHeadline, day_headline
from core.risk.detector_settings import detectors
from core.risk.scan_rules import scan_rules
from core.storage.day_counts import day_counts
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading


def judged_days(
    reading: Reading, filter_: CaseFilter, look: Look, last_day: date, zone: str
) -> DayHeadline:
    """Every abuse type and all cases on the days up to and with ``last_day``, a whole one."""
    settings = detectors().ears_days
    count = settings.history_days + settings.shown_days
    days = tuple(last_day - timedelta(days=back) for back in reversed(range(count)))

    def judge() -> DayHeadline:
        found = day_counts(reading, filter_, look, days, zone, scan_rules().alike)
        return day_headline(found.counts, found.names, days, settings)

    # Not the minute of the look: days that are over stay as they are.
    key = ("surge days", filter_, look.sight, days, zone)
    return reading.remember(key, judge)
