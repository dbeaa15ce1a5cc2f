"""Shrunken ratios against sums over a fine grid, and at the edges where there is little to learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import trapezoid

from core.risk.cell_rules import cell_rules
from core.stats.arrays import Floats
from core.stats.ratio_prior import PriorSearch, RatioPrior, fit_prior
from core.stats.shrinkage import shrink

PRIOR = RatioPrior(shapes=(20.0, 2.0), rates=(20.0, 0.8), usual_share=0.9)
GRID = np.exp(np.linspace(np.log(1e-5), np.log(80), 200_001))


def search() -> PriorSearch:
    return cell_rules().ratio_prior.search()


@pytest.mark.parametrize(
    ("observed", "expected"), [(0, 0.3), (0, 12.0), (5, 0.5), (13, 4.0), (60, 20.0), (18, 20.0)]
)
def test_the_posterior_is_prior_times_likelihood(observed: int, expected: float) -> None:
    gammas = [
        share * stats.gamma(shape, scale=1 / rate).pdf(GRID)
        for share, shape, rate in zip((0.9, 0.1), PRIOR.shapes, PRIOR.rates, strict=True)
    ]
    likelihood = stats.poisson(GRID * expected).pmf(observed)
    density: Floats = (gammas[0] + gammas[1]) * likelihood
    whole = trapezoid(density, GRID)
    below = np.concatenate([[0], np.cumsum(np.diff(GRID) * (density[1:] + density[:-1]) / 2)])
    found = shrink(np.array([float(observed)]), np.array([expected]), PRIOR, 0.8)
    mean = trapezoid(density * GRID, GRID) / whole
    assert found.mean[0] == pytest.approx(mean, rel=1e-4)
    assert found.geometric[0] == pytest.approx(
        np.exp(trapezoid(density * np.log(GRID), GRID) / whole), rel=1e-4
    )
    second = trapezoid(density * GRID**2, GRID) / whole
    assert found.variance[0] == pytest.approx(second - mean**2, rel=1e-3)
    assert found.low[0] == pytest.approx(np.interp(0.1, below / whole, GRID), rel=1e-3)
    assert found.high[0] == pytest.approx(np.interp(0.9, below / whole, GRID), rel=1e-3)


def log_likelihood(prior: RatioPrior, y: Floats, e: Floats) -> float:
    """The marginal likelihood by another road: a mixture of scipy's negative binomials."""
    masses = [
        stats.nbinom(shape, rate / (rate + e)).pmf(y)
        for shape, rate in zip(prior.shapes, prior.rates, strict=True)
    ]
    mixed = prior.usual_share * masses[0] + (1 - prior.usual_share) * masses[1]
    return float(np.log(mixed).sum())


def test_the_fitted_prior_is_likelier_than_the_truth_and_than_its_neighbours() -> None:
    rng = np.random.default_rng(3)
    e = np.exp(rng.uniform(0, 4, 3000))
    usual = rng.random(3000) < 0.95
    ratio = np.where(usual, rng.gamma(40, 1 / 40, 3000), rng.gamma(12, 3 / 12, 3000))
    y = rng.poisson(ratio * e).astype(float)
    found = fit_prior(y, e, search())
    best = log_likelihood(found, y, e)
    assert best >= log_likelihood(RatioPrior((40, 12), (40, 4), 0.95), y, e)
    for other in (
        replace(found, usual_share=found.usual_share - 0.01),
        replace(found, shapes=(found.shapes[0] * 1.1, found.shapes[1])),
        replace(found, rates=(found.rates[0], found.rates[1] * 1.1)),
    ):
        assert best >= log_likelihood(other, y, e)
    assert found.shapes[0] / found.rates[0] == pytest.approx(1.0, abs=0.05)
    assert found.shapes[1] / found.rates[1] == pytest.approx(3.0, rel=0.2)


def test_intervals_hold_the_true_ratio_as_often_as_they_say() -> None:
    rng = np.random.default_rng(4)
    e = np.exp(rng.uniform(0, 4, 4000))
    ratio = np.where(rng.random(4000) < 0.9, rng.gamma(15, 1 / 15, 4000), rng.gamma(4, 0.6, 4000))
    y = rng.poisson(ratio * e).astype(float)
    found = shrink(y, e, fit_prior(y, e, search()), 0.8)
    inside = float(((found.low <= ratio) & (ratio <= found.high)).mean())
    # Three standard errors of a share of 4,000 are 0.019; the fitted prior is a little too sure.
    assert inside == pytest.approx(0.8, abs=0.025)


def test_shrunken_ratios_are_closer_to_the_truth_than_raw_ones() -> None:
    rng = np.random.default_rng(6)
    e = np.exp(rng.uniform(-1, 3, 2000))
    ratio = rng.gamma(12, 1 / 12, 2000)
    y = rng.poisson(ratio * e).astype(float)
    found = shrink(y, e, fit_prior(y, e, search()), 0.8).mean
    assert ((found - ratio) ** 2).mean() < 0.3 * ((y / e - ratio) ** 2).mean()


@pytest.mark.parametrize(
    ("y", "e"),
    [
        ([], []),
        ([3.0], [1.0]),
        ([1.0] * 11, [50.0] * 11),  # fewer cells than it takes
        ([0.0] * 40, [0.01] * 40),  # too little expected
        ([5.0] * 40, [0.0] * 40),
        ([np.nan] * 40, [4.0] * 40),
    ],
)
def test_where_there_is_too_little_to_learn_the_prior_is_the_one_on_file(
    y: list[float], e: list[float]
) -> None:
    assert fit_prior(np.array(y), np.array(e), search()) == search().start


@pytest.mark.parametrize("observed", [0.0, 7.0, 5000.0])
def test_counts_all_alike_give_a_prior_inside_its_limits(observed: float) -> None:
    y, e = np.full(60, observed), np.full(60, 7.0)
    found = fit_prior(y, e, search())
    low, high = search().shape_range
    assert all(low * 0.999 <= shape <= high * 1.001 for shape in found.shapes)
    ratios = shrink(y, e, found, 0.8)
    for part in (ratios.mean, ratios.low, ratios.high, ratios.geometric):
        assert np.isfinite(part).all()
    assert (ratios.low <= ratios.mean).all()


def test_a_cell_without_evidence_gets_the_mean_of_the_prior() -> None:
    assert shrink(np.zeros(1), np.zeros(1), PRIOR, 0.8).mean[0] == pytest.approx(PRIOR.mean)
