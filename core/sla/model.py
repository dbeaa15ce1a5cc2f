"""The frozen types of the SLA room: events, calendars, policy versions and the state of the clocks.

No rule stands here: calendars are measured in ``calendars``, clocks are read in ``clocks``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

ALWAYS_OPEN_KEY = "24x7"


class EventKind(StrEnum):
    """What can happen to a case; ``value`` of the event carries the new status, priority, ..."""

    RECEIVED = "received"
    MESSAGE_IN = "message_in"
    REPLY = "reply"
    QUESTION = "question"
    AUTO_REPLY = "auto_reply"
    NOTE = "note"
    STATUS = "status"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    PRIORITY = "priority"
    TIER = "tier"
    REQUESTER_KIND = "requester_kind"
    CALENDAR = "calendar"
    DECISION = "decision"
    ATTRIBUTE = "attribute"
    MERGED_IN = "merged_in"
    CSAT = "csat"


class Owner(StrEnum):
    """Who the time of an open case belongs to; our own time splits by the calendar."""

    US = "us"
    REQUESTER = "requester"
    POLICY = "policy"
    PRODUCT = "product"
    LEGAL = "legal"
    EXTERNAL = "external"
    OUT_OF_HOURS = "out_of_hours"


class ClockName(StrEnum):
    """The five clocks."""

    FRT = "frt"
    NRT = "nrt"
    UPD = "upd"
    TTR_FIRST = "ttr_first"
    TTR = "ttr"


class Verdict(StrEnum):
    """How a clock stands; ``none`` means no target, not applicable, or unknown."""

    MET = "met"
    BREACHED = "breached"
    RUNNING = "running"
    PAUSED = "paused"
    NONE = "none"


PUBLIC_REPLIES = frozenset({EventKind.REPLY, EventKind.QUESTION})
# Values of an attribute event by which a source owns up to what its record leaves out; the clocks
# that would need it stay unknown.
REPLIES_NOT_RECORDED = "replies_not_recorded"
UPDATES_NOT_RECORDED = "updates_not_recorded"  # the first reply is on record, later ones are not
RESOLVED = "resolved"
CLOSED = "closed"
ENDED_STATUSES = frozenset({RESOLVED, CLOSED, "merged", "cancelled"})
FIRST_STATUS = "new"
WAIT_PREFIX = "awaiting_"


def owner_of(status: str) -> Owner | None:
    """The owner that a status names: nobody once ended, the awaited party, else us."""
    if status in ENDED_STATUSES:
        return None
    if status.startswith(WAIT_PREFIX):
        return Owner(status.removeprefix(WAIT_PREFIX))
    return Owner.US


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One event of a case; among equal times the order of the list decides."""

    at: datetime
    kind: EventKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What held when the case was received; later values come as events."""

    priority: str
    tier: str = ""
    requester_kind: str = ""
    calendar: str = ALWAYS_OPEN_KEY


@dataclass(frozen=True, slots=True)
class OpenInterval:
    """Open hours that begin on a weekday (0 = Monday), as time since its local midnight.

    ``closes`` beyond 24 h reaches into the next day: 22:00 to 06:00 is 22 h to 30 h.
    """

    weekday: int
    opens: timedelta
    closes: timedelta


@dataclass(frozen=True, slots=True)
class Holiday:
    """A local date on which a calendar is closed, wholly or between two times of that date."""

    on: date
    name: str
    closed_from: timedelta
    closed_until: timedelta


@dataclass(frozen=True)
class Calendar:
    """One version of a working calendar; open while the wall clock of its zone shows open time."""

    key: str
    zone: str
    effective_from: datetime
    intervals: tuple[OpenInterval, ...] = ()
    holidays: tuple[Holiday, ...] = field(default=(), repr=False)
    always_open: bool = False
    standard_day: timedelta | None = None

    @property
    def id(self) -> str:
        """Names this version: the key and the day from which it holds."""
        return f"{self.key}@{self.effective_from:%Y-%m-%dT%H:%MZ}"

    def __hash__(self) -> int:
        return hash((self.key, self.zone, self.effective_from))


@dataclass(frozen=True, slots=True)
class Target:
    """A promised time; ``days`` are standard days of the calendar that applies."""

    exact: timedelta | None = None
    days: int = 0

    def __str__(self) -> str:
        if self.exact is None:
            return f"{self.days} d"
        minutes = int(self.exact.total_seconds() // 60)
        return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} m"


@dataclass(frozen=True, slots=True)
class Targets:
    """The four targets of one cell of a policy; both TTR clocks share one."""

    frt: Target | None
    nrt: Target | None
    upd: Target | None
    ttr: Target | None

    def of(self, clock: ClockName) -> Target | None:
        """The target of a clock."""
        shared = ClockName.TTR if clock is ClockName.TTR_FIRST else clock
        found: Target | None = getattr(self, shared.value)
        return found


NO_TARGETS = Targets(None, None, None, None)


@dataclass(frozen=True)
class PolicyVersion:
    """One effective-dated version of the service-level policy."""

    id: str
    effective_from: datetime
    targets: Mapping[tuple[str, str], Targets]
    columns: Mapping[str, str]
    unknown_tier: str
    pausing_owners: frozenset[Owner]
    always_open_priorities: frozenset[str]
    reopen_within: timedelta
    warn_shares: tuple[float, ...]
    at_risk_share: float
    source: str = ""
    decided_on: date | None = None

    def column(self, requester_kind: str, tier: str) -> str:
        """The requester kind picks the column before the tier does."""
        return self.columns.get(requester_kind) or tier or self.unknown_tier

    def targets_for(self, priority: str, requester_kind: str, tier: str) -> Targets:
        """The four targets that apply; without an entry nothing is promised."""
        return self.targets.get((priority, self.column(requester_kind, tier)), NO_TARGETS)

    def warned_share(self, share_used: float) -> float | None:
        """The highest warning that this share of a target has reached; None below the first."""
        return max((share for share in self.warn_shares if share <= share_used), default=None)

    def is_at_risk(self, share_used: float) -> bool:
        """True from the share on at which a running clock is called at risk."""
        return share_used >= self.at_risk_share


@dataclass(frozen=True, eq=False)
class SlaBook:
    """All policy versions and all calendar versions, each oldest first; equal only to itself."""

    policies: tuple[PolicyVersion, ...]
    calendars: Mapping[str, tuple[Calendar, ...]]
    regions: Mapping[str, str] = field(default_factory=dict)

    def calendar_for_region(self, region: str) -> str:
        """The calendar key that teams of a region work by; around the clock if none is named."""
        return self.regions.get(region, ALWAYS_OPEN_KEY)

    def policy_at(self, moment: datetime) -> PolicyVersion | None:
        """The version in force, or None before the first one."""
        found = bisect_right(self.policies, moment, key=lambda p: p.effective_from)
        return self.policies[found - 1] if found else None

    def calendar_at(self, key: str, moment: datetime) -> Calendar:
        """The calendar version in force; before the first one the first one holds."""
        versions = self.calendars.get(key or ALWAYS_OPEN_KEY)
        if not versions:
            msg = f"Calendar '{key}' is unknown"
            raise BadInput(msg, at="calendar", hint="one of " + ", ".join(self.calendars))
        found = bisect_right(versions, moment, key=lambda c: c.effective_from)
        return versions[max(found - 1, 0)]

    def changes(self) -> tuple[datetime, ...]:
        """Every moment at which a policy or a calendar version takes effect, in order."""
        later = [c.effective_from for versions in self.calendars.values() for c in versions[1:]]
        return tuple(sorted({p.effective_from for p in self.policies} | set(later)))


@dataclass(frozen=True, slots=True)
class Cycle:
    """One finished or running round of a clock; kept with the verdict that it got.

    One that does not ``counts`` ended without an answer or a resolution: its time is unknown.
    """

    number: int
    verdict: Verdict
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    elapsed: timedelta
    target: timedelta | None
    policy_version: str
    breached_at: datetime | None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    counts: bool = True


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock of a case at a moment; ``cycles`` has the rounds before the shown one."""

    name: ClockName
    verdict: Verdict
    reason: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    elapsed: timedelta | None = None
    target: timedelta | None = None
    share_used: float | None = None
    policy_version: str = ""
    breached_at: datetime | None = None
    ticking: bool = False
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    cycles: tuple[Cycle, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an open case with one owner; ``supported`` is False for a bare pause."""

    started_at: datetime
    ended_at: datetime
    owner: Owner
    supported: bool = True


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """Everything the clocks say about a case at ``at``; parts and wall cover open time only.

    ``base`` is the calendar's measure at ``at``: a ticking clock began at ``base`` - elapsed.
    """

    at: datetime
    clocks: Mapping[ClockName, ClockState]
    parts: Mapping[Owner, timedelta]
    wall: timedelta
    requester_wait: timedelta
    segments: tuple[Segment, ...]
    owner: Owner | None
    owner_since_at: datetime | None
    unsupported_pause: bool
    faults: tuple[str, ...]
    reopen_count: int
    status: str
    priority: str
    tier: str
    calendar_version: str
    policy_version: str
    base: timedelta | None
    received_at: datetime | None
    first_response_at: datetime | None
    first_resolved_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
