"""The thresholds of the intake, read once from ``data/reference/intake.yaml``."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict

from core.settings import REFERENCE_DIR


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Unpacking(_Part):
    """When an archive is taken for a bomb."""

    largest_ratio: int
    ratio_from_bytes: int


class Reading(_Part):
    """How much is read at a time."""

    block_bytes: int
    block_rows: int
    head_bytes: int
    encoding_sample_bytes: int


class TimeBounds(_Part):
    """Which moments are believed."""

    earliest: datetime
    ahead_hours: int
    wrong_order_share: float


class Staging(_Part):
    """How many cases are held in memory at a time."""

    cases_per_part: int


class Suggesting(_Part):
    """When a proposal believes what it sees."""

    listed_values: int
    identity_share: float
    understood_share: float


class Limits(_Part):
    """All thresholds together."""

    unpacking: Unpacking
    reading: Reading
    times: TimeBounds
    staging: Staging
    suggesting: Suggesting


@cache
def limits() -> Limits:
    """The thresholds of this desk."""
    text = (REFERENCE_DIR / "intake.yaml").read_text(encoding="utf-8")
    return Limits.model_validate(yaml.safe_load(text))
