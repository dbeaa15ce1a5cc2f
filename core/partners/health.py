"""The score: every input's estimate in points, times its weight, with an interval and a band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from core.partners.bands import Standing, settled_bands
from core.partners.estimates import Estimate, Population, estimate
from core.partners.inputs import PartnerInputs
from core.partners.score_rules import HealthRules, InputRules
from core.stats.arrays import Floats, Ints
from core.stats.ranks import Ranks, ranks


@dataclass(frozen=True, eq=False, slots=True)
class Points:
    """One input of every partner on the scale of 0 to 100, interval included."""

    points: Floats
    low: Floats
    high: Floats
    without_worst: Floats
    without_best: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Health:
    """The health of every partner at one moment.

    ``contributions`` is partners × inputs in the order of ``names`` and sums to ``score``, which
    is NaN (with its interval and its band -1) where there are too few cases.
    """

    version: str
    names: tuple[str, ...]
    weights: Floats
    estimates: Mapping[str, Estimate]
    points: Mapping[str, Points]
    contributions: Floats
    score: Floats
    low: Floats
    high: Floats
    effective: Floats
    standing: Standing
    bands: Ints


def score(
    inputs: PartnerInputs, population: Population, rules: HealthRules, previous: Ints | None = None
) -> Health:
    """Health of all partners; ``previous`` holds the codes of the bands that they had before.

    Inputs that nobody has cases of hand their weight to the others.
    """
    names = tuple(name for name in rules.inputs if name in population.priors)
    raw = np.array([rules.inputs[name].weight for name in names])
    weights = raw / raw.sum() if names else raw
    estimates, points = {}, {}
    for name in names:
        own, priors = rules.inputs[name], population.priors[name]
        found = estimate(inputs.evidence[name], own, inputs.groups, priors, rules.interval)
        estimates[name], points[name] = found, _points(found, own)
    effective = _effective(estimates, rules, inputs.count)
    return _composed(rules, (names, weights), estimates, points, effective, previous)


def _points(found: Estimate, rules: InputRules) -> Points:
    ends = [rules.points(end) for end in (found.low, found.high)]
    spared = [rules.points(one) for one in (found.without_miss, found.without_hit)]
    if not rules.more_is_better:
        ends.reverse()
        spared.reverse()
    points = rules.points(found.value)
    # A mean may lie outside of a narrow central interval where the distribution is very skewed.
    low, high = np.minimum(ends[0], points), np.maximum(ends[1], points)
    return Points(points, low, high, np.maximum(spared[0], points), np.minimum(spared[1], points))


def _effective(estimates: Mapping[str, Estimate], rules: HealthRules, count: int) -> Floats:
    """The cases behind the inputs that say how many there are; the least of them."""
    counting = [name for name, own in rules.inputs.items() if own.counts_for_n]
    known = [estimates[name].effective for name in counting if name in estimates]
    return np.minimum.reduce(known) if len(known) == len(counting) else np.zeros(count)


def _composed(
    rules: HealthRules,
    parts: tuple[tuple[str, ...], Floats],
    estimates: Mapping[str, Estimate],
    points: Mapping[str, Points],
    effective: Floats,
    previous: Ints | None,
) -> Health:
    names, weights = parts

    def weighed(field: str) -> Floats:
        columns = [getattr(points[name], field) for name in names]
        return np.column_stack(columns) * weights if names else np.zeros((len(effective), 0))

    contributions = weighed("points")
    whole = contributions.sum(axis=1)
    enough = effective >= rules.least_effective_n
    total: Floats = np.where(enough, whole, np.nan)
    down, up = (
        np.sqrt(((contributions - weighed(end)) ** 2).sum(axis=1)) for end in ("low", "high")
    )
    worst, best = (
        total + rules.one_case_margin * (weighed(spared) - contributions).sum(axis=1)
        for spared in ("without_worst", "without_best")
    )
    standing = Standing(total, worst, best)
    return Health(
        version=rules.version,
        names=names,
        weights=weights,
        estimates=estimates,
        points=points,
        contributions=contributions,
        score=total,
        low=total - down,
        high=total + up,
        effective=effective,
        standing=standing,
        bands=settled_bands(standing, previous, rules),
    )


def spread(health: Health, rules: HealthRules) -> Floats:
    """Standard deviations that fit the intervals of the scores."""
    found: Floats = (health.high - health.low) / (2 * float(ndtri((1 + rules.interval) / 2)))
    return found


def health_ranks(health: Health, rules: HealthRules) -> Ranks:
    """Ranks among the partners that have a score, 1 for the lowest; NaN for the others."""
    known = np.isfinite(health.score)
    among = ranks(
        health.score[known], spread(health, rules)[known], rules.interval, rules.worst_share
    )
    filled = np.full((4, len(known)), np.nan)
    filled[:, known] = (among.expected, among.low, among.high, among.in_lowest)
    return Ranks(filled[0], filled[1], filled[2], filled[3])
