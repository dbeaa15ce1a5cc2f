"""Shares by crossed factors: the effects that were put in come out, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from core.stats.arrays import Floats
from core.stats.crossed_effects import Factor, fit_crossed


def cells(
    first: Floats, second: Floats, each: int, seed: int = 3
) -> tuple[Floats, Floats, list[Factor]]:
    a, b = (x.ravel() for x in np.meshgrid(range(len(first)), range(len(second)), indexing="ij"))
    share = expit(logit(0.3) + first[a] + second[b])
    totals = np.full(len(a), float(each))
    hits = np.random.default_rng(seed).binomial(each, share).astype(np.float64)
    factors = [Factor(a.astype(np.int64), len(first)), Factor(b.astype(np.int64), len(second))]
    return hits, totals, factors


def test_effects_of_two_factors_come_out() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(0, 0.6, 30), rng.normal(0, 0.3, 20)
    hits, totals, factors = cells(first, second, 200)
    fit = fit_crossed(hits, totals, factors)
    assert np.corrcoef(fit.effects[0], first)[0, 1] > 0.98
    assert np.corrcoef(fit.effects[1], second)[0, 1] > 0.95
    assert np.sqrt(fit.variances) == pytest.approx([first.std(), second.std()], rel=0.25)


def test_a_factor_without_effects_is_pulled_to_nothing() -> None:
    hits, totals, factors = cells(np.zeros(20), np.zeros(15), 100)
    fit = fit_crossed(hits, totals, factors)
    assert np.abs(np.concatenate(fit.effects)).max() < 0.1


def test_a_group_of_its_own_leaves_the_rest_as_it_would_be_without() -> None:
    hits, totals, factors = cells(np.zeros(10), np.zeros(10), 200)
    flag = factors[0].codes == 4
    moved = np.where(flag, totals * 0.7, hits)
    start = fit_crossed(moved, totals, factors)
    fit = fit_crossed(moved, totals, factors, [flag], start)
    assert expit(fit.intercept + fit.effects[0][4] + fit.free[0]) == pytest.approx(0.7, abs=0.02)
    assert abs(fit.effects[0][4]) < abs(start.effects[0][4])
    without = expit(fit.log_odds(factors, []))
    assert without[~flag].mean() == pytest.approx(0.3, abs=0.02)
