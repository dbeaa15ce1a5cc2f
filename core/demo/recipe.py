"""The recipe of the demo world as written in ``data/reference/demo``, checked when it is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import BadInput
from core.settings import REFERENCE_DIR

DEMO_DIR = REFERENCE_DIR / "demo"
Weights = dict[str, float]
_Shape = TypeVar("_Shape", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ArrivalRecipe(_Part):
    """How cases spread over the weeks, days and hours."""

    weeks: int
    growth_share: float
    season_share: float
    weekdays: list[float]
    day_shape: float
    week_cv: float
    market_week_cv: float
    abuse_week_cv: float
    quiet_days: Weights
    hours: list[float]


class PartnerRecipe(_Part):
    """How many partners of which kind, and how they share the cases."""

    least: int
    most: int
    cases_each: int
    tiers: Weights
    tier_pull: Weights
    categories: Weights
    alias_share: float
    alias_use_share: float
    service_spread: float


class Spread(_Part):
    """A log-normal by its median and the spread of its logarithm."""

    median: float
    sigma: float


class OutcomeRecipe(_Part):
    """How cases end."""

    reviewed_share: Weights
    overturn_share: float
    overturned: Weights
    kept: Weights
    not_reviewed: Weights
    reasons: Weights
    gap_reasons: Weights


class ActionRecipe(_Part):
    """What the platform did, by outcome and kind of trouble."""

    reversed_content: Weights
    reversed_account: Weights
    content: Weights
    account: Weights
    kept_none_share: float


class ServiceRecipe(_Part):
    """How the team keeps its targets; medians are shares of the target."""

    frt: Spread
    ttr: Spread
    update_kept_share: float
    requester_wait_hours: Spread
    internal_wait: Weights
    reopened_work_share: float


class LingeringRecipe(_Part):
    """Cases that stay open."""

    share: float
    age_days: float
    work_age_share: float
    stages: Weights


class RestrictionRecipe(_Part):
    """Which cases are restricted or sealed, by channel."""

    restricted: Weights
    sealed: Weights
    legal_hold_share: float


class SurgeRecipe(_Part):
    """A slice that rises for one week."""

    weeks_ago: int
    slice: dict[str, str]


class OpenGap(_Part):
    """A clause that produces overturns."""

    clause: str


class ClosedGap(OpenGap):
    """A clause that produced overturns until it was mended."""

    closed_days_ago: int
    effect_ratio: float


class Decline(_Part):
    """A partner that is served worse since some days, by one cause."""

    days: int
    loss: float
    channel: str
    channel_share: float
    cases: int
    most_share: float
    small_share: float
    least_late: int
    most_late_share: float


class SlowMarket(_Part):
    """A market that waits longer at equal mix."""

    market: str
    ratio: float


class Pair(_Part):
    """Two alike cases that were decided differently."""

    abuse_type: str
    clause: str
    days_ago: tuple[int, int]
    platform: str
    surface: str
    market: str


class PlantRecipe(_Part):
    """The truths that the world is made to contain."""

    surge_expected: float
    surge_most_share: float
    surge_ratio: float
    surge_least_extra: int
    surge_most_extra_share: float
    surges: list[SurgeRecipe]
    gap_plus: float
    gap_open: OpenGap
    gap_closed: ClosedGap
    decline: Decline
    slow_market: SlowMarket
    pair: Pair


class TextRecipe(_Part):
    """How many messages carry a text: all in small worlds, a share in large ones."""

    full_up_to: int
    least_share: float


class Recipe(_Part):
    """``world.yaml``."""

    arrivals: ArrivalRecipe
    requester_kinds: Weights
    partner_known: Weights
    channels: dict[str, Weights]
    source_types: dict[str, Weights]
    markets: Weights
    other_markets: float
    home_market_share: float
    local_language_share: float
    partners: PartnerRecipe
    groups: dict[str, list[str]]
    abuse_types: Weights
    abuse_pull: dict[str, Weights]
    clause_weights: list[float]
    platforms: Weights
    surfaces: dict[str, Weights]
    surface_pull: dict[str, Weights]
    priorities: dict[str, Weights]
    outcomes: OutcomeRecipe
    actions: ActionRecipe
    service: ServiceRecipe
    shares: Weights
    csat: list[float]
    close_after_days: float
    lingering: LingeringRecipe
    restriction: RestrictionRecipe
    texts: TextRecipe
    plants: PlantRecipe


class Names(_Part):
    """``names.yaml``: the parts of invented names."""

    stems: list[str]
    tails: dict[str, list[str]]
    given: list[str]
    family: list[str]


class TypePhrases(_Part):
    """What can be said about one abuse type."""

    titles: list[str]
    details: list[str]
    situations: list[str]


class Phrases(_Part):
    """``phrases.yaml``: sentences in English."""

    types: dict[str, TypePhrases]
    channels: dict[str, list[str]]
    impacts: list[str]
    asks: list[str]
    replies: list[str]
    questions: list[str]
    answers: list[str]
    notes: list[str]
    subjects: list[str]


class LocalPhrases(_Part):
    """``phrases_local.yaml``: titles in other languages, by group of abuse types."""

    groups: dict[str, list[str]]
    titles: dict[str, dict[str, list[str]]]


@cache
def recipe() -> Recipe:
    """How often what happens."""
    return _read(Recipe, DEMO_DIR / "world.yaml")


@cache
def names() -> Names:
    """Parts of invented names."""
    return _read(Names, DEMO_DIR / "names.yaml")


@cache
def phrases() -> Phrases:
    """English sentences."""
    return _read(Phrases, DEMO_DIR / "phrases.yaml")


@cache
def local_phrases() -> LocalPhrases:
    """Titles in other languages."""
    return _read(LocalPhrases, DEMO_DIR / "phrases_local.yaml")


def _read(shape: type[_Shape], path: Path) -> _Shape:
    try:
        return shape.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as faults:
        places = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in faults.errors()]
        raise BadInput("; ".join(places), at=path.name) from faults
