"""What stands in the feed of policy updates, and what of it waits for whom; times are arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.policy.feed_rules import FeedRules

CLAUSE, DOCUMENT = "clause_version", "document_change"
BETWEEN = "@"  # between clause and version in a reference


class Standing(StrEnum):
    """How a person stands to an update."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    OVERDUE = "overdue"
    CONFIRMED = "confirmed"
    CLOSED = "closed"  # asked, never confirmed, and by now history


@dataclass(frozen=True, slots=True)
class Update:
    """One item of the feed."""

    ref: str  # BH-2@3.0, PU-0007, or the key of a document's version
    kind: str
    title: str
    text: str  # of a post, or why a clause has a new version
    importance: str
    announced_at: datetime
    effective_at: datetime | None
    abuse_types: tuple[str, ...]
    clauses: tuple[str, ...]
    roles: tuple[str, ...]  # that have to confirm it
    due_at: datetime | None
    by: str = ""
    version: int = 1
    asks_from: int = 1  # a confirmation of an older version no longer counts
    asks_since: datetime | None = None  # that version was written; None: when it was announced
    changed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    is_erased: bool = False

    @property
    def is_upcoming(self) -> bool:
        """True for what was announced before it takes effect."""
        return self.effective_at is not None and self.effective_at > self.announced_at


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a person confirmed an update, in the version that they read."""

    ref: str
    username: str
    role: str  # that the person had then
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a person was reminded of an update."""

    ref: str
    username: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may be asked to confirm: active, with a role."""

    username: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was asked to confirm one update, who did, and who was reminded of it."""

    asked: tuple[Member, ...]
    confirmed: Mapping[str, Confirmation]  # by username, in order of time
    reminded: Mapping[str, Reminder] = field(default_factory=dict)  # the last of each

    @property
    def missing(self) -> tuple[Member, ...]:
        """Those asked who have not confirmed."""
        return tuple(one for one in self.asked if one.username not in self.confirmed)


def attendance(
    update: Update,
    members: Sequence[Member],
    confirmations: Sequence[Confirmation],
    reminders: Sequence[Reminder] = (),
) -> Attendance:
    """Who of the members an update asks and who confirmed it as it stands now."""
    asked = tuple(one for one in members if one.role in update.roles)
    counts = [c for c in confirmations if c.ref == update.ref and c.version >= update.asks_from]
    mine = [r for r in reminders if r.ref == update.ref]
    return Attendance(
        asked,
        {c.username: c for c in sorted(counts, key=lambda c: c.at)},
        {r.username: r for r in sorted(mine, key=lambda r: r.at)},
    )


def standing(
    update: Update, username: str, found: Attendance, at: datetime, rules: FeedRules
) -> Standing:
    """How a person stands to an update at a moment."""
    if username in found.confirmed:
        return Standing.CONFIRMED
    if update.withdrawn_at or all(one.username != username for one in found.asked):
        return Standing.NOT_ASKED
    if is_history(update, at, rules):
        return Standing.CLOSED
    return Standing.OVERDUE if update.due_at and update.due_at <= at else Standing.ASKED


def is_history(update: Update, at: datetime, rules: FeedRules) -> bool:
    """True when an update waits for nobody any more, because it was announced long ago."""
    return (update.asks_since or update.announced_at) + rules.asks_for <= at


def clause_ref(key: str, version: str) -> str:
    """The reference of a version of a clause: ``BH-2@3.0``."""
    return f"{key}{BETWEEN}{version}"
