"""Reads policy and calendar versions from YAML into one ``SlaBook``; public holidays by country.

Everything wrong with a file is collected and refused together, each fault with its place.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import yaml
from holidays import country_holidays
from pydantic import BaseModel, ValidationError

from core.errors import BadInput
from core.settings import REFERENCE_DIR
from core.sla.calendars import FIRST_YEAR, LAST_YEAR
from core.sla.files import (
    CalendarFile,
    CalendarLine,
    ClosureLine,
    PolicyFile,
    PolicyLine,
    parse_target,
    parse_week,
)
from core.sla.model import ALWAYS_OPEN_KEY, Calendar, Holiday, PolicyVersion, SlaBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

SLA_DIR = REFERENCE_DIR / "sla"
_DAY = timedelta(days=1)
_Shape = TypeVar("_Shape", bound=BaseModel)


@lru_cache(maxsize=8)
def read_book(folder: Path = SLA_DIR) -> SlaBook:
    """The policies and calendars of a folder; read once per process."""
    policies = read_policies((folder / "policies.yaml").read_text("utf-8"))
    calendars, regions = read_calendars((folder / "calendars.yaml").read_text("utf-8"))
    return SlaBook(policies=policies, calendars=calendars, regions=regions)


def read_policies(text: str, *, name: str = "policies.yaml") -> tuple[PolicyVersion, ...]:
    """Policy versions, oldest first."""
    lines = _checked(PolicyFile, text, name).versions
    _refuse_repeats([line.id for line in lines], name, "id")
    versions = sorted((_policy(line) for line in lines), key=lambda p: p.effective_from)
    _refuse_ties([p.effective_from for p in versions], name)
    return tuple(versions)


def read_calendars(
    text: str, *, name: str = "calendars.yaml"
) -> tuple[dict[str, tuple[Calendar, ...]], dict[str, str]]:
    """Calendar versions by key, oldest first, and the calendar of each team region."""
    file = _checked(CalendarFile, text, name)
    if ALWAYS_OPEN_KEY not in file.calendars:
        msg = f"The calendar '{ALWAYS_OPEN_KEY}' is missing"
        raise BadInput(msg, at=name, hint="P0 and P1 count around the clock")
    found = {}
    for key, lines in file.calendars.items():
        versions = sorted((_calendar(key, line) for line in lines), key=lambda c: c.effective_from)
        _refuse_ties([c.effective_from for c in versions], f"{name}, {key}")
        found[key] = tuple(versions)
    return found, file.regions


def _checked(shape: type[_Shape], text: str, name: str) -> _Shape:
    try:
        return shape.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as fault:
        raise BadInput("The file is not YAML", at=name, hint=str(fault)) from fault
    except ValidationError as faults:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in faults.errors()]
        raise BadInput("; ".join(lines), at=name, hint="see the comments in the file") from faults


def _policy(line: PolicyLine) -> PolicyVersion:
    return PolicyVersion(
        id=line.id,
        effective_from=line.effective_from,
        targets=line.cells(),
        columns=line.columns,
        unknown_tier=line.unknown_tier,
        pausing_owners=line.pausing_owners,
        always_open_priorities=line.always_open_priorities,
        reopen_within=timedelta(days=line.reopen_days),
        warn_shares=line.warn_shares,
        at_risk_share=line.at_risk_share,
        source=line.source,
        decided_on=line.decided_on,
    )


def _calendar(key: str, line: CalendarLine) -> Calendar:
    day = parse_target(line.standard_day) if line.standard_day else None
    return Calendar(
        key=key,
        zone=line.zone,
        effective_from=line.effective_from,
        intervals=parse_week(line.week),
        holidays=(*_public(line.holidays, key), *_closures(line.closures, key)),
        always_open=line.always_open,
        standard_day=day.exact if day else None,
    )


@lru_cache(maxsize=256)
def _public(place: str, key: str) -> tuple[Holiday, ...]:
    if not place:
        return ()
    country, _, subdivision = place.partition("-")
    try:
        days = country_holidays(
            country, subdiv=subdivision or None, years=range(FIRST_YEAR, LAST_YEAR)
        )
    except NotImplementedError as fault:
        msg = f"No public holidays are known for '{place}'"
        raise BadInput(msg, at=f"calendars.yaml, {key}", hint="write DE or GB-ENG") from fault
    return tuple(Holiday(on, str(days[on]), timedelta(), _DAY) for on in sorted(days))


def _closures(lines: Sequence[ClosureLine], key: str) -> Iterable[Holiday]:
    for line in lines:
        once = len(line.day) == len("2026-12-24")
        for year in [int(line.day[:4])] if once else range(FIRST_YEAR, LAST_YEAR):
            try:
                on = date.fromisoformat(f"{year}-{line.day[-5:]}")
            except ValueError as fault:
                if line.day == "02-29":
                    continue
                msg = f"'{line.day}' is not a date"
                raise BadInput(msg, at=f"calendars.yaml, {key}, {line.name}") from fault
            yield Holiday(on, line.name, line.closed_from, line.closed_until)


def _refuse_repeats(names: Sequence[str], at: str, field: str) -> None:
    repeated = sorted({one for one in names if names.count(one) > 1})
    if repeated:
        msg = f"{field} stands more than once: {', '.join(repeated)}"
        raise BadInput(msg, at=at, hint="give each version its own")


def _refuse_ties(moments: Sequence[datetime], at: str) -> None:
    if any(earlier == later for earlier, later in pairwise(moments)):
        msg = "Two versions take effect at the same moment"
        raise BadInput(msg, at=at, hint="effective_from must differ")
