"""The upper and lower bound of a count that follow from its fitted mean.

Delta method on a power scale (Farrington et al. 1996), negative binomial with the mean plugged in
(Noufaily et al. 2013) or taken at its own upper quantile ('muan', Salmon et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

from scipy import special

from core.risk.detector_settings import Power, Threshold

MOST_ETA = 30.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of a count, the probability of a count as large or larger, and the excess score."""

    lower: float
    upper: float
    p_value: float
    score: float


def delta_bounds(
    mean: float, se: float, phi: float, count: float, *, alpha: float, power: Power
) -> Bounds:
    """Bounds from a mean with standard error ``se`` on the scale of counts."""
    e = power.exponent
    # Variance of a new count about the prediction, carried to the power scale.
    sd = e * mean ** (e - 1.0) * sqrt(mean * (phi + se * se / mean))
    centre, reach = mean**e, float(special.ndtri(1.0 - alpha)) * sd
    lower = max(centre - reach, 0.0) ** (1.0 / e)
    upper = (centre + reach) ** (1.0 / e)
    p_value = float(special.ndtr((centre - count**e) / sd))
    return Bounds(lower, upper, p_value, (count - mean) / (upper - mean))


def nb_bounds(
    eta: float, se: float, phi: float, count: float, *, alpha: float, threshold: Threshold
) -> Bounds:
    """Bounds from a linear predictor with its standard error, by quantiles of the counts."""
    z = float(special.ndtri(1.0 - alpha)) if threshold is Threshold.MUAN else 0.0
    # A mean that is hardly known at all has its quantile out of any sight; that is no alarm.
    mean = exp(min(eta + z * se, MOST_ETA))
    lower, upper = (_quantile(share, mean, phi) for share in (alpha, 1.0 - alpha))
    # The quantile of a mean near nought is nought; half a case keeps the score finite there.
    score = (count - exp(eta)) / max(upper - exp(eta), 0.5)
    return Bounds(lower, upper, _at_least(count, mean, phi), score)


def _at_least(count: float, mean: float, phi: float) -> float:
    """The chance of so many cases or more, with variance ``phi · mean``."""
    if count <= 0:
        return 1.0
    if phi > 1.0:
        return float(special.betainc(count, mean / (phi - 1.0), 1.0 - 1.0 / phi))
    return float(special.gammainc(count, mean))


def _quantile(share: float, mean: float, phi: float) -> float:
    """The least count that is reached or stayed under with the chance ``share``."""
    low, high = -1, int(mean + 4.0 * sqrt(phi * mean)) + 1
    while 1.0 - _at_least(high + 1, mean, phi) < share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = 1.0 - _at_least(middle + 1, mean, phi) >= share
        low, high = (low, middle) if enough else (middle, high)
    return float(high)
