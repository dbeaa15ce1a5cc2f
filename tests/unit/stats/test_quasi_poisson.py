"""The regression of counts finds the likelihood's own maximum and the published effect."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from core.stats.arrays import Floats
from core.stats.quasi_poisson import anscombe_residuals, fit_quasi_poisson


def drawn(seed: int, size: int = 80) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(size), rng.normal(size=size), np.arange(size) % 2])
    counts = rng.poisson(np.exp(design @ np.array([1.0, 0.4, -0.5]))).astype(np.float64)
    return counts, design, rng.uniform(0.2, 1.5, size)


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_where_the_weighted_likelihood_is_greatest(seed: int) -> None:
    counts, design, weights = drawn(seed)

    def loss(at: Floats) -> float:
        eta = design @ at
        return float(np.sum(weights * (np.exp(eta) - counts * eta)))

    best = optimize.minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-8})
    fit = fit_quasi_poisson(counts, design, weights=weights)
    assert fit.converged
    assert fit.coefficients == pytest.approx(best.x, abs=1e-5)


def test_leverages_add_up_to_the_number_of_coefficients() -> None:
    counts, design, weights = drawn(7)
    fit = fit_quasi_poisson(counts, design, weights=weights)
    assert fit.leverage.sum() == pytest.approx(3.0)
    assert fit.freedom == 77


def test_a_level_alone_gives_the_mean_with_its_textbook_error() -> None:
    counts = np.array([2.0, 4.0, 6.0, 8.0])
    fit = fit_quasi_poisson(counts, np.ones((4, 1)))
    eta, se = fit.predict(np.ones(1), 1.0)
    assert np.exp(eta) == pytest.approx(5.0)
    assert se == pytest.approx(1.0 / np.sqrt(counts.sum()), rel=1e-4)
    assert fit.dispersion == pytest.approx(20.0 / 5.0 / 3.0)


def test_residuals_are_zero_where_count_and_mean_agree() -> None:
    counts = np.full(6, 3.0)
    fit = fit_quasi_poisson(counts, np.ones((6, 1)))
    assert anscombe_residuals(counts, fit, fit.phi) == pytest.approx(np.zeros(6), abs=1e-6)
    assert fit.phi == 1.0


def test_a_level_without_cases_goes_to_nought_and_not_over_the_edge() -> None:
    counts = np.array([0.0, 0.0, 0.0, 5.0, 7.0, 6.0])
    design = np.column_stack([np.repeat([1.0, 0.0], 3), np.repeat([0.0, 1.0], 3)])
    fit = fit_quasi_poisson(counts, design)
    assert np.isfinite(fit.coefficients).all()
    assert fit.fitted[0] < 1e-6
    assert fit.fitted[-1] == pytest.approx(6.0)


@pytest.mark.fixtures
def test_the_effect_of_the_smoking_ban_is_the_published(examples: Path) -> None:
    path = examples / "reference_series" / "sicily_smoking_ban.csv"
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    column = {
        n: np.array([float(r[n]) for r in rows]) for n in ("aces", "smokban", "time", "stdpop")
    }
    design = np.column_stack([np.ones(len(rows)), column["smokban"], column["time"]])
    fit = fit_quasi_poisson(column["aces"], design, offset=np.log(column["stdpop"]))
    se = np.sqrt(fit.unscaled[1, 1] * fit.phi)
    ratio = np.exp(fit.coefficients[1] + np.array([0.0, -1.959964, 1.959964]) * se)
    assert ratio == pytest.approx([0.8944, 0.8392, 0.9532], abs=1e-4)
    assert fit.phi == pytest.approx(3.559, abs=1e-3)
