"""Quasi-Poisson regression with log link by iteratively reweighted least squares.

Counts in, coefficients with what prediction and residual checks need out; nothing of cases here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from core.stats.arrays import Floats

MOST_ROUNDS = 25
TOLERANCE = 1e-8
# A level without any case has no finite coefficient; the fit stops here instead of overflowing.
ETA_BOUND = 30.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model: ``n`` observations, ``p`` coefficients.

    ``coefficients`` (p,), ``unscaled`` (p, p) covariance before dispersion, ``fitted`` and
    ``leverage`` (n,); ``dispersion`` is Pearson's, not raised to 1.
    """

    coefficients: Floats
    unscaled: Floats
    fitted: Floats
    leverage: Floats
    dispersion: float
    freedom: int
    converged: bool

    @property
    def phi(self) -> float:
        """The dispersion, at least that of a Poisson count."""
        return max(self.dispersion, 1.0)

    def p_value(self, column: int) -> float:
        """Two-sided p-value of one coefficient being zero, by Student's t."""
        variance = self.unscaled[column, column] * self.dispersion
        if variance <= 0.0 or self.freedom < 1:
            return 1.0
        t = abs(float(self.coefficients[column])) / sqrt(variance)
        return 2.0 * float(special.stdtr(self.freedom, -t))

    def predict(self, row: Floats, phi: float) -> tuple[float, float]:
        """Linear predictor of one design row and its standard error at dispersion ``phi``."""
        eta = min(max(float(row @ self.coefficients), -ETA_BOUND), ETA_BOUND)
        return eta, sqrt(max(phi * float(row @ self.unscaled @ row), 0.0))


def fit_quasi_poisson(
    counts: Floats,
    design: Floats,
    *,
    weights: Floats | None = None,
    offset: Floats | None = None,
) -> Fit:
    """Fit ``log E[counts] = design @ b + offset``; ``counts`` (n,), ``design`` (n, p)."""
    prior = np.ones_like(counts) if weights is None else weights
    base = np.zeros_like(counts) if offset is None else offset
    eta = np.log(counts + 0.1)
    deviance, converged = _deviance(counts, np.exp(eta), prior), False
    coefficients, unscaled = np.zeros(design.shape[1]), np.zeros((design.shape[1],) * 2)
    for _ in range(MOST_ROUNDS):
        mu = np.exp(eta)
        weighted = design * (prior * mu)[:, None]
        unscaled = _inverse(weighted.T @ design)
        coefficients = unscaled @ (weighted.T @ (eta - base + (counts - mu) / mu))
        eta = np.clip(design @ coefficients + base, -ETA_BOUND, ETA_BOUND)
        before, deviance = deviance, _deviance(counts, np.exp(eta), prior)
        if abs(deviance - before) < TOLERANCE * (abs(deviance) + 0.1):
            converged = True
            break
    return _finished(counts, design, prior, eta, (coefficients, unscaled, converged))


def anscombe_residuals(counts: Floats, fit: Fit, phi: float) -> Floats:
    """Standardised Anscombe residuals of a Poisson fit (n,), after Farrington et al. (1996)."""
    mu = fit.fitted
    raw = 1.5 * (counts ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu))
    return np.asarray(raw / np.sqrt(phi * np.maximum(1.0 - fit.leverage, 1e-12)))


def _finished(
    counts: Floats, design: Floats, prior: Floats, eta: Floats, found: tuple[Floats, Floats, bool]
) -> Fit:
    coefficients, unscaled, converged = found
    mu = np.exp(eta)
    leverage = prior * mu * np.einsum("ij,jk,ik->i", design, unscaled, design)
    freedom = int(np.count_nonzero(prior)) - design.shape[1]
    pearson = float(np.sum(prior * (counts - mu) ** 2 / mu))
    dispersion = pearson / freedom if freedom > 0 else float("nan")
    return Fit(coefficients, unscaled, mu, leverage, dispersion, freedom, converged)


def _deviance(counts: Floats, mu: Floats, prior: Floats) -> float:
    return 2.0 * float(np.sum(prior * (special.xlogy(counts, counts / mu) - (counts - mu))))


def _inverse(matrix: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix), dtype=np.float64)
