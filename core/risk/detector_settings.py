"""Settings of the detectors on one count series, read from ``data/reference/risk_detectors.yaml``."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.reference import read_reference
from core.settings import REFERENCE_DIR

DETECTORS_FILE = REFERENCE_DIR / "risk_detectors.yaml"
WEEK = 7  # days


class Power(StrEnum):
    """The scale on which a count is taken to be normal."""

    NONE = "none"
    HALF = "half"
    TWO_THIRDS = "two_thirds"

    @property
    def exponent(self) -> float:
        """The power that a count is raised to."""
        return {Power.NONE: 1.0, Power.HALF: 0.5, Power.TWO_THIRDS: 2.0 / 3.0}[self]


class Threshold(StrEnum):
    """How the upper bound follows from the fit."""

    DELTA = "delta"
    NB_PLUGIN = "nb_plugin"
    MUAN = "muan"


class Quantile(StrEnum):
    """The distribution that a standardised excess is held against."""

    NORMAL = "normal"
    STUDENT = "student"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Reaching(_Frozen):
    """A detector with the least and greatest share of quiet periods that alarm in simulation."""

    reached_share: tuple[float, float]

    @model_validator(mode="after")
    def _shares_in_order(self) -> _Reaching:
        low, high = self.reached_share
        if not 0 <= low <= high <= 1:
            raise ValueError("reached_share must be two shares, the lesser first")
        return self


class EarsSettings(_Reaching):
    """C1, C2 and C3 of the Early Aberration Reporting System."""

    alpha: float = Field(gt=0, lt=0.5)
    baseline: int = Field(ge=3)
    lag: int = Field(ge=0)
    least_sd: float = Field(ge=0)
    poisson_floor: bool
    quantile: Quantile


class DayEarsSettings(EarsSettings):
    """The three on days; ``reached_share`` is that of days on which any of them alarms."""

    shown_days: int = Field(ge=1)
    history_days: int = Field(ge=1)
    rest_weekdays: tuple[int, ...]  # Monday is 0
    least_cases: int = Field(ge=1)

    @model_validator(mode="after")
    def _history_holds_each_kind(self) -> DayEarsSettings:
        resting = len(set(self.rest_weekdays) & set(range(WEEK)))
        if not 0 < resting < WEEK or resting != len(self.rest_weekdays):
            raise ValueError("rest_weekdays must be some weekdays from 0 to 6, not all")
        fewer = min(resting, WEEK - resting)
        if self.history_days // WEEK * fewer < self.baseline + self.lag:
            raise ValueError("history_days hold too few days of a kind for baseline and lag")
        return self


class FarringtonSettings(_Reaching):
    """Farrington's method, original or flexible; ``alpha`` is one-sided."""

    alpha: float = Field(gt=0, lt=0.5)
    years: int = Field(ge=1)
    half_window: int = Field(ge=1, le=20)
    seasons: int = Field(ge=1, le=26)
    weight_above: float = Field(ge=1)
    skip_weeks: int = Field(ge=0)
    trend_p: float = Field(ge=0, le=1)
    power: Power
    threshold: Threshold
    least_cases: int = Field(ge=0)
    least_weeks: int = Field(ge=1)

    @model_validator(mode="after")
    def _base_ends_before_today(self) -> FarringtonSettings:
        if self.skip_weeks < self.half_window:
            raise ValueError("skip_weeks must reach over the window of today (half_window)")
        return self


class CusumSettings(_Frozen):
    """Cumulative sum of counts above a reference value."""

    ratio: float = Field(gt=1)
    quiet_run: float = Field(gt=1)
    head_start_share: float = Field(ge=0, lt=1)
    parts: int = Field(ge=1, le=100)
    ceiling: float = Field(ge=1)


class Detectors(_Frozen):
    """All detectors of the desk with where their settings come from."""

    source: str
    date: date
    ears: EarsSettings
    ears_days: DayEarsSettings
    farrington_original: FarringtonSettings
    farrington_flexible: FarringtonSettings
    cusum: CusumSettings


@cache
def detectors(path: Path = DETECTORS_FILE) -> Detectors:
    """The settings of this desk, read at the first call."""
    return read_reference(path, Detectors)
