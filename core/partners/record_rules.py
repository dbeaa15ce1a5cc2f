"""What stands in a partner's record besides promises, how much fits, and who may change what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.errors import BadInput, Refused
from core.partners.bands import Override
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

RECORDS_FILE = REFERENCE_DIR / "partner_records.yaml"


class BriefRules(BaseModel):
    """What the one page has room for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decided_days: int = Field(ge=1)
    most_cases: int = Field(ge=1)
    most_promises: int = Field(ge=1)
    most_decisions: int = Field(ge=1)
    most_causes: int = Field(ge=1)
    most_notes: int = Field(ge=0)
    most_late: int = Field(ge=1)
    longest_text: int = Field(ge=1)
    longest_title: int = Field(ge=1)


class RecordRules(BaseModel):
    """Limits of the record, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    longest_text: int = Field(ge=1)
    longest_names: int = Field(ge=1)
    usual_due_days: int = Field(ge=0)
    furthest_due_days: int = Field(ge=1)
    undo_minutes: int = Field(ge=1)
    most_listed: int = Field(ge=1)
    kept_as: str
    brief: BriefRules

    @property
    def undo_for(self) -> timedelta:
        """How long a deletion can be taken back."""
        return timedelta(minutes=self.undo_minutes)


@cache
def record_rules(path: Path = RECORDS_FILE) -> RecordRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, RecordRules)


class Entry(StrEnum):
    """What people write into a record and change later."""

    NOTE = "note"
    COMMITMENT = "commitment"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing before speaking with a partner."""

    id: int
    version: int
    text: str  # '' where the reader may not read texts, or it was erased
    made_by: str
    made_at: datetime
    changed_at: datetime | None
    deleted_at: datetime | None
    is_erased: bool


@dataclass(frozen=True, slots=True)
class LoggedContact:
    """A call, meeting or mail outside of a case."""

    id: int
    version: int
    kind: str
    held_at: datetime
    with_whom: str  # '' where the reader may not read texts, or it was erased
    summary: str  # under the same rule
    made_by: str
    made_at: datetime
    deleted_at: datetime | None
    is_erased: bool


@dataclass(frozen=True, slots=True)
class BandByHand:
    """A band that somebody set, and why; ``override`` ends where it was ended early."""

    id: int
    override: Override
    reason: str  # '' where the reader may not read texts, or it was erased
    set_by: str
    planned_until_at: int
    ended_by: str  # '' when it runs to its planned end


def usable_kind(kind: str) -> str:
    """A kind of contact that the list has."""
    kinds = taxonomy().contact_kinds
    if kind not in kinds:
        raise BadInput(f"'{kind}' is no kind of contact.", at="kind", hint=", ".join(kinds))
    return kind


def usable_held(held_at: datetime, now: datetime) -> datetime:
    """A moment that a contact can have been held at."""
    if held_at > now:
        raise BadInput("This contact is still to come.", at="when", hint="log it once it was held")
    return held_at


def why_not_edit(made_by: str, username: str, what: str) -> Refused | None:
    """What somebody wrote is theirs to change."""
    if made_by == username:
        return None
    who = made_by or "somebody else"
    return Refused(
        f"This {what} was written by {who}.", hint=f"Only they change it; add your own {what}."
    )


def why_not_restore(
    deleted_at: datetime | None, now: datetime, rules: RecordRules
) -> Refused | None:
    """A deletion can be taken back for a while."""
    if deleted_at is None:
        return Refused("It was not deleted, or that was taken back already.")
    if now >= deleted_at + rules.undo_for:
        return Refused(
            f"A deletion can be taken back for {rules.undo_minutes} minutes; they are over.",
            hint="Write it again.",
        )
    return None


def why_not_end_band(standing: BandByHand | None) -> Refused | None:
    """There has to be one to end."""
    if standing is not None:
        return None
    return Refused("No band is set by hand now.", hint="It expired, or somebody ended it before.")
