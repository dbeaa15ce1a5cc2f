"""The one filter of the desk: what a list of cases is narrowed to, as value, address and saved view.

The filter knows which values exist; how they become conditions on rows stands in storage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.taxonomy import taxonomy

Params = dict[str, str | list[str]]
Given = Mapping[str, str | Sequence[str]]


class Segment(StrEnum):
    """The first cut of the queue; all but ``recently_closed`` and ``all`` hold open cases only."""

    MINE = "mine"
    TEAM = "team"
    OPEN = "open"
    BREACHED = "breached"
    WAITING = "waiting"
    RECENTLY_CLOSED = "recently_closed"
    ALL = "all"

    @property
    def is_open_only(self) -> bool:
        """True when no finished case can be in it."""
        return self not in {Segment.RECENTLY_CLOSED, Segment.ALL}


class Sort(StrEnum):
    """Orders of the queue; ``age`` is oldest first, ``received`` newest first."""

    URGENCY = "urgency"
    DUE = "due"
    AGE = "age"
    PRIORITY = "priority"
    RECEIVED = "received"


class Flag(StrEnum):
    """Yes-or-no properties of a case; several of them must all hold."""

    UNASSIGNED = "unassigned"
    BREACHED = "breached"
    AT_RISK = "at_risk"
    REOPENED = "reopened"
    UNSUPPORTED_PAUSE = "unsupported_pause"
    DATA_FAULT = "data_fault"
    LEGAL_HOLD = "legal_hold"
    OFF_CHANNEL = "off_channel"
    NO_FIRST_REPLY = "no_first_reply"
    WENT_WRONG = "went_wrong"


class Whose(StrEnum):
    """Cases of the person who looks, or of their team, whatever their state."""

    ME = "me"
    TEAM = "team"


# Dimension -> the list of the taxonomy that its values come from; '' = any text.
DIMENSIONS: Mapping[str, str] = {
    "priority": "priorities",
    "status": "statuses",
    "owner": "owners_of_time",
    "channel": "channels",
    "source_type": "source_types",
    "requester_kind": "requester_kinds",
    "platform": "platforms",
    "surface": "surfaces",
    "abuse_family": "abuse_families",
    "abuse_type": "abuse_types",
    "clause": "",
    "partner": "",
    "partner_category": "partner_categories",
    "tier": "tiers",
    "market": "markets",
    "region": "regions",
    "language": "",
    "team": "",
    "assignee": "",
    "outcome": "outcomes",
    "overturn_reason": "overturn_reasons",
    "enforcement_action": "enforcement_actions",
    "sla_frt": "sla_verdicts",
    "sla_nrt": "sla_verdicts",
    "sla_upd": "sla_verdicts",
    "sla_ttr": "sla_verdicts",
    "next_clock": "clocks",
    "restriction": "restriction_levels",
    "calendar": "",
}
# Values that a screen shows but no case has.
NEVER_STORED: Mapping[str, frozenset[str]] = {"sla_verdicts": frozenset({"at_risk"})}
DATES = (
    "received_from",
    "received_to",
    "resolved_from",
    "resolved_to",
    "closed_from",
    "closed_to",
    "responded_from",
    "responded_to",
)
MINUTES = ("due_within", "age_over", "age_under")
HITS = ".hits"  # after the name of an input of health: only the cases that are hits of it
# After the reference of a policy gap: only the cases linked to it, or only those it matches.
LINKED, MATCHING = ".linked", ".matching"
GAP_PART = re.compile(r"G-[0-9]{4,9}(\.linked|\.matching)?")
# A version of a clause, such as BH-2@3.0.
CLAUSE_VERSION = re.compile(r"[^@\s]{1,40}@[^@\s]{1,40}")
LOCAL_TIMES = ("received_weekday", "received_hour")
UNKNOWN_PARAM = "-"  # how the empty value, which means unknown, is written in an address
MOST_VALUES, MOST_REFS, LONGEST_TEXT = 200, 500, 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
Values = tuple[str, ...]


class CaseFilter(BaseModel):
    """Cases that satisfy all parts; within one dimension any of its values; '' is 'unknown'.

    Both ends of a range of dates belong to it; a date is a day of ``zone``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment: Segment = Segment.OPEN
    sort: Sort = Sort.URGENCY
    text: str = Field(default="", max_length=LONGEST_TEXT)
    cases: Values = Field(default=(), max_length=MOST_REFS, description="References of cases.")
    flags: tuple[Flag, ...] = ()
    whose: tuple[Whose, ...] = ()

    priority: Values = ()
    status: Values = ()
    owner: Values = ()
    channel: Values = ()
    source_type: Values = ()
    requester_kind: Values = ()
    platform: Values = ()
    surface: Values = ()
    abuse_family: Values = ()
    abuse_type: Values = ()
    clause: Values = ()
    partner: Values = Field(default=(), description="References of partners.")
    partner_category: Values = ()
    tier: Values = ()
    market: Values = ()
    region: Values = ()
    language: Values = ()
    team: Values = ()
    assignee: Values = ()
    outcome: Values = ()
    overturn_reason: Values = ()
    enforcement_action: Values = ()
    sla_frt: Values = ()
    sla_nrt: Values = ()
    sla_upd: Values = ()
    sla_ttr: Values = ()
    next_clock: Values = ()
    restriction: Values = ()
    calendar: Values = ()

    received_from: date | None = None
    received_to: date | None = None
    resolved_from: date | None = None
    resolved_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    responded_from: date | None = Field(
        default=None, description="First reply, where its time is known."
    )
    responded_to: date | None = None
    received_weekday: int | None = Field(default=None, ge=0, le=6, description="0 is Monday.")
    received_hour: int | None = Field(default=None, ge=0, le=23, description="Of the local clock.")
    zone: str = Field(default="UTC", description="IANA zone that the dates are days of.")

    health: str = Field(default="", description="Cases that an input of health counts.")
    health_on: date | None = Field(default=None, description="Day of UTC of that health.")

    gap: str = Field(default="", description="Cases that are linked to a policy gap or match it.")

    decided_under: str = Field(
        default="", description="Cases with a decision under this version of a clause."
    )

    due_within: int | None = Field(
        default=None, ge=0, le=5_000_000, description="Next clock due in these minutes, not yet."
    )
    age_over: int | None = Field(
        default=None, ge=0, le=50_000_000, description="Received at least so many minutes ago."
    )
    age_under: int | None = Field(
        default=None, ge=0, le=50_000_000, description="Received less than so many minutes ago."
    )

    @field_validator(*DIMENSIONS, "cases", "flags", "whose", mode="after")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    @field_validator("health")
    @classmethod
    def _known_input(cls, name: str) -> str:
        if name and name.removesuffix(HITS) not in taxonomy().health_inputs:
            msg = "is no input of health"
            raise ValueError(msg)
        return name

    @field_validator("gap")
    @classmethod
    def _gap_reference(cls, part: str) -> str:
        if part and not GAP_PART.fullmatch(part):
            msg = "is no reference of a gap"
            raise ValueError(msg)
        return part

    @field_validator("decided_under")
    @classmethod
    def _clause_version(cls, ref: str) -> str:
        if ref and not CLAUSE_VERSION.fullmatch(ref):
            msg = "is no version of a clause"
            raise ValueError(msg)
        return ref

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if not is_zone(zone):
            msg = "is no time zone"
            raise ValueError(msg)
        return zone

    @field_validator(*DATES, "health_on")
    @classmethod
    def _possible_day(cls, day: date | None) -> date | None:
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            msg = "is out of range"
            raise ValueError(msg)
        return day

    def values(self, dimension: str) -> Values:
        """The chosen values of a dimension; none means no condition."""
        found: Values = getattr(self, dimension)
        return found

    def but(self, **parts: object) -> Self:
        """The same filter with some parts replaced, checked like a new one."""
        return type(self).model_validate({**dict(self), **parts})

    def having(self, **parts: object) -> Self:
        """Like ``but`` for parts that are known to be right: many of these are made per view."""
        return self.model_copy(update=parts)

    def without(self, *names: str) -> Self:
        """The same filter with the named parts put back to their defaults."""
        fields = type(self).model_fields
        return self.model_copy(update={name: fields[name].default for name in names})

    @property
    def is_open_only(self) -> bool:
        """True when no finished case can satisfy it."""
        return self.segment.is_open_only

    @property
    def names_cases(self) -> bool:
        """True when a part has to be looked up outside of the cases themselves."""
        return bool(self.text.strip() or self.cases or self.decided_under)

    @property
    def has_dates(self) -> bool:
        """True when a part is a date or a local time, so that the zone matters."""
        return any(getattr(self, name) is not None for name in (*DATES, *LOCAL_TIMES))

    def chosen(self) -> dict[str, object]:
        """The parts that differ from the default, for chips and counts of active filters."""
        fields = type(self).model_fields
        return {k: v for k, v in dict(self).items() if v != fields[k].default}

    def to_params(self) -> Params:
        """The filter as parameters of an address; what equals the default is left out."""
        params: Params = {}
        for name, value in self.chosen().items():
            if name == "zone" and not self.has_dates:
                continue
            key = PARAM_NAMES.get(name, name)
            if isinstance(value, tuple):
                params[key] = [str(v) or UNKNOWN_PARAM for v in value]
            else:
                params[key] = value.isoformat() if isinstance(value, date) else str(value)
        return params

    @classmethod
    def from_params(cls, given: Given) -> tuple[Self, list[str]]:
        """The filter of an address, and a sentence for each part that could not be used."""
        parts: dict[str, object] = {}
        ignored: list[str] = []
        for name in cls.model_fields:
            raw = given.get(PARAM_NAMES.get(name, name))
            if raw is None:
                continue
            texts = [raw] if isinstance(raw, str) else [str(r) for r in raw]
            part, complaints = _read_part(name, texts)
            ignored += complaints
            if part is not None:
                parts[name] = part
        return cls.model_validate(parts), ignored


# Short names where the field's own would read badly in an address.
PARAM_NAMES = {"flags": "flag", "text": "q"}


def is_zone(name: str) -> bool:
    """True when the machine knows a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _read_part(name: str, texts: list[str]) -> tuple[object, list[str]]:
    """One field from its texts: the value or ``None``, and what was left out with the reason."""
    if name in DIMENSIONS:
        return _read_values(name, texts)
    if name == "cases":
        return _several(texts, MOST_REFS, name)
    if name in {"flags", "whose"}:
        allowed = {f.value for f in (Flag if name == "flags" else Whose)}
        good = tuple(t for t in texts if t in allowed)
        return good or None, [_unknown(name, t) for t in texts if t not in allowed]
    return _read_single(name, texts[-1] if texts else "")


def _read_values(name: str, texts: list[str]) -> tuple[object, list[str]]:
    plain = ["" if t == UNKNOWN_PARAM else t for t in texts]
    source = DIMENSIONS[name]
    if not source:
        return _several(plain, MOST_VALUES, name)
    known = set(taxonomy().terms(source)) - NEVER_STORED.get(source, frozenset())
    good = [t for t in plain if not t or t in known]
    bad = [_unknown(name, t) for t in plain if t and t not in known]
    kept, more = _several(good, MOST_VALUES, name)
    return kept, bad + more


def _several(texts: list[str], most: int, name: str) -> tuple[object, list[str]]:
    usable = [t for t in texts if len(t) <= LONGEST_TEXT]
    kept = tuple(dict.fromkeys(usable))[:most]
    too_many = len(kept) < len(set(texts))
    return kept or None, [f"Of {name}, only {len(kept)} values were used."] if too_many else []


def _read_single(name: str, text: str) -> tuple[object, list[str]]:
    """A single value, accepted when the filter with nothing but it is valid."""
    if name == "text":
        cut = text[:LONGEST_TEXT]
        return cut, ["The search text was cut."] if cut != text else []
    value: object = text
    try:
        if name in (*MINUTES, *LOCAL_TIMES):
            value = int(text)
        elif name in (*DATES, "health_on"):
            value = date.fromisoformat(text)
        CaseFilter.model_validate({name: value})
    except ValueError:
        return None, [_unknown(name, text)]
    return value, []


def _unknown(name: str, text: str) -> str:
    return f"'{text[:40]}' is no value of {name.replace('_', ' ')}; it was left out."
