"""What the public enforcement report speaks of: its series and policy areas, read from reference data.

An area that our list lacks is kept under its published name and belongs to no abuse type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

AREAS_FILE = REFERENCE_DIR / "public_policy_areas.yaml"
REPORT_FILE = REFERENCE_DIR / "public_report.yaml"
NAMES_HELD = 1024  # every figure asks for the key of one of a few dozen names
Unit = Literal["pieces", "share"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Series(_Part):
    """One thing that the report tells per quarter; ``names`` is how releases call it."""

    label: str
    unit: Unit
    names: tuple[str, ...] = Field(min_length=1)
    says: str


class Beside(_Part):
    """What of our own stands in the panel beside the report."""

    quarters: int = Field(gt=0)


class PublicReport(_Part):
    """How the report is read and shown, with source and date."""

    source: str
    date: date
    title: str
    columns: tuple[str, str, str, str, str]
    not_published: tuple[str, ...]
    series: dict[str, Series]
    beside: Beside

    def series_named(self, name: str) -> str:
        """The key of a series as a release calls it, or nothing."""
        names = {fold(n): key for key, one in self.series.items() for n in one.names}
        return names.get(fold(name), "")


class PolicyArea(_Part):
    """One policy area; ``abuse_type`` is empty where none of ours is the same."""

    label: str
    names: tuple[str, ...] = ()
    abuse_type: str = ""
    note: str = ""


class PolicyAreas(_Part):
    """All areas that we know by name, with source and date."""

    source: str
    date: date
    areas: dict[str, PolicyArea]

    @model_validator(mode="after")
    def _each_once(self) -> PolicyAreas:
        names = [fold(n) for area in self.areas.values() for n in (area.label, *area.names)]
        repeated = {name for name in names if names.count(name) > 1}
        known = taxonomy().abuse_types
        strange = {a.abuse_type for a in self.areas.values()} - set(known) - {""}
        if repeated or strange:
            msg = f"names that stand twice: {sorted(repeated)}; unknown types: {sorted(strange)}"
            raise ValueError(msg)
        return self


@cache
def public_report() -> PublicReport:
    """The rules of this desk, read at the first call."""
    return read_reference(REPORT_FILE, PublicReport)


@cache
def policy_areas() -> Mapping[str, PolicyArea]:
    """Every area that we know, by its key."""
    return read_reference(AREAS_FILE, PolicyAreas).areas


@lru_cache(maxsize=NAMES_HELD)
def area_key(name: str) -> str:
    """The key of an area by any of its names; one that we do not know is its own."""
    return _keys().get(fold(name)) or fold(name)


def area_of(key: str, published: str = "") -> PolicyArea:
    """An area by its key; an unknown one goes by the name it was published with."""
    return policy_areas().get(key) or PolicyArea(label=published or key)


def fold(name: str) -> str:
    """A name without what releases write now so and now so: case, blanks, dashes, and ``&``."""
    plain = re.sub(r"[–—‑]", "-", name.replace("&", " and ").replace("\u00a0", " "))
    return " ".join(plain.casefold().split())


@cache
def _keys() -> Mapping[str, str]:
    return {
        fold(name): key
        for key, area in policy_areas().items()
        for name in (area.label, *area.names)
    }
