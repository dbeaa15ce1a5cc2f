"""The parameters of the scan for surges as data, checked when they are read."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR

SCAN_FILE = REFERENCE_DIR / "risk_scan.yaml"


class ScanRules(BaseModel):
    """Parameters of the weekly scan, from ``data/reference/risk_scan.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    dimensions: tuple[str, ...] = Field(min_length=1, max_length=6)
    alike: str
    history_weeks: int = Field(gt=0)
    offered_weeks: int = Field(gt=0)
    shown_weeks: int = Field(gt=0)
    band: float = Field(gt=0, lt=1)
    drift_weeks: int = Field(gt=0)
    kept_as: str
    most_conditions: int = Field(ge=1, le=3)
    baseline_weeks: int = Field(gt=0)
    least_baseline_weeks: int = Field(gt=0)
    least_calibration_weeks: int = Field(ge=10)
    alarm_rate: float = Field(gt=0, lt=0.5)
    scanned_from_expected: float = Field(gt=0)
    detectable_from_expected: float = Field(gt=0)
    dispersion_prior_weeks: float = Field(ge=0)
    residual_cap: float = Field(gt=1)
    kin_margin: float = Field(ge=0)
    most_findings: int = Field(gt=0)
    most_related: int = Field(ge=0)
    new_value_weeks: int = Field(ge=1)
    new_value_cases: int = Field(ge=1)
    usual_weeks: int = Field(gt=0)
    excess_from_share: float = Field(ge=0)
    bulk_hours: float = Field(gt=0)
    group_penalty: float = Field(ge=0)
    group_restarts: int = Field(ge=0)
    group_seed: int = Field(ge=0)
    most_cells: int = Field(gt=0)
    phrases: dict[str, str]
    other_phrase: str

    @property
    def quiet_weeks(self) -> int:
        """Quiet weeks with about one false alarm among them."""
        return round(1 / self.alarm_rate)


@cache
def scan_rules(path: Path = SCAN_FILE) -> ScanRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, ScanRules)
