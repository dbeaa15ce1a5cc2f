"""What the parts of a filter and their values are called on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from core.cases.filter import DIMENSIONS, HITS, CaseFilter, Flag, Segment, Sort, Whose
from core.cases.model import Facets
from core.taxonomy import taxonomy
from core.ui.format import UNKNOWN, duration

Names = Mapping[str, Mapping[str, str]]  # dimension -> value -> name, where no list has it

DIMENSION_LABELS: Mapping[str, str] = {
    "priority": "Priority",
    "status": "Status",
    "owner": "Time owned by",
    "channel": "Channel",
    "source_type": "Source type",
    "requester_kind": "Requester",
    "platform": "Platform",
    "surface": "Surface",
    "abuse_family": "Abuse family",
    "abuse_type": "Abuse type",
    "clause": "Clause",
    "partner": "Partner",
    "partner_category": "Partner category",
    "tier": "Tier",
    "market": "Market",
    "region": "Region",
    "language": "Language",
    "team": "Team",
    "assignee": "Assignee",
    "outcome": "Outcome",
    "overturn_reason": "Overturn reason",
    "enforcement_action": "Enforcement action",
    "sla_frt": "First response",
    "sla_nrt": "Next response",
    "sla_upd": "Update",
    "sla_ttr": "Total resolution",
    "next_clock": "Clock due next",
    "restriction": "Restriction",
    "calendar": "Calendar",
}
SEGMENT_LABELS: Mapping[Segment, str] = {
    Segment.MINE: "Mine",
    Segment.TEAM: "My team",
    Segment.OPEN: "All open",
    Segment.BREACHED: "Breached",
    Segment.WAITING: "Waiting on others",
    Segment.RECENTLY_CLOSED: "Recently closed",
    Segment.ALL: "All cases",
}
SORT_LABELS: Mapping[Sort, str] = {
    Sort.URGENCY: "Most urgent",
    Sort.DUE: "Due first",
    Sort.AGE: "Oldest",
    Sort.PRIORITY: "Priority",
    Sort.RECEIVED: "Newest",
}
FLAG_LABELS: Mapping[Flag, str] = {
    Flag.UNASSIGNED: "Unassigned",
    Flag.BREACHED: "Breached",
    Flag.AT_RISK: "At risk",
    Flag.REOPENED: "Reopened",
    Flag.UNSUPPORTED_PAUSE: "Pause without a question",
    Flag.DATA_FAULT: "Data fault",
    Flag.LEGAL_HOLD: "Legal hold",
    Flag.OFF_CHANNEL: "Off channel",
    Flag.NO_FIRST_REPLY: "No first reply",
    Flag.WENT_WRONG: "Overturned or breached",
}
WHOSE_LABELS: Mapping[Whose, str] = {Whose.ME: "Mine", Whose.TEAM: "My team's"}
DATE_LABELS: Mapping[str, str] = {
    "received_from": "Received from",
    "received_to": "Received until",
    "resolved_from": "Resolved from",
    "resolved_to": "Resolved until",
    "responded_from": "First reply from",
    "responded_to": "First reply until",
    "closed_from": "Closed from",
    "closed_to": "Closed until",
    "health_on": "Health of",
}
MINUTE_LABELS: Mapping[str, str] = {
    "due_within": "Due within",
    "age_over": "Age at least",
    "age_under": "Age under",
}
# What a case that is a hit of an input is, and one that is only counted.
HIT_WORDS: Mapping[str, tuple[str, str]] = {
    "sla_attainment": ("answered in time", "with a verdict on the first reply"),
    "ttr_p90": ("", "with a time to resolution, open ones included"),
    "load": ("still open", "received"),
    "returns": ("reopened", "resolved"),
    "overturn_rate": ("overturned", "re-reviewed"),
    "csat": ("satisfied", "rated"),
    "severe_incidents": ("severe", "received"),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTE = 60_000_000
# Shown by widgets of their own, so they need no chip.
NOT_CHIPS = frozenset({"segment", "sort", "text", "zone"})


def value_label(dimension: str, value: str, names: Names | None = None) -> str:
    """What a value of a dimension is called; the empty value is unknown."""
    if not value:
        return UNKNOWN
    source = DIMENSIONS[dimension]
    if source:
        return taxonomy().label(source, value)
    return (names or {}).get(dimension, {}).get(value, value)


def chip_parts(case_filter: CaseFilter) -> list[str]:
    """The parts of a filter that are shown as chips, in the order of the filter."""
    return [name for name in case_filter.chosen() if name not in NOT_CHIPS]


def chip_label(case_filter: CaseFilter, part: str, names: Names | None = None) -> str:
    """One part of a filter in words: ``Priority: P0, P1``; long lists as their number."""
    value = getattr(case_filter, part)
    if part in DIMENSIONS:
        return f"{DIMENSION_LABELS[part]}: {_listed([value_label(part, v, names) for v in value])}"
    if part in {"flags", "whose"}:
        named = FLAG_LABELS if part == "flags" else WHOSE_LABELS
        return _listed([named[one] for one in value])
    if part == "cases":
        return f"{len(value):,} named cases"
    if part in SAID:
        return SAID[part](value)
    return _time_label(part, value, case_filter.zone)


def decided_under_label(part: str) -> str:
    """Which version of a clause decisions rest on: ``Decided under BH-2 version 3.0``."""
    return f"Decided under {part.replace('@', ' version ')}"


def gap_label(part: str) -> str:
    """Which cases of a policy gap: ``G-0001: linked``."""
    ref, _, kind = part.partition(".")
    return f"{ref}: {kind or 'linked or matching'}"


def health_label(part: str) -> str:
    """Which cases an input of health counts: ``CSAT: rated``."""
    name = part.removesuffix(HITS)
    hit, counted = HIT_WORDS.get(name, ("", ""))
    told = hit if part.endswith(HITS) else counted
    return f"{taxonomy().label('health_inputs', name)}: {told or 'counted'}"


SAID: Mapping[str, Callable[[str], str]] = {
    "health": health_label,
    "decided_under": decided_under_label,
    "gap": gap_label,
}


def _time_label(part: str, value: date | int, zone: str) -> str:
    if isinstance(value, date):
        zone = "UTC" if part == "health_on" else zone
        return f"{DATE_LABELS[part]}: {value:%Y-%m-%d} ({zone})"
    if part == "received_weekday":
        return f"Received on a {WEEKDAYS[value]} ({zone})"
    if part == "received_hour":
        return f"Received {value:02}:00–{value:02}:59 ({zone})"
    return f"{MINUTE_LABELS[part]}: {duration(value * MINUTE)}"


def names_of(facets: Facets) -> Names:
    """The names that the counts carry for values that are references."""
    return {
        d: {f.value: f.label for f in found if f.label} for d, found in facets.dimensions.items()
    }


def _listed(words: list[str]) -> str:
    return ", ".join(words) if len(words) <= 3 else f"{len(words)} values"
