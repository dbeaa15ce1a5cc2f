"""What health is made of: inputs, weights, scales and bands, read from data/reference/partner_health.yaml."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.errors import BadInput
from core.reference import read_reference
from core.stats.arrays import Floats
from core.stats.survival import TailRules
from core.taxonomy import taxonomy

HEALTH_FILE = Path(__file__).resolve().parents[2] / "data" / "reference" / "partner_health.yaml"
DAY_US = 86_400_000_000
NOT_ENOUGH = "not_enough_data"


class Kind(StrEnum):
    """How the value of an input comes about."""

    SHARE = "share"
    RATIO = "ratio"
    TAIL = "tail"
    KNOWN = "known"


class Strict(BaseModel):
    """What all parts of the file share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TailShape(Strict):
    """Which quantile of the times ÷ target, and where a single time stops to count."""

    share: float = Field(gt=0.5, lt=1)
    longest: float = Field(gt=0)
    shortest: float = Field(gt=0)

    def rules(self) -> TailRules:
        """The same, as the statistics take it."""
        return TailRules(self.share, self.longest, self.shortest)


class InputRules(Strict):
    """One input: its weight, the days it looks at, and its way from value to points."""

    kind: Kind
    weight: float = Field(gt=0, le=1)
    window_days: int = Field(ge=0)
    maturity_days: int = Field(ge=0)
    counts_for_n: bool = False
    scale: tuple[tuple[float, float], ...] = Field(min_length=2)
    tail: TailShape | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        values, points = zip(*self.scale, strict=True)
        slopes = {second > first for first, second in pairwise(points)}
        if any(second <= first for first, second in pairwise(values)) or len(slopes) > 1:
            raise ValueError("a scale rises in its values and goes one way in its points")
        if {min(points), max(points)} != {0.0, 100.0}:
            raise ValueError("a scale runs from 0 to 100 points")
        if (self.kind is Kind.TAIL) != (self.tail is not None):
            raise ValueError("a tail, and only a tail, says which quantile it is")
        return self

    @property
    def more_is_better(self) -> bool:
        """True where a higher value brings more points."""
        return self.scale[-1][1] > self.scale[0][1]

    def points(self, values: Floats) -> Floats:
        """0 to 100 points of these values."""
        at, points = (np.array(part) for part in zip(*self.scale, strict=True))
        return np.asarray(np.interp(values, at, points), np.float64)

    def steepness(self, value: float) -> float:
        """Points per unit of value, where the scale is at ``value``; 0 beyond its ends."""
        for (low, first), (high, second) in pairwise(self.scale):
            if low <= value < high:
                return (second - first) / (high - low)
        return 0.0

    def window(self, at: int) -> tuple[int, int]:
        """From (inclusive) and until (exclusive) which moment cases count, in microseconds.

        The last days are left out as long as what happened to their cases is not yet decided.
        """
        until = at - self.maturity_days * DAY_US
        return until - self.window_days * DAY_US, until


class BandRules(Strict):
    """The least score of each band."""

    healthy: float
    watch: float
    at_risk: Literal[0]

    @model_validator(mode="after")
    def _descending(self) -> Self:
        if not 100 > self.healthy > self.watch > 0:
            raise ValueError("bands descend from healthy to at_risk")
        return self

    def lower_edges(self) -> Floats:
        """Least scores in the order of ``BANDS``."""
        return np.array([0.0, self.watch, self.healthy])


# From bad to good: the code of a band is its place here, -1 is "not enough data".
BANDS = ("at_risk", "watch", "healthy")


class PeerRules(Strict):
    """Who is compared with whom."""

    same: tuple[str, ...] = Field(min_length=1)
    least: int = Field(ge=2)
    standard_cases: float = Field(ge=0)


class FunnelRules(Strict):
    """Limits of the funnel and how its over-dispersion is measured."""

    levels: tuple[float, ...] = Field(min_length=1)
    winsorised_share: float = Field(ge=0, lt=0.5)


class HealthRules(Strict):
    """One version of the score, with source and date."""

    version: str
    since: date = Field(alias="from")
    date: date
    source: str
    least_effective_n: float = Field(ge=1)
    interval: float = Field(gt=0, lt=1)
    least_partners: int = Field(ge=2)
    worst_share: float = Field(gt=0, lt=1)
    trend_days: int = Field(ge=1)
    override_days: int = Field(ge=1)
    band_links: int = Field(ge=1)
    today_minutes: int = Field(ge=1)
    severe_priorities: tuple[str, ...] = Field(min_length=1)
    bands: BandRules
    one_case_margin: float = Field(ge=1)
    inputs: dict[str, InputRules]
    peers: PeerRules
    funnel: FunnelRules

    @model_validator(mode="after")
    def _whole(self) -> Self:
        lists = taxonomy()
        if set(self.inputs) != set(lists.health_inputs):
            raise ValueError(f"inputs are {', '.join(lists.health_inputs)}")
        if {*BANDS, NOT_ENOUGH} != set(lists.health_bands):
            raise ValueError(f"bands are {', '.join(lists.health_bands)}")
        if not set(self.severe_priorities) <= set(lists.priorities):
            raise ValueError(f"priorities are {', '.join(lists.priorities)}")
        if abs(sum(one.weight for one in self.inputs.values()) - 1) > 1e-9:
            raise ValueError("weights sum to 1")
        if not any(one.counts_for_n for one in self.inputs.values()):
            raise ValueError("at least one input says how many cases there are")
        return self


class HealthVersions(Strict):
    """All versions, oldest first."""

    versions: tuple[HealthRules, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if any(b.since <= a.since for a, b in pairwise(self.versions)):
            raise ValueError("each version holds from a later day than the one before")
        if len({one.version for one in self.versions}) < len(self.versions):
            raise ValueError("a version has its name alone")
        return self

    def on(self, day: date) -> HealthRules:
        """The version in force that day; the first one for days before it."""
        held = [one for one in self.versions if one.since <= day]
        return held[-1] if held else self.versions[0]

    def named(self, version: str) -> HealthRules:
        """The version of that name."""
        for one in self.versions:
            if one.version == version:
                return one
        hint = f"one of {', '.join(one.version for one in self.versions)}"
        raise BadInput(f"Health version '{version}' is unknown", at="version", hint=hint)


@cache
def health_versions(path: Path = HEALTH_FILE) -> HealthVersions:
    """The versions of this desk, read at the first call."""
    return read_reference(path, HealthVersions)
