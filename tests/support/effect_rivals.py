"""Other intervals of a step in a noisy series, each as it is usually done; measured, not used."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import special

from core.stats.arrays import Floats
from core.stats.interrupted_series import STEP
from core.stats.quasi_poisson import Fit, fit_quasi_poisson
from tests.support.effect_worlds import Interval, Method, carried

SURE = 0.975
NORMAL = 1.959964
DRAWS = 99
MOST_CARRY = 0.9


def poisson(counts: Floats, columns: Floats) -> Interval:
    fit = fit_quasi_poisson(counts, columns)
    return _around(fit, NORMAL * float(np.sqrt(fit.unscaled[STEP, STEP])))


def quasi(counts: Floats, columns: Floats) -> Interval:
    fit = fit_quasi_poisson(counts, columns)
    return _around(fit, _student(fit) * _error(fit))


def inflated(counts: Floats, columns: Floats) -> Interval:
    """Quasi-Poisson × sqrt((1 + r) ÷ (1 - r)), r corrected for what the columns take from it."""
    fit = fit_quasi_poisson(counts, columns)
    r = _carry(_pearson(counts, fit.fitted), columns.shape[1])
    return _around(fit, _student(fit) * _error(fit) * float(np.sqrt((1 + r) / (1 - r))))


def newey_west(counts: Floats, columns: Floats) -> Interval:
    """Six lags, normal quantile."""
    fit = fit_quasi_poisson(counts, columns)
    return _around(fit, NORMAL * _sandwich(counts, columns, fit, 6))


def fixed_b(counts: Floats, columns: Floats) -> Interval:
    """A fifth of the series as lags, critical value of Kiefer and Vogelsang (2005), Bartlett."""
    fit, b = fit_quasi_poisson(counts, columns), 0.2
    critical = NORMAL + 2.9694 * b + 0.4160 * b**2 - 0.5324 * b**3
    return _around(fit, critical * _sandwich(counts, columns, fit, round(b * len(counts)) - 1))


def cochrane_orcutt(counts: Floats, columns: Floats) -> Interval:
    """Prewhitened working response of the quasi-likelihood, r from its residuals."""
    mean, (n, p), r = fit_quasi_poisson(counts, columns).fitted, columns.shape, 0.0
    for _ in range(6):
        scale = np.sqrt(mean)
        response = scale * (np.log(mean) + (counts - mean) / mean)
        x, y = _whitened(columns * scale[:, None], r), _whitened(response[:, None], r)[:, 0]
        inverse = np.linalg.inv(x.T @ x)
        found = inverse @ (x.T @ y)
        mean = np.exp(np.clip(columns @ found, -20, 20))
        r = _carry(_pearson(counts, mean), p)
    phi = float(np.sum((y - x @ found) ** 2)) / (n - p)
    half = float(special.stdtrit(n - p, SURE) * np.sqrt(phi * inverse[STEP, STEP]))
    return float(found[STEP]) - half, float(found[STEP]) + half


def bootstrap(counts: Floats, columns: Floats) -> Interval:
    """Studentised bootstrap of log-normal autoregressive Poisson counts, moments plugged in."""
    fit = fit_quasi_poisson(counts, columns)
    mean, (n, p) = fit.fitted, columns.shape
    relative = (counts - mean) / mean
    variance = max(float(np.mean(relative**2 - 1 / mean)) * n / (n - p), 0.0)
    lagged = float(np.mean(relative[1:] * relative[:-1]))
    r = min(max((n * lagged / variance + p) / (n - p), 0.0), MOST_CARRY) if variance else 0.0
    rng = np.random.default_rng(int(counts.sum()))
    ts = [_drawn_t(rng, mean, columns, (r, variance), fit) for _ in range(DRAWS)]
    return _around(fit, float(np.quantile(np.abs(ts), 2 * SURE - 1)) * _error(fit))


RIVALS: Mapping[str, Method] = {
    "Poisson": poisson,
    "quasi-Poisson": quasi,
    "Newey-West, 6 lags": newey_west,
    "Newey-West, fixed b": fixed_b,
    "quasi-Poisson, inflated by r": inflated,
    "prewhitened (Cochrane-Orcutt)": cochrane_orcutt,
    "parametric bootstrap": bootstrap,
}


def _drawn_t(
    rng: np.random.Generator, mean: Floats, columns: Floats, noise: tuple[float, float], fit: Fit
) -> float:
    eta = carried(rng, len(mean), noise[0], float(np.sqrt(noise[1])))
    again = fit_quasi_poisson(
        rng.poisson(mean * np.exp(eta - noise[1] / 2)).astype(np.float64), columns
    )
    return float(again.coefficients[STEP] - fit.coefficients[STEP]) / _error(again)


def _around(fit: Fit, half: float) -> Interval:
    middle = float(fit.coefficients[STEP])
    return middle - half, middle + half


def _error(fit: Fit) -> float:
    return float(np.sqrt(fit.unscaled[STEP, STEP] * fit.dispersion))


def _student(fit: Fit) -> float:
    return float(special.stdtrit(fit.freedom, SURE))


def _pearson(counts: Floats, mean: Floats) -> Floats:
    return np.asarray((counts - mean) / np.sqrt(mean))


def _carry(residuals: Floats, taken: int) -> float:
    """Lag-one correlation; every column takes about one n-th from it."""
    n = len(residuals)
    r = float(residuals[1:] @ residuals[:-1]) / float(residuals @ residuals)
    return min(max((n * r + taken) / (n - taken), 0.0), MOST_CARRY)


def _sandwich(counts: Floats, columns: Floats, fit: Fit, lags: int) -> float:
    scores = columns * (counts - fit.fitted)[:, None]
    inner = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        inner = inner + (1 - lag / (lags + 1)) * (cross + cross.T)
    n, p = columns.shape
    whole = fit.unscaled @ inner @ fit.unscaled * n / (n - p)
    return float(np.sqrt(whole[STEP, STEP]))


def _whitened(rows: Floats, r: float) -> Floats:
    return np.vstack([rows[:1] * np.sqrt(1 - r**2), rows[1:] - r * rows[:-1]])
