"""The many fits at once against a general optimiser that fits one series at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln

from core.stats.arrays import Floats
from core.stats.log_linear import CoefficientPrior, Series, Weights, excess_weight, fit, leverage

WEEKS = 120


def a_series(counts: Floats) -> Series:
    time = np.arange(WEEKS) / 52
    design = np.column_stack([np.ones(WEEKS), time, np.cos(2 * np.pi * time)])
    return Series(counts, 0.1 * np.sin(np.arange(WEEKS))[None, :], design)


def one_by_one(series: Series, prior: CoefficientPrior, weight: Floats, alpha: Floats) -> Floats:
    """Minimise minus log posterior of each series; half an event is half the level."""
    found = []
    for position, y in enumerate(series.counts):
        size, weights = 1 / alpha[position], weight[position]

        def cost(at: Floats, y: Floats = y, size: float = size, weights: Floats = weights) -> float:
            mean = np.exp(series.design @ at + series.offset[0])
            terms = y * np.log(mean) - (y + size) * np.log(size + mean) + gammaln(y + size)
            drawn = (prior.precision[1:] * (at[1:] - prior.mean[1:]) ** 2).sum() / 2
            return float(-(weights * terms).sum() - 0.5 * at[0] + drawn)

        start = np.array([np.log(y.mean() + 0.1), *prior.mean[1:]])
        found.append(minimize(cost, start, method="BFGS", options={"gtol": 1e-7}).x)
    return np.array(found)


def test_every_series_is_fitted_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(2)
    level = np.array([0.05, 0.6, 4.0, 30.0, 400.0])[:, None]
    alpha = np.array([0.05, 0.1, 0.3, 0.1, 0.02])
    counts = rng.poisson(level * rng.gamma(1 / alpha, alpha, (WEEKS, 5)).T).astype(float)
    weight = (rng.random(counts.shape) > 0.1).astype(float)
    prior = CoefficientPrior(np.array([0.0, 0.1, 0.2]), np.array([1.0, 25.0, 10.0]))
    series = a_series(counts)
    found = fit(series, prior, Weights(weight, np.zeros(counts.shape)), alpha)
    assert found.coefficients == pytest.approx(one_by_one(series, prior, weight, alpha), abs=2e-4)


def test_a_series_without_an_event_has_half_an_event_and_a_wide_error() -> None:
    series = a_series(np.zeros((1, WEEKS)))
    prior = CoefficientPrior(np.zeros(3), np.array([1.0, 1e6, 1e6]))
    ones = Weights(np.ones((1, WEEKS)), np.zeros((1, WEEKS)))
    found = fit(series, prior, ones, np.array([1e-6]))
    assert found.means.sum() == pytest.approx(0.5, rel=1e-3)
    assert found.covariance[0, 0, 0] == pytest.approx(1 / 0.5, rel=0.01)


def test_leverages_add_up_to_the_coefficients_that_the_prior_leaves_free() -> None:
    rng = np.random.default_rng(2)
    series = a_series(rng.poisson(30, (3, WEEKS)).astype(float))
    ones = Weights(np.ones((3, WEEKS)), np.zeros((3, WEEKS)))
    alpha = np.full(3, 0.1)
    free = CoefficientPrior(np.zeros(3), np.full(3, 1e-6))
    found = leverage(fit(series, free, ones, alpha), series, ones, alpha)
    assert found.sum(axis=1) == pytest.approx(3.0, rel=1e-3)
    bound = CoefficientPrior(np.zeros(3), np.full(3, 1e9))
    found = leverage(fit(series, bound, ones, alpha), series, ones, alpha)
    assert found.sum(axis=1) == pytest.approx(1.0, rel=1e-3)


def test_residuals_up_to_the_threshold_keep_their_weight() -> None:
    weights = excess_weight(np.array([-9.0, 0.0, 2.58, 2.6, 4.0]), 2.58)
    assert weights == pytest.approx([1, 1, 1, 1 / 2.6**2, 1 / 16])
