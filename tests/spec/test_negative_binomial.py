"""Tails and dispersion of over-dispersed counts against sums that are made another way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.stats.arrays import Ints
from core.stats.log_linear import DownWeighting, anscombe, capped_weight, down_weighting
from core.stats.negative_binomial import (
    Residuals,
    dispersion,
    mass,
    predictive_variance,
    upper_mid_p,
)


@pytest.mark.parametrize("mean", [0.05, 1.0, 7.5, 60.0, 900.0])
@pytest.mark.parametrize("alpha", [0.01, 0.1, 2.0])
def test_the_mid_p_tail_is_the_sum_of_the_negative_binomial(mean: float, alpha: float) -> None:
    size = 1 / alpha
    y = np.arange(0, int(mean * 4) + 12)
    other = stats.nbinom(size, size / (size + mean))
    wanted = other.sf(y) + 0.5 * other.pmf(y)
    means = np.full(y.shape, mean)
    found = upper_mid_p(y, means, predictive_variance(means, alpha, 0.0))
    assert found == pytest.approx(wanted, rel=1e-8, abs=1e-14)


@pytest.mark.parametrize("variance_share", [1.0, 0.5, 1.0 + 1e-12])
def test_a_count_no_wider_than_poisson_has_the_tail_of_poisson(variance_share: float) -> None:
    y, mean = np.arange(0, 40), np.full(40, 9.0)
    wanted = stats.poisson(9.0).sf(y) + 0.5 * stats.poisson(9.0).pmf(y)
    assert upper_mid_p(y, mean, mean * variance_share) == pytest.approx(wanted, rel=1e-6)


def test_an_error_of_the_expectation_makes_the_same_count_less_surprising() -> None:
    y, mean = np.array([40, 40]), np.array([20.0, 20.0])
    sure, unsure = upper_mid_p(y, mean, predictive_variance(mean, 0.05, np.array([0.0, 30.0])))
    assert sure < unsure


def drawn(alphas: list[float], cells: int, weeks: int = 150) -> tuple[Residuals, Ints]:
    """Squared residuals of cells in groups with these dispersions, around their true means."""
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(len(alphas)), cells)
    alpha = np.array(alphas)[groups][:, None]
    mean = np.exp(rng.uniform(0, 4, (len(groups), 1))) * np.ones((1, weeks))
    y = rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean))
    return Residuals((y - mean) ** 2, mean), groups


def test_the_pooled_dispersion_is_found_from_any_start() -> None:
    residuals, groups = drawn([0.1] * 5, 40)
    for start in (0.01, 0.5):
        found = dispersion(residuals, groups, start, 3.0)
        assert found.pooled == pytest.approx(0.1, rel=0.03)
        assert found.of_group == pytest.approx(found.pooled, rel=0.1)


def test_groups_that_truly_differ_keep_their_own_dispersion() -> None:
    residuals, groups = drawn([0.02, 0.02, 0.4], 40)
    own = dispersion(residuals, groups, 0.1, 3.0).of_group
    assert own == pytest.approx([0.02, 0.02, 0.4], rel=0.2)


def test_a_group_without_counts_takes_the_dispersion_of_all() -> None:
    residuals, groups = drawn([0.1, 0.1], 40)
    groups = np.where(groups == 1, 2, groups)
    found = dispersion(residuals, groups, 0.1, 3.0)
    assert found.of_group[1] == pytest.approx(found.pooled)


def test_counts_steadier_than_poisson_have_no_dispersion_and_no_counts_keep_the_start() -> None:
    mean = np.full((4, 50), 9.0)
    groups = np.zeros(4, np.int64)
    assert dispersion(Residuals(mean * 0.5, mean), groups, 0.1, 3.0).pooled == 0
    nothing = Residuals(mean, mean, np.zeros(mean.shape))
    assert dispersion(nothing, groups, 0.1, 3.0).pooled == 0.1


@pytest.mark.parametrize("mean", [0.4, 3.0, 25.0])
def test_what_down_weighting_takes_is_what_it_takes_from_many_draws(mean: float) -> None:
    alpha = 0.12
    table: DownWeighting = down_weighting(2.58, alpha)
    y = np.random.default_rng(8).negative_binomial(1 / alpha, 1 / (1 + alpha * mean), 400_000)
    means = np.full(len(y), mean)
    residual = anscombe(y.astype(float), means, alpha, 0.0)
    zero = np.zeros((1, len(y)))
    weights, stays = table.weights(residual[None, :], means[None, :], np.array([alpha]), zero + 1)
    score = weights.weight[0] * (y - mean) / (1 + alpha * mean)
    # Small means jump with each whole count, and the table has gaps between its means.
    sd = float(np.std(y)) / (1 + alpha * mean)
    assert float(score.mean()) == pytest.approx(float(weights.drift[0, 0]), abs=0.02 * sd)
    variance = mean + alpha * mean**2
    kept = (capped_weight(residual, 2.58) * (y - mean) ** 2).mean() / variance
    assert float(stays[0, 0]) == pytest.approx(kept, rel=0.02)


def test_the_masses_of_all_counts_make_one() -> None:
    assert mass(np.arange(4000.0), 30.0, 0.7).sum() == pytest.approx(1.0)
