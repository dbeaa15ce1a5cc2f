"""What impact is counted over and how it is foreseen, from ``data/reference/gap_impact.yaml``."""

from __future__ import annotations

from datetime import date
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR


class OutlookRules(BaseModel):
    """How past weeks become a forecast of the next ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weeks: int = Field(ge=1, le=26)
    fading: float = Field(gt=0.5, lt=1)
    drift: float = Field(ge=0)
    least_weeks: int = Field(ge=4)
    dispersion: float = Field(ge=0)
    dispersion_weeks: float = Field(gt=0)
    share_weeks: int = Field(ge=4)
    ripe_weeks: int = Field(ge=1)
    share_cases: float = Field(gt=0)


class ImpactRules(BaseModel):
    """Windows, lengths and the level of intervals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    recent_days: int = Field(ge=7)
    shown_weeks: int = Field(ge=4)
    history_weeks: int = Field(ge=52)
    most_listed: int = Field(ge=3)
    most_ranked: int = Field(ge=2)
    draws: int = Field(ge=200)
    draw_seed: int
    interval: float = Field(gt=0, lt=1)
    outlook: OutlookRules


@cache
def impact_rules() -> ImpactRules:
    """The rules of this desk, read at the first call."""
    return read_reference(REFERENCE_DIR / "gap_impact.yaml", ImpactRules)
