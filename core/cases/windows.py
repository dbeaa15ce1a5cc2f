"""Days of a zone as edges on the time line, and the windows and buckets of the queue as data."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from core.clock import from_micros, to_micros
from core.reference import read_reference

QUEUE_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "queue.yaml"
MINUTES_PER_DAY = 24 * 60
_SECOND_US = 1_000_000
_DAY_US = MINUTES_PER_DAY * 60 * _SECOND_US


class QueueWindows(BaseModel):
    """Windows and buckets of the queue page, from ``data/reference/queue.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    due_within_minutes: int = Field(gt=0)
    response_days: int = Field(gt=0)
    spark_days: int = Field(gt=1)
    flow_days: tuple[int, ...]
    recently_closed_days: int = Field(gt=0)
    ageing_edges_days: tuple[int, ...]
    page_size: int = Field(gt=0, le=200)
    most_facet_values: int = Field(gt=0)

    def ageing_buckets(self) -> tuple[tuple[str, int, int | None], ...]:
        """Each bucket as label, first minute and the minute before which it ends."""
        edges = (0, *self.ageing_edges_days)
        found: list[tuple[str, int, int | None]] = []
        for lower, upper in pairwise(edges):
            label = f"{lower}–{upper} d" if lower else f"under {upper} d"
            found.append((label, lower * MINUTES_PER_DAY, upper * MINUTES_PER_DAY))
        found.append((f"{edges[-1]} d and more", edges[-1] * MINUTES_PER_DAY, None))
        return tuple(found)


@cache
def queue_windows(path: Path = QUEUE_FILE) -> QueueWindows:
    """The windows of this desk, read at the first call."""
    return read_reference(path, QueueWindows)


def day_start(day: date, zone: str) -> int:
    """The first instant of a local day; where midnight does not exist, the instant after the gap."""
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    return to_micros(local)


def next_day(day: date) -> date:
    """The day after; the last day that there is has none and stands for itself."""
    return day + timedelta(days=1) if day < date.max else day


def day_of(micros: int, zone: str) -> date:
    """The local day that an instant lies in."""
    return from_micros(micros).astimezone(ZoneInfo(zone)).date()


def last_days(count: int, at: int, zone: str) -> tuple[date, ...]:
    """The days up to and with the one of ``at``, oldest first."""
    today = day_of(at, zone)
    return tuple(today - timedelta(days=back) for back in range(count - 1, -1, -1))


def day_edges(days: tuple[date, ...], zone: str) -> list[int]:
    """The start of each day and the end of the last."""
    return [day_start(day, zone) for day in (*days, next_day(days[-1]))]


@lru_cache(256)
def clock_changes(zone: str, first: date, last: date) -> tuple[tuple[int, int], ...]:
    """How far the local clock is ahead of UTC, in microseconds: from which instant on, and how far.

    The first entry holds from the beginning of the first day on, the others from each change.
    """
    local = ZoneInfo(zone)

    def ahead(at: int) -> int:
        shift = from_micros(at).astimezone(local).utcoffset()
        return to_micros(datetime(1970, 1, 1, tzinfo=UTC) + (shift or timedelta()))

    at, end = day_start(first, zone), day_start(next_day(last), zone)
    found = [(at, ahead(at))]
    while at < end:
        then = min(at + _DAY_US, end)
        if ahead(then) != found[-1][1]:
            low, high = at, then  # the change lies after low and not after high
            while high - low > _SECOND_US:
                middle = (low + high) // 2 // _SECOND_US * _SECOND_US
                low, high = (middle, high) if ahead(middle) == found[-1][1] else (low, middle)
            found.append((high, ahead(high)))
        at = then
    return tuple(found)
