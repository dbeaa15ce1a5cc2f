"""Shapes of ``policies.yaml`` and ``calendars.yaml`` as a person writes them, checked line by line.

Only parsing stands here; ``policies`` turns what passed into the frozen types of the room.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.sla.model import NO_TARGETS, OpenInterval, Owner, Target, Targets

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOTHING = {"–", "-", "—", ""}
_DAY = timedelta(days=1)
# Our own policy team and our own work never stop a clock that a requester sees.
_MAY_PAUSE = frozenset({Owner.REQUESTER, Owner.PRODUCT, Owner.LEGAL, Owner.EXTERNAL})


def parse_target(text: str) -> Target | None:
    """Read ``30 m``, ``4 h``, ``3 d`` or a dash for nothing promised."""
    if text.strip() in _NOTHING:
        return None
    found = re.fullmatch(r"\s*(\d+)\s*([mhd])\s*", text)
    if not found or int(found[1]) == 0:
        msg = f"'{text.strip()}' is not a target; write 30 m, 4 h, 3 d or –"
        raise ValueError(msg)
    amount, unit = int(found[1]), found[2]
    return Target(days=amount) if unit == "d" else Target(exact=amount * _UNITS[unit])


def parse_targets(text: str) -> Targets:
    """Read a cell ``FRT / NRT / UPD / TTR``."""
    parts = text.split("/")
    if len(parts) != 4:
        msg = f"'{text}' has {len(parts)} targets; write four: FRT / NRT / UPD / TTR"
        raise ValueError(msg)
    return Targets(*(parse_target(part) for part in parts))


def parse_week(week: dict[str, str]) -> tuple[OpenInterval, ...]:
    """Read ``{mon-fri: "09:00-13:00, 14:00-18:00"}``; an end before its start is the next day's."""
    return tuple(
        OpenInterval(weekday, opens, closes)
        for days, hours in week.items()
        for weekday in _weekdays(days)
        for opens, closes in (_hours(part) for part in hours.split(","))
    )


def parse_time(text: str) -> timedelta:
    """Read a wall-clock time, 00:00 to 24:00, as time since midnight."""
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*", text)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        since = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if minutes < 60 and seconds < 60 and since <= _DAY:
            return since
    msg = f"'{text.strip()}' is not a time of day; write 09:00"
    raise ValueError(msg)


def _weekdays(text: str) -> range:
    first, _, last = text.strip().lower().partition("-")
    if first not in _WEEKDAYS or (last and last not in _WEEKDAYS):
        msg = f"'{text}' is not a weekday; write mon or mon-fri"
        raise ValueError(msg)
    begin = _WEEKDAYS.index(first)
    return range(begin, (_WEEKDAYS.index(last) if last else begin) + 1)


def _hours(text: str) -> tuple[timedelta, timedelta]:
    opens, dash, closes = text.partition("-")
    if not dash:
        msg = f"'{text.strip()}' is not an interval; write 09:00-17:00"
        raise ValueError(msg)
    begin, end = parse_time(opens), parse_time(closes)
    return begin, end if end > begin else end + _DAY


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "a moment needs its zone: 2026-01-01T00:00:00Z"
        raise ValueError(msg)
    return value.astimezone(UTC)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # walks the whole database of zones


def _zone(value: str) -> str:
    if value not in _zones():
        msg = f"'{value}' is not an IANA time zone"
        raise ValueError(msg)
    return ZoneInfo(value).key


def _pausing(value: frozenset[Owner]) -> frozenset[Owner]:
    if value - _MAY_PAUSE:
        msg = "only " + ", ".join(sorted(_MAY_PAUSE)) + " may pause a clock"
        raise ValueError(msg)
    return value


Moment = Annotated[datetime, AfterValidator(_aware)]
ZoneName = Annotated[str, AfterValidator(_zone)]
TimeOfDay = Annotated[timedelta, BeforeValidator(lambda v: parse_time(str(v)))]
Share = Annotated[float, Field(gt=0, lt=1)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class PolicyLine(_Line):
    """One policy version of the file."""

    id: str = Field(min_length=1)
    effective_from: Moment
    decided_on: date
    source: str = Field(min_length=1)
    pausing_owners: Annotated[frozenset[Owner], AfterValidator(_pausing)]
    reopen_days: int = Field(ge=0)
    warn_shares: tuple[Share, ...]
    at_risk_share: Share
    always_open_priorities: frozenset[str]
    columns: dict[str, str]
    unknown_tier: str
    targets: dict[str, dict[str, str]]

    @model_validator(mode="after")
    def _cells_read(self) -> PolicyLine:
        self.cells()
        return self

    def cells(self) -> dict[tuple[str, str], Targets]:
        """The table with every ``as T1`` followed to the cell that it names."""
        return {
            (priority, column): _cell(priority, column, row)
            for priority, row in self.targets.items()
            for column in row
        }


def _cell(priority: str, column: str, row: dict[str, str]) -> Targets:
    text, seen = row[column], {column}
    while text.strip().startswith("as "):
        named = text.strip().removeprefix("as ").strip()
        if named in seen or named not in row:
            msg = f"{priority}, {column}: 'as {named}' leads nowhere"
            raise ValueError(msg)
        seen.add(named)
        text = row[named]
    try:
        return parse_targets(text) if text.strip() not in _NOTHING else NO_TARGETS
    except ValueError as fault:
        msg = f"{priority}, {column}: {fault}"
        raise ValueError(msg) from fault


class PolicyFile(_Line):
    """``policies.yaml``."""

    versions: list[PolicyLine] = Field(min_length=1)


class ClosureLine(_Line):
    """A closed day: every year (``12-24``) or once (``2026-06-05``)."""

    day: Annotated[str, Field(pattern=r"^(\d{4}-)?\d{2}-\d{2}$"), BeforeValidator(str)]
    name: str
    closed_from: TimeOfDay = Field(default=timedelta(), alias="from")
    closed_until: TimeOfDay = Field(default=_DAY, alias="until")


class CalendarLine(_Line):
    """One version of one calendar."""

    effective_from: Moment
    zone: ZoneName
    week: dict[str, str] = Field(default_factory=dict)
    holidays: str = ""
    closures: list[ClosureLine] = Field(default_factory=list)
    always_open: bool = False
    standard_day: str | None = None

    @model_validator(mode="after")
    def _is_open_sometimes(self) -> CalendarLine:
        if self.always_open == bool(parse_week(self.week)):
            msg = "give either a week or always_open: true"
            raise ValueError(msg)
        if self.standard_day is not None and not _is_exact(self.standard_day):
            msg = "standard_day is written in hours or minutes: 8 h"
            raise ValueError(msg)
        return self


def _is_exact(text: str) -> bool:
    target = parse_target(text)
    return target is not None and target.exact is not None


class CalendarFile(_Line):
    """``calendars.yaml``."""

    source: str = Field(min_length=1)
    decided_on: date
    regions: dict[str, str]
    calendars: dict[str, list[CalendarLine]]

    @model_validator(mode="after")
    def _regions_have_calendars(self) -> CalendarFile:
        missing = sorted(set(self.regions.values()) - set(self.calendars))
        if missing:
            msg = "regions name unknown calendars: " + ", ".join(missing)
            raise ValueError(msg)
        return self
