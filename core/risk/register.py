"""The register of perceived risks: one risk, when it is looked at again, and the rules of its acts.

Pure: the day is an argument. Where a risk stands in the register follows from its last assessment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.errors import BadInput, Refused
from core.reference import read_reference
from core.risk.framework import Outcome
from core.risk.subjects import Subject
from core.settings import REFERENCE_DIR

LONGEST_REASON = 2000


class Status(StrEnum):
    """Whether a risk is looked after."""

    OPEN = "open"
    CLOSED = "closed"


class RegisterRules(BaseModel):
    """When risks are looked at again, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    review_days: Mapping[str, int]
    unassessed_days: int = Field(ge=1)
    longest_days: int = Field(ge=1)
    recent_assessments: int = Field(ge=1)
    kept_as: str


@dataclass(frozen=True, slots=True)
class Risk:
    """One perceived risk as it stands now; ``origin`` is the subject it was first assessed as."""

    id: int
    subject: Subject  # kind risk, its reference as key
    origin: str  # reference of another subject, '' for a risk that was put here by hand
    owner: str  # username, '' while nobody is
    next_review_on: date
    status: Status
    reason: str  # why it was closed or opened again
    version: int
    changed_by: str
    changed_at: datetime

    @property
    def ref(self) -> str:
        """How it is named everywhere."""
        return self.subject.key

    @property
    def is_open(self) -> bool:
        """True while it is looked after."""
        return self.status is Status.OPEN

    def is_overdue(self, today: date) -> bool:
        """True when its review should have been before today."""
        return self.is_open and self.next_review_on < today


def risk_ref(risk_id: int) -> str:
    """The reference of a risk, from its key."""
    return f"R-{risk_id:04d}"


def place_of(risk: Risk, outcome: Outcome | None) -> tuple[int, int, date, int]:
    """Where it stands: by verdict, then by the rest of its range, then by its next review.

    What nobody has assessed stands at the end, because no verdict is no reason to go first.
    """
    worst, best = outcome.order if outcome else (-1, -1)
    return (-worst, -best, risk.next_review_on, risk.id)


def proposed_review(outcome: Outcome | None, today: date, rules: RegisterRules) -> date:
    """The day of the next review that the verdict asks for."""
    days = rules.unassessed_days if outcome is None else rules.review_days[outcome.verdict]
    return today + timedelta(days=days)


def why_not_review_on(day: date, today: date, rules: RegisterRules) -> BadInput | None:
    """What is wrong with a day for the next review; None when it may stand."""
    last = today + timedelta(days=rules.longest_days)
    if today <= day <= last:
        return None
    hint = f"a day from {today:%Y-%m-%d} to {last:%Y-%m-%d}"
    return BadInput("That day cannot be the next review", at="next review", hint=hint)


def why_not_change(risk: Risk) -> Refused | None:
    """Why owner and review may not be changed now; None when they may."""
    if risk.is_open:
        return None
    return Refused(f"{risk.ref} is closed.", hint="Open it again first.")


def why_not_turn(risk: Risk, to: Status, reason: str) -> Refused | BadInput | None:
    """Why a risk may not be closed or opened again; None when it may."""
    if risk.status is to:
        return Refused(f"{risk.ref} is {to} already.", hint="Load the page again.")
    if not reason.strip():
        word = "Closing" if to is Status.CLOSED else "Opening again"
        return BadInput(f"{word} needs a reason", at="reason", hint="write what has changed")
    if len(reason) > LONGEST_REASON:
        return BadInput(
            "That is too long", at="reason", hint=f"at most {LONGEST_REASON} characters"
        )
    return None


@cache
def register_rules(file: Path = REFERENCE_DIR / "risk_register.yaml") -> RegisterRules:
    """The rules of this desk, read at the first call."""
    return read_reference(file, RegisterRules)
