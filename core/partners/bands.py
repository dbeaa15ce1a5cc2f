"""From a score to a band: what one case alone cannot do, and what a person may set for a while."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clock import from_micros
from core.errors import Refused
from core.partners.score_rules import BANDS, DAY_US, NOT_ENOUGH, HealthRules
from core.stats.arrays import Floats, Ints

NO_BAND = -1


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Scores, and what they would be without the one case that weighs them down or lifts them most.

    A partner without a score has NaN in all three.
    """

    score: Floats
    without_worst: Floats
    without_best: Floats


def plain_bands(scores: Floats, rules: HealthRules) -> Ints:
    """Codes by the edges alone (place in ``BANDS``, -1 where there is no score)."""
    known = np.isfinite(scores)
    codes = (
        np.searchsorted(rules.bands.lower_edges(), np.where(known, scores, 0.0), side="right") - 1
    )
    return np.where(known, np.maximum(codes, 0), NO_BAND).astype(np.int64)


def settled_bands(standing: Standing, previous: Ints | None, rules: HealthRules) -> Ints:
    """The bands, given those held before: one is left only when the score would be outside of it
    even without the single case that pulls most.
    """
    plain = plain_bands(standing.score, rules)
    if previous is None:
        return plain
    best = plain_bands(standing.without_worst, rules)
    worst = plain_bands(standing.without_best, rules)
    held = (previous >= 0) & (plain >= 0)
    return np.where(held, np.clip(previous, worst, best), plain).astype(np.int64)


def band_name(code: int) -> str:
    """The word of the taxonomy."""
    return BANDS[code] if code >= 0 else NOT_ENOUGH


@dataclass(frozen=True, slots=True)
class Override:
    """A band that somebody set by hand, from a moment (inclusive) until another (exclusive)."""

    band: str
    set_at: int
    until_at: int

    def in_force(self, at: int) -> bool:
        """False again once it has expired."""
        return self.set_at <= at < self.until_at


def why_not_override(override: Override, rules: HealthRules) -> Refused | None:
    """The reason why this override may not be set, if there is one."""
    if override.band not in BANDS:
        return Refused(
            f"'{override.band}' is no band.", hint=f"Choose {', '.join(reversed(BANDS))}."
        )
    if override.until_at <= override.set_at:
        return Refused("An override ends after it begins.", hint="Choose a later day.")
    latest = override.set_at + rules.override_days * DAY_US
    if override.until_at > latest:
        day = from_micros(latest).date().isoformat()
        return Refused(
            f"An override holds {rules.override_days} days at most.",
            hint=f"Choose {day} or earlier.",
        )
    return None


@dataclass(frozen=True, slots=True)
class ShownBand:
    """What stands on the screen, and beside it what the score itself says."""

    band: str
    computed: str
    override: Override | None


def shown_band(code: int, override: Override | None, at: int) -> ShownBand:
    """The band by hand while it is in force, else the computed one."""
    computed = band_name(code)
    if override is not None and override.in_force(at):
        return ShownBand(override.band, computed, override)
    return ShownBand(computed, computed, None)
