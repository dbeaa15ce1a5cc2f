"""Forecasts of a gap: intervals keep their word on simulated weeks, and parts agree with simulation."""

from __future__ import annotations

import numpy as np
import pytest

from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import (
    Predicted,
    Ripe,
    Spent,
    cases_to_come,
    hits_to_come,
    time_to_come,
)
from core.stats.negative_binomial import mass, quantile

RULES = impact_rules()
AHEAD = RULES.outlook.weeks
DRAWS = 20_000


@pytest.mark.parametrize(("mean", "alpha"), [(0.4, 0.1), (3.0, 0.1), (15.0, 0.1), (15.0, 0.02)])
def test_eight_of_ten_forecasts_hold_what_comes(mean: float, alpha: float) -> None:
    rng = np.random.default_rng(7)
    worlds, weeks = 300, 80
    rates = mean * rng.gamma(1 / alpha, alpha, (worlds, weeks + AHEAD))
    counts = rng.poisson(rates)
    inside = 0
    for world in counts:
        found = cases_to_come(tuple(world[:weeks].tolist()), RULES)
        assert found is not None
        inside += found.low <= world[weeks:].sum() <= found.high
    # Whole numbers make it more than 80 %; three standard errors of 300 worlds are 0.07.
    assert inside / worlds > RULES.interval - 0.07


def test_a_gap_that_has_just_opened_is_foreseen_near_its_present_level() -> None:
    found = cases_to_come((2,) * 60 + (20,) * 12, RULES)
    assert found is not None
    assert found.mean > 0.65 * 20 * AHEAD


def test_too_few_weeks_foresee_nothing() -> None:
    assert cases_to_come((5,) * (RULES.outlook.least_weeks - 1), RULES) is None
    assert cases_to_come((0,) * RULES.outlook.least_weeks, RULES) is not None


def test_hits_have_the_mean_and_variance_of_a_simulation() -> None:
    cases = Predicted(40.0, 120.0, 0, 0)
    ripe = Ripe((10,) * 30, (3,) * 30)
    found = hits_to_come(cases, ripe, 0.3, RULES)
    rng = np.random.default_rng(1)
    size = cases.mean**2 / (cases.variance - cases.mean)
    number = rng.negative_binomial(size, size / (size + cases.mean), DRAWS)
    prior = RULES.outlook.share_cases
    share = rng.beta(90 + prior * 0.3, 210 + prior * 0.7, DRAWS)
    hits = rng.binomial(number, share)
    assert found.mean == pytest.approx(hits.mean(), rel=0.02)
    assert found.variance == pytest.approx(hits.var(), rel=0.05)
    assert (found.low, found.high) == pytest.approx(np.quantile(hits, [0.1, 0.9]), abs=1)


def test_shares_that_jump_from_week_to_week_widen_the_interval() -> None:
    cases = Predicted(40.0, 120.0, 0, 0)
    even = hits_to_come(cases, Ripe((10,) * 30, (5,) * 30), 0.5, RULES)
    jumpy = hits_to_come(cases, Ripe((10,) * 30, (0, 10) * 15), 0.5, RULES)
    assert jumpy.variance > 1.5 * even.variance


def test_without_ripe_cases_the_share_is_that_of_the_desk() -> None:
    found = hits_to_come(Predicted(40.0, 120.0, 0, 0), Ripe((0,) * 5, (0,) * 5), 0.25, RULES)
    assert found.mean == pytest.approx(10)


def test_time_has_the_interval_of_a_simulated_sum() -> None:
    cases = Predicted(30.0, 60.0, 0, 0)
    found = time_to_come(cases, Spent(10_000, 4.0, 16.0), RULES)
    assert found is not None
    rng = np.random.default_rng(2)
    number = rng.negative_binomial(30, 0.5, DRAWS)
    sums = rng.gamma(np.maximum(number, 1e-9), 4.0)  # exponential times of mean 4
    assert found.mean == pytest.approx(sums.mean(), rel=0.02)
    assert (found.low, found.high) == pytest.approx(np.quantile(sums, [0.1, 0.9]), rel=0.03)
    assert time_to_come(cases, Spent(1, 4.0, 0.0), RULES) is None


@pytest.mark.parametrize(("mean", "variance"), [(0.2, 0.21), (3.0, 5.0), (100.0, 900.0)])
def test_quantiles_are_where_the_summed_masses_reach_the_share(
    mean: float, variance: float
) -> None:
    alpha = (variance - mean) / mean**2
    reached = np.cumsum(mass(np.arange(2000.0), mean, alpha))
    for share in (0.1, 0.5, 0.9):
        assert quantile(share, mean, variance) == int(np.argmax(reached >= share))


def test_the_quantile_of_a_count_that_varies_no_more_than_poisson_is_that_of_poisson() -> None:
    assert quantile(0.5, 50.0, 50.0) == quantile(0.5, 50.0, 40.0) == 50
