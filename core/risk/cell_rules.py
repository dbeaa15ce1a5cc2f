"""The numbers behind expectations and judged cells, read from ``data/reference/risk_cells.yaml``."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.reference import read_reference
from core.stats.false_discovery import Control
from core.stats.ratio_prior import PriorSearch, RatioPrior

CELLS_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "risk_cells.yaml"


class ExpectationRules(BaseModel):
    """How the weekly history of a cell becomes what it is expected to hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    harmonics: int = Field(ge=0, le=6)
    harmonics_from_weeks: int = Field(ge=26)
    least_weeks: int = Field(ge=4)
    own_shape_from_events: int = Field(ge=0)
    downweight_above: float = Field(gt=1)
    rounds: int = Field(ge=1, le=10)
    dispersion_start: float = Field(gt=0)
    dispersion_most: float = Field(gt=0)
    dispersion_margin: float = Field(ge=1)
    trend_spread: float = Field(gt=0)
    cell_trend_spread: float = Field(gt=0)
    season_spread: float = Field(gt=0)
    cell_season_spread: float = Field(gt=0)
    working_day_power: float = Field(ge=0)
    working_day_spread: float = Field(gt=0)
    rest_day_share: float = Field(gt=0, le=1)


class JudgingRules(BaseModel):
    """When a cell is marked, and when it stays grey."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: Control
    false_discovery_share: float = Field(gt=0, lt=1)
    least_expected: float = Field(gt=0)
    interval: float = Field(gt=0, lt=1)


class MeasureRules(BaseModel):
    """When a share, a mean or a percentile of a cell is worth a colour, and how far it is shrunk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    least_cases: int = Field(ge=2)
    share_strength: tuple[float, float]
    percentile: float = Field(gt=0, lt=1)


class PriorRules(BaseModel):
    """Start and limits of the prior of the ratios."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shapes: tuple[float, float]
    rates: tuple[float, float]
    usual_share: float = Field(gt=0, lt=1)
    shape_range: tuple[float, float]
    other_shape_range: tuple[float, float]
    mean_range: tuple[float, float]
    usual_share_range: tuple[float, float]
    least_cells: int = Field(ge=2)
    least_total_expected: float = Field(gt=0)

    def search(self) -> PriorSearch:
        """The same, as the statistics take it."""
        return PriorSearch(
            start=RatioPrior(self.shapes, self.rates, self.usual_share),
            shape_range=self.shape_range,
            other_shape_range=self.other_shape_range,
            mean_range=self.mean_range,
            usual_share_range=self.usual_share_range,
            least_cells=self.least_cells,
            least_expected=self.least_total_expected,
        )


class CellRules(BaseModel):
    """All of it, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    most_values: int = Field(ge=2, le=200)
    shown_values: int = Field(ge=2, le=60)
    history_weeks: int = Field(ge=26)
    shown_weeks: tuple[int, ...] = Field(min_length=1)
    earlier_weeks: int = Field(ge=1)
    expectation: ExpectationRules
    judging: JudgingRules
    measures: MeasureRules
    ratio_prior: PriorRules


@cache
def cell_rules(path: Path = CELLS_FILE) -> CellRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, CellRules)
