"""Eight of ten forecasts of a gap hold what comes: cases, hits and time, in worlds of several kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import Ripe, Spent, cases_to_come, hits_to_come, time_to_come
from core.stats.arrays import Floats, Ints
from tests.prove.report import Report

SEED, WORLDS, WEEKS = 20_261_123, 600, 104
FEW = 5
# Whole numbers make intervals of few cases wider; a step is followed, but not at once.
LEAST, LEAST_AFTER_A_STEP = 0.75, 0.68


@dataclass(frozen=True)
class Kind:
    """How the weeks of a world go."""

    name: str
    mean: float
    alpha: float = 0.1
    season: float = 0.2
    drift: float = 0.02
    step: float = 1.0  # by which the level rises once, in the last 40 weeks


KINDS = (
    Kind("a case in three weeks", 0.33),
    Kind("three cases a week", 3.0),
    Kind("twenty cases a week", 20.0),
    Kind("twenty cases, hardly dispersed", 20.0, alpha=0.02),
    Kind("three cases, threefold since a while", 3.0, step=3.0),
)


def prove(report: Report) -> None:
    """How often what came lies inside, for each kind of world."""
    for number, kind in enumerate(KINDS):
        inside = coverage(kind, np.random.default_rng(SEED + number))
        least = LEAST_AFTER_A_STEP if kind.step > 1 else LEAST
        told = ", ".join(f"{name} {share:.3f}" for name, share in inside.items())
        report.add(
            f"80 % forecasts hold what comes: {kind.name}",
            seed=SEED + number,
            runs=WORLDS,
            holds=min(inside.values()) >= least,
            detail=f"{told}; at least {least}",
        )


def coverage(kind: Kind, rng: np.random.Generator) -> dict[str, float]:
    """The share of worlds in which cases, hits and time came to lie inside."""
    rules = impact_rules()
    ahead, ripe_to = rules.outlook.weeks, WEEKS - rules.outlook.ripe_weeks
    ripe_from = ripe_to - rules.outlook.share_weeks
    inside = dict.fromkeys(("cases", "hits", "time"), 0)
    judged = dict.fromkeys(inside, 0)
    for _ in range(WORLDS):
        counts = rng.poisson(_rates(kind, rng, WEEKS + ahead))
        share = rng.uniform(0.05, 0.6)
        hits = rng.binomial(counts, share)
        times = [rng.lognormal(3, 1, n) for n in counts]
        cases = cases_to_come(tuple(counts[:WEEKS].tolist()), rules)
        if cases is None:
            continue
        ripe = Ripe(_part(counts, ripe_from, ripe_to), _part(hits, ripe_from, ripe_to))
        went = hits_to_come(cases, ripe, 0.3, rules)
        past = np.concatenate(times[ripe_from:ripe_to])
        variance = float(past.var(ddof=1)) if len(past) > 1 else 0.0
        spent = time_to_come(cases, Spent(len(past), float(past.mean()), variance), rules)
        inside["cases"] += cases.low <= counts[WEEKS:].sum() <= cases.high
        inside["hits"] += went.low <= hits[WEEKS:].sum() <= went.high
        judged["cases"] += 1
        judged["hits"] += 1
        # With hardly a case to come the sum is zero as often as not, and no gamma is.
        if spent is not None and cases.mean >= FEW:
            took = float(np.concatenate(times[WEEKS:]).sum())
            inside["time"] += spent.low <= took <= spent.high
            judged["time"] += 1
    return {name: number / judged[name] for name, number in inside.items() if judged[name]}


def _part(counts: Ints, first: int, end: int) -> tuple[int, ...]:
    return tuple(counts[first:end].tolist())


def _rates(kind: Kind, rng: np.random.Generator, weeks: int) -> Floats:
    at = np.arange(weeks)
    wave = kind.season * np.sin(2 * np.pi * (at / 52 + rng.random()))
    level = kind.mean * np.exp(wave + np.cumsum(rng.normal(0, kind.drift, weeks)))
    if kind.step > 1:
        level[rng.integers(WEEKS - 40, WEEKS - 2) :] *= kind.step
    rates: Floats = level * rng.gamma(1 / kind.alpha, kind.alpha, weeks)
    return rates
