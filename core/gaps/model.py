"""What a policy gap consists of; which moves it may make stands in workflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.cases.filter import CaseFilter


@dataclass(frozen=True, slots=True)
class Gap:
    """The facts of a gap; '' is not said.

    ``matching`` narrows to the cases that the gap is about, linked or not; None: only linked cases.
    """

    id: int
    ref: str
    version: int
    title: str
    statement: str  # what goes wrong and what it takes to end it
    gap_type: str
    severity: str
    abuse_types: tuple[str, ...]  # the policy areas
    clauses: tuple[str, ...]
    matching: CaseFilter | None
    owner: str  # username
    sponsor_team: str  # the team that can change the rule, the tool or the practice
    stakeholders: tuple[str, ...]
    target_on: date | None
    review_on: date | None
    response: str
    implementation: str
    proposed_by: str
    proposed_at: datetime
    responded_at: datetime | None  # the first answer that was more than "assessing"
    shipped_at: datetime | None  # of the last shipping
    closed_at: datetime | None  # verified, declined or ended without the change
    changed_at: datetime
    is_erased: bool

    @property
    def is_open(self) -> bool:
        """True until it is verified, declined or ended."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class GapEvidence:
    """A case that shows the gap."""

    case_ref: str
    strength: str
    reason: str
    linked_by: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class GapTask:
    """A step towards the change."""

    id: int
    text: str
    owner: str
    due_on: date | None
    done_at: datetime | None
    done_by: str
    is_erased: bool


@dataclass(frozen=True, slots=True)
class GapEntry:
    """One line of the decision log: who did what, when and why."""

    at: datetime
    by: str
    act: str
    value: str  # the state it led to, or another code, as the act needs
    reason: str
    is_erased: bool
