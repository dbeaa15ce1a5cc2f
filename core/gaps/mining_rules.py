"""The parameters of the mining for candidates as data, checked when they are read."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR

MINING_FILE = REFERENCE_DIR / "gap_mining.yaml"


class ExcessRules(BaseModel):
    """How slices with too many overturns are looked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    factors: tuple[str, ...] = Field(min_length=2)
    rule: str
    slices: tuple[tuple[str, ...], ...] = Field(min_length=1)
    least_reviewed: int = Field(ge=1)
    material: float = Field(gt=0, lt=1)
    sure_from: float = Field(gt=0, lt=1)
    strong_from: float = Field(gt=0, lt=1)
    condition_margin: float = Field(ge=0)
    most_candidates: int = Field(ge=1)
    most_related: int = Field(ge=0)
    interval: float = Field(gt=0, lt=1)
    alike_days: int = Field(ge=1)


class MiningRules(BaseModel):
    """Everything about candidates, from ``data/reference/gap_mining.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    window_days: int = Field(gt=0)
    kept_as: str
    excess: ExcessRules


@cache
def mining_rules(path: Path = MINING_FILE) -> MiningRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, MiningRules)
