"""The numbers behind shocks and test weights, read from ``data/reference/risk_shocks.yaml``."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.stats.rise_weights import Rise

SHOCKS_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "risk_shocks.yaml"


class ShockRules(BaseModel):
    """How the shocks of whole rows and columns are estimated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_periods: int = Field(ge=2)
    residual_cap: float = Field(gt=1)
    steps: int = Field(ge=1, le=20)
    steps_with_all: int = Field(ge=1, le=20)
    outlier_from: float = Field(gt=0)
    outlier_at: float = Field(gt=0)


class RiseRules(BaseModel):
    """Which rise the tests of cells are weighted for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ratio: float = Field(gt=1)
    odds: float = Field(gt=1)
    least: float = Field(ge=0, le=1)

    def rise(self) -> Rise:
        """The same, as the statistics take it."""
        return Rise(self.ratio, self.odds, self.least)


class MarginRules(BaseModel):
    """All of it, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    shocks: ShockRules
    rise: RiseRules


@cache
def shock_rules(path: Path = SHOCKS_FILE) -> MarginRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, MarginRules)
