"""The parameters of the mining for candidates as data, checked when they are read."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR

MINING_FILE = REFERENCE_DIR / "gap_mining.yaml"


class Material(BaseModel):
    """How far above the usual a share has to lie to be worth a change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    material: float = Field(gt=0, lt=1)


class Unclear(Material):
    """The same for decisions overturned for some reasons."""

    reasons: tuple[str, ...] = Field(min_length=1)


class NewEvidence(BaseModel):
    """What brings a dismissed candidate back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float = Field(gt=0)
    least_cases: int = Field(ge=1)


class Filing(BaseModel):
    """What a gap that is filed from a candidate begins with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: str
    strength: str
    gap_types: dict[str, str]


class PeopleRules(BaseModel):
    """How clauses are looked for under which people decide differently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    newest_decisions: int = Field(ge=1)
    least_decisions: int = Field(ge=1)
    least_people: int = Field(ge=2)
    false_share: float = Field(gt=0, lt=1)
    material: float = Field(gt=0, lt=1)
    interval: float = Field(gt=0, lt=1)
    draws: int = Field(ge=99)
    seed: int


class TextRules(BaseModel):
    """How clusters of alike texts are looked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    newest: int = Field(ge=2)
    absent_outcomes: tuple[str, ...]
    least_cases: int = Field(ge=2)
    alike_from: float = Field(gt=0, lt=1)
    least_stability: float = Field(ge=0, le=1)
    most_share: float = Field(gt=0, le=1)
    most_features: int = Field(ge=100)
    term_share: float = Field(ge=0, le=1)
    terms: int = Field(ge=1)
    draws: int = Field(ge=1)
    draw_share: float = Field(gt=0, lt=1)
    seed: int
    shown: int = Field(ge=1)
    same_from: float = Field(gt=0, le=1)
    trend_days: int = Field(ge=1)
    severe: tuple[str, ...]


class MiningRules(BaseModel):
    """Everything about candidates, from ``data/reference/gap_mining.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    window_days: int = Field(gt=0)
    kept_as: str
    longest_reason: int = Field(ge=1)
    shown: int = Field(ge=1)
    kept_share: float = Field(ge=0, lt=1)
    evidence_cases: int = Field(ge=1)
    factors: tuple[str, ...] = Field(min_length=2)
    rule: str
    slices: tuple[tuple[str, ...], ...] = Field(min_length=1)
    least_reviewed: int = Field(ge=1)
    alike_days: int = Field(ge=1)
    interval: float = Field(gt=0, lt=1)
    sure_from: float = Field(gt=0, lt=1)
    strong_from: float = Field(gt=0, lt=1)
    least_excess: float = Field(ge=0)
    condition_margin: float = Field(ge=0)
    most_candidates: int = Field(ge=1)
    most_related: int = Field(ge=0)
    excess: Material
    unclear: Unclear
    evidence: NewEvidence
    filing: Filing
    people: PeopleRules
    texts: TextRules


@cache
def mining_rules(path: Path = MINING_FILE) -> MiningRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, MiningRules)
