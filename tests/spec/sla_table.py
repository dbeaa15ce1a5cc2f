"""Reads the small tables of the SLA specification: one line per event, times on a local clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.sla.clocks import clocks
from core.sla.model import (
    ALWAYS_OPEN_KEY,
    Calendar,
    CaseClocks,
    CaseFacts,
    ClockEvent,
    EventKind,
    OpenInterval,
    Owner,
    PolicyVersion,
    SlaBook,
    Target,
    Targets,
)

BERLIN = ZoneInfo("Europe/Berlin")
OLD = datetime(2000, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE_WEEK = tuple(OpenInterval(day, 9 * HOUR, 17 * HOUR) for day in range(5))
OFFICE = Calendar("office", "Europe/Berlin", OLD, OFFICE_WEEK)
NIGHT = Calendar(
    "night",
    "Europe/Berlin",
    OLD,
    tuple(OpenInterval(day, 22 * HOUR, 30 * HOUR) for day in range(5)),
)
LUNCH = Calendar(
    "lunch",
    "Europe/Berlin",
    OLD,
    tuple(
        OpenInterval(day, opens * HOUR, closes * HOUR)
        for day in range(5)
        for opens, closes in ((9, 12), (13, 18))
    ),
)
BERLIN_ALWAYS = Calendar(
    "berlin-always",
    "Europe/Berlin",
    OLD,
    tuple(OpenInterval(day, 0 * HOUR, 24 * HOUR) for day in range(7)),
)
ALWAYS = Calendar(ALWAYS_OPEN_KEY, "UTC", OLD, always_open=True)


def a_policy(
    name: str = "v1",
    since: datetime = OLD,
    *,
    pausing: frozenset[Owner] = frozenset({Owner.REQUESTER}),
    **targets: str,
) -> PolicyVersion:
    """A policy for T1; ``P2="4 h / 8 h / 1 d / 3 d"`` and the like."""
    cells = {(priority, "T1"): _targets(text) for priority, text in targets.items()}
    return PolicyVersion(
        id=name,
        effective_from=since,
        targets=cells or {("P2", "T1"): _targets("4 h / 8 h / 1 d / 3 d")},
        columns={},
        unknown_tier="T1",
        pausing_owners=pausing,
        always_open_priorities=frozenset({"P0", "P1"}),
        reopen_within=timedelta(days=14),
        warn_shares=(0.5, 0.75, 0.9),
        at_risk_share=0.75,
    )


def _targets(text: str) -> Targets:
    return Targets(*(_target(part.split()) for part in text.split("/")))


def _target(part: list[str]) -> Target | None:
    if len(part) == 1:
        return None
    amount, unit = int(part[0]), part[1]
    if unit == "d":
        return Target(days=amount)
    return Target(exact=amount * (HOUR if unit == "h" else HOUR / 60))


def a_book(*policies: PolicyVersion, calendars: tuple[Calendar, ...] = ()) -> SlaBook:
    """A book with the calendars of this file, and versions of calendars given."""
    found: dict[str, tuple[Calendar, ...]] = {
        c.key: (c,) for c in (ALWAYS, OFFICE, NIGHT, LUNCH, BERLIN_ALWAYS)
    }
    for calendar in calendars:
        found[calendar.key] = (*found.get(calendar.key, ()), calendar)
    return SlaBook(policies or (a_policy(),), found)


def moment(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """``2026-03-27 16:00`` on the wall clock, with an optional weekday in front that must fit."""
    words = text.split()
    local = datetime.fromisoformat(" ".join(words[-2:])).replace(tzinfo=zone)
    if len(words) == 3 and f"{local:%a}" != words[0]:
        msg = f"{text} is a {local:%a}"
        raise ValueError(msg)
    return local.astimezone(UTC)


def read(story: str) -> tuple[ClockEvent, ...]:
    """One event per line: ``Fri 2026-03-27 16:00 status awaiting_requester``."""
    events = []
    for line in story.strip().splitlines():
        words = line.split()
        value = words[4] if len(words) > 4 else ""
        events.append(ClockEvent(moment(" ".join(words[:3])), EventKind(words[3]), value))
    return tuple(events)


def told(
    story: str,
    at: str,
    *,
    book: SlaBook | None = None,
    calendar: str = "office",
    priority: str = "P2",
) -> CaseClocks:
    """The clocks of a T1 case after the story, as known at ``at``."""
    facts = CaseFacts(priority=priority, tier="T1", calendar=calendar)
    return clocks(facts, read(story), book or a_book(), moment(at))
