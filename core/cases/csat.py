"""The rating of a resolved case: its scale, and when one may be recorded. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.cases.case import Case
from core.errors import BadInput, Refused
from core.reference import read_reference
from core.taxonomy import taxonomy

CSAT_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "csat.yaml"
# Ends of a case that nobody asks a rating for: it was not resolved.
WITHOUT_RATING = frozenset({"merged", "cancelled"})


class CsatScale(BaseModel):
    """The steps of a rating, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    lowest: int
    highest: int
    satisfied_from: int = Field(description="The least rating that counts as satisfied.")
    labels: Mapping[int, str]

    @property
    def steps(self) -> tuple[int, ...]:
        """Every rating that can be given."""
        return tuple(range(self.lowest, self.highest + 1))


@cache
def csat_scale(path: Path = CSAT_FILE) -> CsatScale:
    """The scale of this desk, read at the first call."""
    return read_reference(path, CsatScale)


def why_not_rate(case: Case) -> Refused | None:
    """Why no rating can be recorded for this case now; None when it can."""
    if case.is_open:
        return Refused(
            f"{case.ref} is still open, so its service cannot be rated yet.",
            hint="Record the rating once the case is resolved.",
        )
    if case.status in WITHOUT_RATING:
        word = taxonomy().label("statuses", case.status).lower()
        return Refused(f"{case.ref} was {word}, not resolved, so there is nothing to rate.")
    return None


def usable_rating(rating: int, given_at: datetime, case: Case, now: datetime) -> int:
    """A rating of the scale, given between the resolution and now."""
    scale = csat_scale()
    if rating not in scale.steps:
        hint = f"use {scale.lowest} to {scale.highest}"
        raise BadInput(f"{rating} is no rating.", at="rating", hint=hint)
    if given_at > now:
        raise BadInput("This rating is still to come.", at="when given", hint="choose a past time")
    earliest = case.resolved_at or case.received_at
    if given_at < earliest:
        told = f"{earliest:%Y-%m-%d %H:%M} UTC"
        raise BadInput(
            "The rating stands before the case was resolved.",
            at="when given",
            hint=f"the case was resolved at {told}; choose a later time",
        )
    return rating
