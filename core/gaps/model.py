"""What a policy gap consists of; which moves it may make stands in workflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.cases.filter import CaseFilter
from core.gaps.workflow import States
from core.taxonomy import taxonomy


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
    response_at: datetime  # since when it has this response
    implementation_at: datetime
    responded_at: datetime | None  # the first answer that was more than "assessing"
    shipped_at: datetime | None  # of the last shipping
    closed_at: datetime | None  # verified, declined or ended without the change
    changed_at: datetime
    is_erased: bool

    @property
    def is_open(self) -> bool:
        """True until it is verified, declined or ended."""
        return self.closed_at is None

    @property
    def states(self) -> States:
        """Response and implementation."""
        return States(self.response, self.implementation)

    @property
    def kind(self) -> str:
        """Whether a rule, its enforcement or our own ways of working are at fault."""
        return taxonomy().gap_types[self.gap_type]["kind"]


@dataclass(frozen=True, slots=True)
class GapEvidence:
    """A case that shows the gap."""

    case_id: int
    case_ref: str
    strength: str
    reason: str  # '' where the reader may not read texts, or it was erased
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

    id: int
    version: int  # of the gap after it
    at: datetime
    by: str
    act: str
    value: str  # the state it led to, or another code, as the act needs
    reason: str
    link: str
    is_erased: bool
    is_undone: bool = False
    refs: tuple[str, ...] = ()  # of cases that it linked or unlinked and the reader may see


@dataclass(frozen=True, slots=True)
class NewGap:
    """What a gap begins with; '' and none is not said."""

    title: str
    statement: str
    gap_type: str
    severity: str
    abuse_types: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    matching: CaseFilter | None = None
    owner: str = ""
    sponsor_team: str = ""
    stakeholders: tuple[str, ...] = ()
    target_on: date | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says along with an act: each act needs some of it."""

    reason: str = ""
    link: str = ""
    day: date | None = None


NOTHING = Given()
