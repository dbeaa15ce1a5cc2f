"""How much fits into a gap, as the reference data says."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR


class GapLimits(BaseModel):
    """The limits, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    longest_title: int = Field(ge=1)
    longest_statement: int = Field(ge=1)
    longest_text: int = Field(ge=1)
    longest_name: int = Field(ge=1)
    most_clauses: int = Field(ge=1)
    most_areas: int = Field(ge=1)
    most_stakeholders: int = Field(ge=1)
    most_tasks: int = Field(ge=1)
    most_linked_at_once: int = Field(ge=1)
    most_linked: int = Field(ge=1)
    most_listed: int = Field(ge=1)
    undo_minutes: int = Field(ge=1)
    usual_strength: str
    kept_as: str
    shortest_mention: int = Field(ge=1)

    @property
    def undo_for(self) -> timedelta:
        """How long linking and unlinking can be taken back."""
        return timedelta(minutes=self.undo_minutes)


@cache
def gap_limits() -> GapLimits:
    """The limits of this desk, read at the first call."""
    return read_reference(REFERENCE_DIR / "gap_limits.yaml", GapLimits)
