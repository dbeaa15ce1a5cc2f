"""What an investigation consists of: a question, its scope, cases, findings, hypotheses, people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.cases.filter import CaseFilter
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

LinkKind = Literal["case", "filter", "url"]


class InvestigationLimits(BaseModel):
    """How much fits into an investigation, and how much of it is shown at first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    longest_question: int
    longest_text: int
    most_pins: int
    most_links: int
    most_listed: int
    shown_first: int
    excerpt: int
    kept_as: str
    shortest_mention: int


@cache
def investigation_limits() -> InvestigationLimits:
    """The limits of the reference data, read at the first call."""
    return read_reference(REFERENCE_DIR / "investigations.yaml", InvestigationLimits)


@dataclass(frozen=True, slots=True)
class Investigation:
    """The facts of an investigation; '' is not said."""

    id: int
    ref: str
    version: int
    status: str
    question: str
    scope: CaseFilter
    lead: str
    members: tuple[str, ...]  # besides the lead
    outcome: str
    opened_by: str
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    is_erased: bool

    @property
    def is_open(self) -> bool:
        """True while it can be worked on."""
        return taxonomy().investigation_statuses[self.status].is_set("is_open")

    @property
    def people(self) -> frozenset[str]:
        """Everybody who is on it."""
        return frozenset({self.lead, *self.members} - {""})


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """One thing that a finding rests on: a case, a list of cases, or an address elsewhere."""

    kind: LinkKind
    value: str  # reference, parameters of the filter, or URL
    count_then: int | None = None  # of a filter: cases without restriction when it was linked


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody names as evidence: references of cases, lists of cases, and links."""

    cases: tuple[str, ...] = ()
    lists: tuple[CaseFilter, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found, with what it rests on."""

    id: int
    text: str
    links: tuple[EvidenceLink, ...]
    by: str
    at: datetime
    changed_at: datetime | None
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A possible answer to the question, and what became of it."""

    id: int
    text: str
    state: str
    reason: str  # why it was kept or dropped
    by: str
    at: datetime
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: who did what, when; cases of one act stand in one line."""

    at: datetime
    by: str
    act: str
    value: str  # a code or a username, as the act needs
    item_id: int | None  # the finding or hypothesis
    refs: tuple[str, ...] = ()  # of cases that the reader may see


@dataclass(frozen=True, slots=True)
class Reader:
    """What of a person decides how much of an investigation they are shown."""

    username: str
    reads_text: bool
    is_bound: bool  # held to the partners that they serve
