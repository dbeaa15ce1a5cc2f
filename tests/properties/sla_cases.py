"""Random books of policies and calendars, and random histories of cases to try them on.

Everything is drawn from one seeded generator in whole units (minutes or seconds), dense with
coincidences: equal times, events on opening and closing edges, zone changes, late reopenings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.sla.model import (
    ALWAYS_OPEN_KEY,
    Calendar,
    CaseFacts,
    ClockEvent,
    EventKind,
    Holiday,
    OpenInterval,
    Owner,
    PolicyVersion,
    SlaBook,
    Target,
    Targets,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Africa/Casablanca",
    "Pacific/Chatham",
)
PRIORITIES = ("P0", "P1", "P2", "P3")
TIERS = ("T1", "T2", "T3", "T4", "")
REQUESTER_KINDS = ("partner", "press", "user", "government", "ngo", "internal", "")
OPEN = ("triaged", "in_progress", "in_progress", "in_progress")
WAITS = ("requester", "requester", "requester", "policy", "product", "legal", "external")
ZERO = timedelta()
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scale:
    """The unit of time and how long histories and targets are in it."""

    unit: timedelta
    window: timedelta
    reach: timedelta
    targets: tuple[timedelta, ...]
    day_targets: int


MINUTES = Scale(
    unit=timedelta(minutes=1),
    window=timedelta(days=18),
    reach=timedelta(days=6),
    targets=tuple(timedelta(minutes=m) for m in (15, 60, 90, 120, 240, 480, 600, 1440, 2880, 4320)),
    day_targets=5,
)
SECONDS = Scale(
    unit=timedelta(seconds=1),
    window=timedelta(hours=30),
    reach=timedelta(days=1),
    targets=tuple(timedelta(seconds=s) for s in (61, 1799, 3600, 5000, 14400, 30000, 60000)),
    day_targets=1,
)


@dataclass(frozen=True)
class Story:
    """One generated case."""

    facts: CaseFacts
    events: tuple[ClockEvent, ...]


@dataclass(frozen=True)
class World:
    """A book with cases to be judged by it at ``at``; all moments lie in begin..end."""

    book: SlaBook
    stories: tuple[Story, ...]
    begin: datetime
    at: datetime
    end: datetime


def worlds(seed: int, cases: int, scale: Scale, *, per_book: int) -> Iterator[World]:
    """Worlds with ``cases`` cases in all, the same for the same seed."""
    for number, left in enumerate(range(cases, 0, -per_book)):
        yield a_world(Random(f"{seed}/{number}/{scale.unit}"), min(left, per_book), scale)


def a_world(random: Random, cases: int, scale: Scale) -> World:
    """One book, begun near a change of some zone's offset more often than not."""
    begin = _begin(random)
    at = begin + scale.window
    book = a_book(random, begin, scale)
    stories = tuple(a_story(random, book, begin, scale) for _ in range(cases))
    return World(book, stories, begin - DAY, at, at + scale.reach)


def _begin(random: Random) -> datetime:
    day = datetime(2024, 1, 1, tzinfo=UTC) + random.randrange(900) * DAY
    if random.random() < 0.3:
        return day
    zone = ZoneInfo(random.choice(ZONES[1:6]))
    for _ in range(400):
        if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset():
            break
        day += DAY
    return day - random.randrange(3) * DAY - timedelta(hours=random.randrange(12))


def a_book(random: Random, begin: datetime, scale: Scale) -> SlaBook:
    """Five calendars, some with two versions, and one to three policy versions."""
    old = datetime(2000, 1, 1, tzinfo=UTC)
    always = Calendar(ALWAYS_OPEN_KEY, "UTC", old, always_open=True)
    calendars: dict[str, tuple[Calendar, ...]] = {ALWAYS_OPEN_KEY: (always,)}
    for number in range(5):
        moments = [old]
        if random.random() < 0.4:
            moments.append(begin + _within(random, scale.window, scale))
        key = f"c{number}"
        calendars[key] = tuple(a_calendar(random, key, since, begin, scale) for since in moments)
    changes = sorted(
        begin + _within(random, scale.window, scale) for _ in range(random.choice((0, 0, 1, 2)))
    )
    since = [begin if random.random() < 0.1 else old, *dict.fromkeys(changes)]
    policies = tuple(a_policy(random, f"v{i}", moment, scale) for i, moment in enumerate(since))
    return SlaBook(policies, calendars)


def a_calendar(
    random: Random, key: str, since: datetime, begin: datetime, scale: Scale
) -> Calendar:
    """Office hours, lunch breaks, night shifts or anything, with whole and part-day holidays."""
    intervals = []
    for weekday in range(7):
        if weekday < 5 or random.random() < 0.3:
            intervals += [OpenInterval(weekday, a, b) for a, b in _shifts(random, scale)]
    holidays = []
    for _ in range(random.randrange(4)):
        on = (begin + random.randrange(40) * DAY).date()
        part = sorted(_within(random, DAY, scale) for _ in range(2))
        whole = random.random() < 0.6 or part[0] == part[1]
        holidays.append(Holiday(on, "closed", *((ZERO, DAY) if whole else part)))
    return Calendar(key, random.choice(ZONES), since, tuple(intervals), tuple(holidays))


def _shifts(random: Random, scale: Scale) -> list[tuple[timedelta, timedelta]]:
    kind = random.randrange(6)
    hour = timedelta(hours=1)
    if kind <= 1:
        return [(9 * hour, 17 * hour)]
    if kind == 2:
        return [(8 * hour, 12 * hour), (13 * hour, 17 * hour + hour / 2)]
    if kind == 3:
        return [(22 * hour, 30 * hour)]
    if kind == 4:
        return [(ZERO, 24 * hour)]
    opens = _within(random, DAY, scale)
    length = max(_within(random, timedelta(hours=14), scale), scale.unit)
    return [(opens, opens + length)]


def a_policy(random: Random, name: str, since: datetime, scale: Scale) -> PolicyVersion:
    """Random targets, some of them missing; sometimes more than the requester pauses."""
    cells = {
        (priority, column): Targets(*(_target(random, scale) for _ in range(4)))
        for priority in PRIORITIES
        for column in ("T1", "T2", "T3", "T4", "press", "user")
        if random.random() < 0.95
    }
    pausing = {Owner.REQUESTER} if random.random() < 0.9 else set()
    if random.random() < 0.3:
        pausing.add(random.choice((Owner.PRODUCT, Owner.LEGAL, Owner.EXTERNAL)))
    return PolicyVersion(
        id=name,
        effective_from=since,
        targets=cells,
        columns={"press": "press", "user": "user", "government": "T1", "ngo": "T2"},
        unknown_tier="T4",
        pausing_owners=frozenset(pausing),
        always_open_priorities=frozenset({"P0", "P1"}),
        reopen_within=random.choice((scale.window / 12, scale.window / 3)),
        warn_shares=(0.5, 0.75, 0.9),
        at_risk_share=0.75,
    )


def _target(random: Random, scale: Scale) -> Target | None:
    if random.random() < 0.08:
        return None
    if random.random() < 0.4:
        return Target(days=random.randint(1, scale.day_targets))
    return Target(exact=random.choice(scale.targets))


def a_story(random: Random, book: SlaBook, begin: datetime, scale: Scale) -> Story:
    """A history of a case; a few contradict themselves on purpose."""
    keys = list(book.calendars)
    facts = CaseFacts(
        priority=random.choice(PRIORITIES),
        tier=random.choice(TIERS),
        requester_kind=random.choice(REQUESTER_KINDS),
        calendar=random.choice(keys),
    )
    moment = begin + _within(random, scale.window * 0.7, scale)
    events = [ClockEvent(moment, EventKind.RECEIVED)]
    events += _before(random, moment, scale)
    pace = scale.window / random.choice((200, 60, 20, 8))
    status = "new"
    for _ in range(random.randrange(2, 16)):
        if random.random() > 0.12:
            moment += _gap(random, pace, scale)
        event = _event(random, moment, status, keys)
        status = event.value if event.kind is EventKind.STATUS else status
        events.append(event)
    if random.random() < 0.01:
        events = [e for e in events if e.kind is not EventKind.RECEIVED]
    return Story(facts, tuple(sorted(events, key=lambda e: e.at)))


def _before(random: Random, received: datetime, scale: Scale) -> list[ClockEvent]:
    earlier = received - timedelta(hours=random.randint(1, 5))
    chance = random.random()
    if chance < 0.02:
        return [ClockEvent(earlier, EventKind.REPLY)]
    if chance < 0.03:
        return [ClockEvent(earlier, EventKind.STATUS, random.choice(("resolved", "closed")))]
    if chance < 0.05:
        later = received + _within(random, timedelta(hours=9), scale)
        return [
            ClockEvent(earlier, EventKind.MESSAGE_IN),
            ClockEvent(later, EventKind.MERGED_IN),
        ]
    if chance < 0.06:
        return [
            ClockEvent(earlier, EventKind.PRIORITY, "P1"),
            ClockEvent(earlier, EventKind.MESSAGE_IN),
        ]
    return []


def _event(random: Random, moment: datetime, status: str, keys: Sequence[str]) -> ClockEvent:
    kind = random.choices(
        ("status", "reply", "question", "message_in", "priority", "tier", "requester_kind",
         "calendar", "note", "auto_reply"),
        (45, 12, 10, 14, 6, 3, 2, 4, 2, 2),
    )[0]  # fmt: skip
    values: dict[str, Sequence[str]] = {
        "priority": PRIORITIES,
        "tier": TIERS,
        "requester_kind": REQUESTER_KINDS,
        "calendar": keys,
    }
    if kind == "status":
        return ClockEvent(moment, EventKind.STATUS, _next_status(random, status))
    return ClockEvent(moment, EventKind(kind), random.choice(values.get(kind, ("",))))


def _next_status(random: Random, status: str) -> str:
    chance = random.random()
    if status in {"resolved", "closed", "merged", "cancelled"}:
        if chance < 0.6:
            return random.choice(("reopened", "reopened", "in_progress", "awaiting_requester"))
        return random.choice(("closed", "resolved", "cancelled"))
    if chance < 0.38:
        return "awaiting_" + random.choice(WAITS)
    if chance < 0.75:
        return random.choice(OPEN)
    if chance < 0.92:
        return "resolved"
    return random.choice(("closed", "merged", "cancelled"))


def _gap(random: Random, pace: timedelta, scale: Scale) -> timedelta:
    drawn = pace * random.expovariate(1.0)
    step = scale.unit
    if random.random() < 0.4:  # whole hours or half minutes meet edges and due times
        step = scale.unit * (60 if scale.unit.total_seconds() >= 60 else 30)
    return round(drawn / step) * step


def _within(random: Random, span: timedelta, scale: Scale) -> timedelta:
    """A length below ``span``, half of the time in whole hours."""
    if random.random() < 0.5:
        return timedelta(hours=random.randrange(max(int(span / timedelta(hours=1)), 1)))
    return random.randrange(max(int(span / scale.unit), 1)) * scale.unit
