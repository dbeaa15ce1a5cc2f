"""What a list of partners is asked for: filters, order and page, as value and as address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from core.taxonomy import taxonomy

Values = tuple[str, ...]
Params = dict[str, str | list[str]]
UNKNOWN_PARAM = "-"  # how the empty value, which means unknown, is written in an address
LONGEST_TEXT, MOST_VALUES = 200, 200
PAGE_SIZES = (50, 100)
YES = "yes"
WORSE, BETTER = "worse", "better"


class Order(StrEnum):
    """Orders of the list; each ends with the name."""

    WORST = "worst"
    FELL = "fell"
    BREACHED = "breached"
    DUE = "due"
    OLDEST = "oldest"
    OPEN = "open"
    TIER = "tier"
    NAME = "name"


# Filter -> the list of the taxonomy that its values come from; '' = any text.
FILTERS: Mapping[str, str] = {
    "band": "health_bands",
    "tier": "tiers",
    "category": "partner_categories",
    "market": "markets",
    "manager": "",
    "trend": "",
}
TRENDS = (WORSE, BETTER)


class PartnerAsk(BaseModel):
    """Partners that satisfy all parts; within one part any of its values; '' is 'unknown'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    band: Values = ()
    tier: Values = ()
    category: Values = ()
    market: Values = ()
    manager: Values = ()
    trend: Values = ()
    text: str = Field(default="", max_length=LONGEST_TEXT)
    breached: bool = Field(default=False, description="At least one breached case is open.")
    order: Order = Order.WORST
    page: int = Field(default=1, ge=1, le=10_000)
    size: int = PAGE_SIZES[0]

    def values(self, name: str) -> Values:
        """The chosen values of a filter; none means no condition."""
        found: Values = getattr(self, name)
        return found

    def but(self, **parts: object) -> Self:
        """The same with some parts replaced, from its first page unless a page is said."""
        return type(self).model_validate({**dict(self), "page": 1, **parts})

    @property
    def is_narrowed(self) -> bool:
        """True when a filter is set."""
        return bool(self.text.strip() or self.breached or any(self.values(n) for n in FILTERS))

    def cleared(self) -> Self:
        """The same order and size without any filter."""
        return type(self)(order=self.order, size=self.size)

    def to_params(self) -> Params:
        """As parameters of an address; what equals the default is left out."""
        params: Params = {}
        for name, value in dict(self).items():
            if value == type(self).model_fields[name].default:
                continue
            key = PARAM_NAMES.get(name, name)
            if isinstance(value, tuple):
                params[key] = [v or UNKNOWN_PARAM for v in value]
            else:
                params[key] = YES if value is True else str(value)
        return params

    @classmethod
    def from_params(cls, given: Mapping[str, Sequence[str]]) -> tuple[Self, list[str]]:
        """The ask of an address, and a sentence for each part that could not be used."""
        parts: dict[str, object] = {}
        ignored: list[str] = []
        for name in cls.model_fields:
            texts = list(given.get(PARAM_NAMES.get(name, name), ()))
            if not texts:
                continue
            if name in FILTERS:
                parts[name], bad = _known(name, texts)
            else:
                bad = _read(name, texts[-1], parts)
            ignored += [f"'{text[:40]}' is no value of {name}; it was left out." for text in bad]
        return cls.model_validate(parts), ignored


# "text" is what a search box holds elsewhere, too.
PARAM_NAMES = {"text": "q", "order": "sort", "size": "rows"}
PARAMS = frozenset(PARAM_NAMES.get(name, name) for name in PartnerAsk.model_fields)


def _known(name: str, texts: list[str]) -> tuple[Values, list[str]]:
    """The usable values of a filter, and the others."""
    plain = tuple(dict.fromkeys("" if t == UNKNOWN_PARAM else t for t in texts))[:MOST_VALUES]
    if name == "manager":
        return tuple(t for t in plain if len(t) <= LONGEST_TEXT), []
    offered = {*TRENDS} if name == "trend" else {"", *taxonomy().terms(FILTERS[name])}
    return tuple(t for t in plain if t in offered), [t for t in plain if t not in offered]


def _read(name: str, text: str, parts: dict[str, object]) -> list[str]:
    """Take a single value into the parts, or give it back as not usable."""
    if name == "text":
        parts[name] = text[:LONGEST_TEXT]
        return []
    if name == "breached":
        parts[name] = text == YES
        return [] if text == YES else [text]
    if name == "order":
        is_good = text in set(Order)
    else:
        offered = PAGE_SIZES if name == "size" else range(1, 10_001)
        is_good = text.isdecimal() and len(text) < 6 and int(text) in offered
    if is_good:
        parts[name] = text if name == "order" else int(text)
    return [] if is_good else [text]
