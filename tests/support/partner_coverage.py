"""How often the intervals of simulated partners hold the truth, and how far off estimates are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.partners.estimates import fit_population
from core.partners.health import score
from core.partners.score_rules import HealthRules
from core.stats.arrays import Floats
from core.stats.beta_binomial import fit_shares, share_interval_of, share_posterior
from core.stats.gamma_poisson import fit_ratios, ratio_interval, ratio_posterior
from tests.support.partner_worlds import partner_world, true_scores, uneven_sizes

PARTNERS = 2000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of truths inside the interval, per level; and error of estimates ÷ that of raw values."""

    inside: tuple[float, ...]
    error_ratio: float


def drawn_shares(
    seed: int, mean: float = 0.85, size: float = 20.0
) -> tuple[Floats, Floats, Floats]:
    """True shares, cases (8 on average, of some 1, of some 40) and hits of 2,000 partners."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(mean * size, (1 - mean) * size, PARTNERS)
    of = np.maximum(rng.poisson(rng.gamma(1.0, 8.0, PARTNERS)), 1).astype(np.float64)
    return truth, of, rng.binomial(of.astype(np.int64), truth).astype(np.float64)


def share_coverage(
    seed: int, levels: tuple[float, ...], mean: float = 0.85, size: float = 20.0
) -> Coverage:
    """One world of shares."""
    truth, of, hits = drawn_shares(seed, mean, size)
    found = share_posterior(hits, of, fit_shares(hits, of))
    ends = [share_interval_of(found, level) for level in levels]
    return Coverage(
        tuple(_inside(truth, *end) for end in ends), _error(found.mean, truth, hits / of)
    )


def ratio_coverage(seed: int, levels: tuple[float, ...], shape: float) -> Coverage:
    """One world of ratios of 2,000 partners, 4 hits expected on average."""
    rng = np.random.default_rng(seed)
    truth = rng.gamma(shape, 1 / shape, PARTNERS)
    expected = rng.gamma(1.0, 4.0, PARTNERS) + 0.05
    hits = rng.poisson(truth * expected).astype(np.float64)
    found = ratio_posterior(hits, expected, fit_ratios(hits, expected))
    ends = [ratio_interval(found, level) for level in levels]
    return Coverage(
        tuple(_inside(truth, *end) for end in ends), _error(found.mean, truth, hits / expected)
    )


def score_coverage(seed: int, rules: HealthRules, levels: tuple[float, ...]) -> dict[str, Coverage]:
    """One world of partners of four tiers: of each input, and of the score under ``score``.

    The error of the score is in points, for it has no raw value beside it.
    """
    world = partner_world(seed, np.maximum(uneven_sizes(seed, PARTNERS), 10))
    inputs = world.inputs(rules)
    population = fit_population(inputs, rules)
    found: dict[str, list[float]] = {}
    truth, error = true_scores(world, rules), 0.0
    for level in levels:
        health = score(inputs, population, rules.model_copy(update={"interval": level}))
        for name, one in health.estimates.items():
            if np.isfinite(one.effective).all():
                inside = _inside(world.truth[name], one.low, one.high)
                found.setdefault(name, []).append(inside)
        found.setdefault("score", []).append(_inside(truth, health.low, health.high))
        error = float(np.sqrt(np.mean((health.score - truth) ** 2)))
    return {name: Coverage(tuple(one), error) for name, one in found.items()}


def _inside(truth: Floats, low: Floats, high: Floats) -> float:
    return float(((low <= truth) & (truth <= high)).mean())


def _error(found: Floats, truth: Floats, raw: Floats) -> float:
    return float(np.sqrt(((found - truth) ** 2).mean() / ((raw - truth) ** 2).mean()))
