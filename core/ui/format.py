"""How numbers, durations and moments are written for a person; the same words on every page.

Unknown stays unknown: it is written as a dash with the word, never as zero. Durations come as
microseconds or ``timedelta``; moments as aware datetimes or microseconds since 1970.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import MICROSECOND, from_micros, to_micros

DASH = "–"
UNKNOWN = "– unknown"

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# From here on minutes, then hours, say nothing that a person would act on.
HOURS_UNTIL = 48 * HOUR
DAYS_WITH_HOURS_UNTIL = 14 * DAY

Micros = int | float | timedelta | None
Moment = int | float | datetime | None


def micros(value: Micros | datetime) -> int | None:
    """Whole microseconds of a duration or moment; nothing, NaN and NA give None."""
    if value is None:
        return None
    if isinstance(value, timedelta):
        return value // MICROSECOND
    if isinstance(value, datetime):
        return to_micros(value)
    try:
        return None if math.isnan(value) else int(value)
    except TypeError:  # pandas' NA has no float
        return None


def duration(value: Micros, *, unknown: str = UNKNOWN) -> str:
    """Time by the wall clock: ``40 s``, ``25 m``, ``2 h 05 m``, ``3 d 04 h``, ``45 d``."""
    us = micros(value)
    if us is None:
        return unknown
    sign, us = ("-", -us) if us < 0 else ("", us)
    if us < HOURS_UNTIL:
        return sign + _short(us)
    if us < DAYS_WITH_HOURS_UNTIL:
        return f"{sign}{us // DAY} d {us % DAY // HOUR:02d} h"
    return f"{sign}{count(us // DAY)} d"


def worked(value: Micros, *, unknown: str = UNKNOWN) -> str:
    """Time by a working calendar, never in days: a working day is not 24 hours."""
    us = micros(value)
    if us is None:
        return unknown
    return f"-{_short(-us)}" if us < 0 else _short(us)


def _short(us: int) -> str:
    if us < MINUTE:
        return f"{us // SECOND} s"
    if us < HOUR:
        return f"{us // MINUTE} m"
    return f"{us // HOUR:,} h {us % HOUR // MINUTE:02d} m"


def relative(at: Moment, now: Moment, *, unknown: str = UNKNOWN) -> str:
    """How far a moment lies from now: ``in 25 m``, ``2 h 05 m ago``, ``now``."""
    there, here = micros(at), micros(now)
    if there is None or here is None:
        return unknown
    gap = there - here
    if abs(gap) < MINUTE:
        return "now"
    return f"in {duration(gap)}" if gap > 0 else f"{duration(-gap)} ago"


def countdown(due_at: Moment, now: Moment, *, unknown: str = DASH) -> str:
    """Time left until a due moment, or by how much it has passed; exactly at due is not over."""
    due, here = micros(due_at), micros(now)
    if due is None or here is None:
        return unknown
    return f"{duration(due - here)} left" if due >= here else f"{duration(here - due)} over"


def exact(at: Moment, zone: str = "UTC", *, unknown: str = UNKNOWN) -> str:
    """A moment to the minute with its zone: ``2026-03-29 14:05 CEST``."""
    us = micros(at)
    if us is None:
        return unknown
    there = from_micros(us).astimezone(ZoneInfo(zone))
    return f"{there:%Y-%m-%d %H:%M} {_zone_name(there)}"


def _zone_name(at: datetime) -> str:
    """``CEST``; where a zone has no letters of its own, as in Buenos Aires, ``UTC-03``."""
    name = f"{at:%Z}"
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


def day(at: Moment, zone: str = "UTC", *, unknown: str = UNKNOWN) -> str:
    """The day of a moment in a zone, with its weekday: ``Sun 2026-03-29``."""
    us = micros(at)
    if us is None:
        return unknown
    return f"{from_micros(us).astimezone(ZoneInfo(zone)):%a %Y-%m-%d}"


def count(value: int | None, *, unknown: str = UNKNOWN) -> str:
    """A whole number with thousands apart."""
    us = micros(value)
    return unknown if us is None else f"{us:,}"


def share(value: float | None, *, digits: int = 0, unknown: str = UNKNOWN) -> str:
    """A share between 0 and 1 as a percentage."""
    if value is None or math.isnan(value):
        return unknown
    return f"{100 * value:.{digits}f} %"


def plural(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 case``, ``1,204 cases``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(first: int, last: int, total: int) -> str:
    """Which rows of how many: ``51–100 of 3,214``."""
    return f"{first:,}–{last:,} of {total:,}" if total else "0 of 0"


def escape(text: str) -> str:
    """Text from outside as plain words for a place that reads Markdown."""
    return "".join("\\" + c if c in _MARKDOWN else c for c in text).replace("\n", " ")


_MARKDOWN = set("\\`*_{}[]()#+-.!|<>~$:&")
