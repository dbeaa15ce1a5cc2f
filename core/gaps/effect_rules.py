"""When and how the effect of a change is judged, read from ``data/reference/gap_effect.yaml``."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.stats.correlated_counts import Noise

EFFECT_FILE = REFERENCE_DIR / "gap_effect.yaml"
MeasureName = Literal["overturns", "cases"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PeriodRules(_Frozen):
    """How long a period is, and how many there must be."""

    days: int = Field(ge=1)
    long_days: int = Field(ge=1)
    least_events: float = Field(ge=0)
    least_points: int = Field(ge=3)
    most_days: int = Field(ge=28)


class CountedRules(_Frozen):
    """What must have been counted for any judgement."""

    least_base: int = Field(ge=1)
    least_events: int = Field(ge=1)


class OwnRules(_Frozen):
    """What a series is held against where there is nothing to compare it with."""

    trend: bool
    season_pairs: int = Field(ge=0, le=6)
    season_from_days: int = Field(ge=366)


class ComparisonRules(_Frozen):
    """Which other clauses or markets can stand beside the changed one."""

    least_units: int = Field(ge=3)
    least_events: int = Field(ge=1)
    least_base: int = Field(ge=1)
    shown_units: int = Field(ge=1)


class PlaceboRules(_Frozen):
    """How many dates without a change are tried, and how many may look like one."""

    most: int = Field(ge=1)
    least: int = Field(ge=1)
    most_share: float = Field(ge=0, lt=1)


class NoiseRules(_Frozen):
    """The grid that the noise of a series is integrated on, and its priors."""

    spreads: tuple[float, ...] = Field(min_length=2)
    carries: tuple[float, ...] = Field(min_length=2)
    carry_power: float = Field(ge=0)
    spread_scale: float = Field(gt=0)

    @property
    def grid(self) -> Noise:
        """In the form that the fit takes."""
        return Noise(self.spreads, self.carries, self.carry_power, self.spread_scale)


class EffectRules(_Frozen):
    """All rules of the effect page with where they come from."""

    source: str
    date: date
    interval: float = Field(gt=0.5, lt=1)
    power: float = Field(gt=0.5, lt=1)
    periods: PeriodRules
    counted: CountedRules
    own_history: OwnRules
    comparison: ComparisonRules
    placebo: PlaceboRules
    noise: NoiseRules
    measure: dict[str, MeasureName]

    def measure_of(self, gap_type: str) -> MeasureName:
        """What a gap of a type is measured by."""
        return self.measure.get(gap_type, "overturns")


@cache
def effect_rules(path: Path = EFFECT_FILE) -> EffectRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, EffectRules)
