"""Health of partners: intervals keep their word, shrinking halves the error, one case moves no band."""

from __future__ import annotations

import time

import numpy as np

from core.partners.estimates import fit_population
from core.partners.health import score
from core.partners.score_rules import HealthRules, health_versions
from tests.prove.report import Report
from tests.support.partner_coverage import (
    PARTNERS,
    Coverage,
    ratio_coverage,
    score_coverage,
    share_coverage,
)
from tests.support.partner_worlds import partner_world, uneven_sizes

SEED = 4_000
WORLDS = 100
LEVELS = (0.8, 0.9)
MOST_OFF = 0.03
MOST_ERROR = 0.5
STEADY_WORLDS = 12
STEADY_PARTNERS = 120
FAST_PARTNERS = 5_000
MOST_SECONDS = 0.05
# Mean of the shares and how many cases the usual is worth.
SHARE_WORLDS = ((0.85, 20.0), (0.15, 12.0), (0.5, 40.0))
RATIO_SHAPES = (4.0, 15.0)


def prove(report: Report) -> None:
    """Shares, ratios, whole scores; then one case more for every partner of many worlds."""
    rules = health_versions().versions[-1]
    for mean, size in SHARE_WORLDS:
        worlds = [share_coverage(SEED + k, LEVELS, mean, size) for k in range(WORLDS)]
        _covers(report, f"shares around {mean} worth {size:g} cases", worlds)
        _halves(report, f"shares around {mean} worth {size:g} cases", worlds)
    for shape in RATIO_SHAPES:
        worlds = [ratio_coverage(SEED + k, LEVELS, shape) for k in range(WORLDS)]
        _covers(report, f"ratios of shape {shape:g}", worlds)
        _halves(report, f"ratios of shape {shape:g}", worlds)
    whole = [score_coverage(SEED + k, rules, LEVELS) for k in range(WORLDS // 4)]
    for name in whole[0]:
        _covers(report, f"{name} of partners in four tiers", [one[name] for one in whole])
    for bad in (True, False):
        _steady(report, rules, bad=bad)
    _fast(report, rules)


def _covers(report: Report, what: str, worlds: list[Coverage]) -> None:
    inside = np.array([one.inside for one in worlds])
    mean, spread = inside.mean(axis=0), inside.std(axis=0)
    told = "; ".join(
        f"{level:.0%}: {m:.4f}, single worlds ±{s:.3f}"
        for level, m, s in zip(LEVELS, mean, spread, strict=True)
    )
    report.add(
        f"{what}: 80 % and 90 % intervals cover within {MOST_OFF}",
        seed=SEED,
        runs=len(worlds) * PARTNERS,
        holds=bool((np.abs(mean - LEVELS) <= MOST_OFF).all()),
        detail=told,
    )


def _halves(report: Report, what: str, worlds: list[Coverage]) -> None:
    ratios = [one.error_ratio for one in worlds]
    report.add(
        f"{what}: error at most {MOST_ERROR} of the raw value's",
        seed=SEED,
        runs=len(worlds) * PARTNERS,
        holds=max(ratios) <= MOST_ERROR,
        detail=f"{np.mean(ratios):.3f} on average, {max(ratios):.3f} at worst",
    )


def _steady(report: Report, rules: HealthRules, *, bad: bool) -> None:
    moved = loose = runs = 0
    for k in range(STEADY_WORLDS):
        cases = np.random.default_rng(SEED + k).integers(10, 31, STEADY_PARTNERS).astype(float)
        world = partner_world(SEED + k, cases)
        inputs = world.inputs(rules)
        before = score(inputs, fit_population(inputs, rules), rules)
        for partner in range(STEADY_PARTNERS):
            more = world.with_one_case(np.array([partner]), bad=bad).inputs(rules)
            population = fit_population(more, rules)
            after = score(more, population, rules, before.bands)
            moved += int((after.bands != before.bands).sum())
            plain = score(more, population, rules).bands[partner]
            loose += int(plain != before.bands[partner])
            runs += 1
    word = "bad" if bad else "good"
    report.add(
        f"one extremely {word} case moves no band of partners with 10 to 30 cases",
        seed=SEED,
        runs=runs,
        holds=moved == 0,
        detail=f"{moved} moved; without holding bands {loose / runs:.3f} would have",
    )


def _fast(report: Report, rules: HealthRules) -> None:
    inputs = partner_world(SEED, np.maximum(uneven_sizes(SEED, FAST_PARTNERS), 10)).inputs(rules)
    population = fit_population(inputs, rules)
    seconds, learning = [], []
    # Not by the clock on the wall: other proofs may run beside this one.
    for _ in range(15):
        started = time.process_time()
        score(inputs, population, rules)
        between = time.process_time()
        fit_population(inputs, rules)
        seconds.append(between - started)
        learning.append(time.process_time() - between)
    report.add(
        f"{FAST_PARTNERS:,} partners are scored in {MOST_SECONDS * 1000:.0f} ms of processor time (median)",
        seed=SEED,
        runs=len(seconds),
        holds=float(np.median(seconds)) <= MOST_SECONDS,
        detail=f"{np.median(seconds) * 1000:.1f} ms; learning what is usual "
        f"{np.median(learning) * 1000:.1f} ms",
    )
