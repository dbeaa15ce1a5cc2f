"""How versions are read, told apart and weighed: thresholds and lists, read from reference data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

RULES_FILE = REFERENCE_DIR / "policy_documents.yaml"
Share = Field(ge=0, le=1)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reading(_Part):
    """How a text becomes sections."""

    endings: tuple[str, ...]
    section_level: int
    label_words: int
    repeated_blocks: int
    repeated_words: int
    breadcrumb_share: float = Share
    furniture: tuple[str, ...]

    @cached_property
    def furniture_pattern(self) -> re.Pattern[str]:
        """Fits a whole block that belongs to the page and not to the rules."""
        return re.compile("|".join(f"(?:{one})" for one in self.furniture), re.IGNORECASE)


class Bounds(_Part):
    """How much one import may hold."""

    files: int = Field(gt=0)
    text_megabytes: int = Field(gt=0)
    archive_slack_megabytes: int = Field(gt=0)
    broken_share: float = Share
    commits: int = Field(gt=0)


class Telling(_Part):
    """When two texts are taken for one that changed, or for one that was cut off."""

    alike_share: float = Share
    moved_share: float = Share
    truncated_share: float = Share
    truncated_last_share: float = Share
    back_share: float = Share
    back_least_words: int = Field(gt=0)
    most_pairs: int = Field(gt=0)
    rare_word_sentences: int = Field(gt=0)


class Twins(_Part):
    """When changes of two documents are the same change."""

    days: int = Field(gt=0)
    alike_share: float = Share
    least_words: int = Field(gt=0)


class Importance(_Part):
    """What makes a change weigh more."""

    levels: tuple[str, str, str]
    high_words: int
    medium_words: int
    sentence_words: int
    deleted_section_words: int
    high_in_duty_words: int
    duty_terms: tuple[str, ...]

    @cached_property
    def duty_pattern(self) -> re.Pattern[str]:
        """Fits words that bind, with their endings."""
        terms = "|".join(re.escape(term) for term in self.duty_terms)
        return re.compile(rf"\b(?:{terms})(?:s|d|ed|es|ing|ned|ning)?\b", re.IGNORECASE)


class Clauses(_Part):
    """When a change touches a clause."""

    section_likeness_share: float = Share
    text_likeness_share: float = Share
    longest_times: float = Field(gt=0)
    most: int = Field(gt=0)


class PolicyRules(_Part):
    """All rules together, with source and date."""

    source: str
    date: date
    reading: Reading
    bounds: Bounds
    telling: Telling
    twins: Twins
    importance: Importance
    clauses: Clauses
    stop_words: frozenset[str]
    sections: Mapping[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _known_types(self) -> PolicyRules:
        strange = set(self.sections) - set(taxonomy().abuse_types)
        if strange:
            msg = f"unknown abuse types: {sorted(strange)}"
            raise ValueError(msg)
        return self

    @cached_property
    def abuse_types(self) -> Mapping[str, str]:
        """The abuse type by the name of a section, in small letters."""
        return {name: key for key, names in self.sections.items() for name in names}


@cache
def policy_rules() -> PolicyRules:
    """The rules of this desk, read at the first call."""
    return read_reference(RULES_FILE, PolicyRules)
