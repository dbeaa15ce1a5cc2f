"""The only place that asks the machine for the time; everybody else is given a ``Clock``.

Moments are aware UTC datetimes in the code and whole microseconds since 1970 in storage and arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Anything that tells the time: the machine's, or a fixed one in tests and replays."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251 -- this is the one clock


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is told to move on."""

    at: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the hands forward by ``by``."""
        self.at = self.at + by


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC; a naive moment is a programming error."""
    if moment.tzinfo is None:
        msg = "a moment without a time zone has no place on the time line"
        raise ValueError(msg)
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of ``to_micros``."""
    return EPOCH + timedelta(microseconds=micros)
