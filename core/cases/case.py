"""One case as a person opens it: facts, timeline, partner and related cases, without its content.

Content (title of a restricted case, summary, requester, messages) is asked for part by part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# What can be revealed besides single messages ('message:SEQ').
PARTS = ("title", "summary", "requester", "attributes")
MESSAGE = "message:"
OPEN_LEVEL = "open"


@dataclass(frozen=True, slots=True)
class Case:
    """Facts of a case as they stand; '' and ``None`` are unknown."""

    id: int
    ref: str
    version: int
    source: str
    external_id: str
    status: str
    owner: str  # who holds the time now, '' when the case is finished
    priority: str
    channel: str
    source_type: str
    requester_kind: str
    platform: str
    surface: str
    abuse_type: str
    clause: str
    partner_id: int | None
    tier: str
    market: str
    language: str
    team: str
    assignee: str
    calendar: str
    first_priority: str
    first_tier: str
    first_requester_kind: str
    outcome: str
    overturn_reason: str
    enforcement_action: str
    csat: int | None
    restriction: str
    legal_hold: bool
    data_fault: str
    received_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    transfer_count: int
    title: str  # '' where the person may not read texts, or the case is restricted
    has_text: bool  # there is content to ask for
    is_erased: bool  # the personal text was erased

    @property
    def is_open(self) -> bool:
        """True while somebody still owns its time."""
        return self.owner != ""

    @property
    def is_restricted(self) -> bool:
        """True when reading its content is recorded."""
        return self.restriction != OPEN_LEVEL


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One event of a case; ``part`` asks for its message, '' when it has none."""

    seq: int
    at: datetime
    kind: str
    value: str
    field: str
    actor: str
    actor_kind: str  # us, requester or system
    part: str
    is_undated: bool  # the source tells that it happened, not when


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision with the clause version that it rests on."""

    at: datetime
    by: str
    outcome: str
    clause: str
    clause_version: str
    overturn_reason: str
    enforcement_action: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PartnerPanel:
    """Who the case is raised for, and how much else of theirs is open in the person's scope."""

    ref: str
    name: str
    category: str
    tier: str
    market: str
    language: str
    zone: str
    accounts: tuple[tuple[str, str], ...]  # platform and handle
    open_count: int
    breached_count: int


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """Another case in the person's scope, with the reason why it is shown."""

    ref: str
    title: str  # under the same rule as that of the case itself
    status: str
    priority: str
    abuse_type: str
    received_at: datetime
    is_open: bool
    kind: Literal["entity", "partner"]
    reason: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """One part of the content of a case."""

    part: str
    text: str
    is_erased: bool
