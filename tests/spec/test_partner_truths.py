"""Published numbers: Wilson's intervals, the batting averages of 1970, remission times of 1963."""

from __future__ import annotations

import numpy as np
import pytest

from core.stats.arrays import Floats
from core.stats.beta_binomial import fit_shares, share_posterior
from core.stats.intervals import wilson
from core.stats.normal_means import fit_means, mean_posterior
from core.stats.survival import kaplan_meier, quantile, quantile_interval

# Efron & Morris 1975: hits in the first 45 at-bats of 18 players, and their averages of the rest.
FIRST_HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7.0])
REST_OF_SEASON = np.array(
    [
        *(0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230),
        *(0.264, 0.256, 0.303, 0.264, 0.226, 0.285, 0.316, 0.200),
    ]
)
AT_BATS = np.full(18, 45.0)
# Freireich et al. 1963: weeks in remission; a plus is a patient still in remission.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_newcombe_1998(
    hits: int, total: int, low: float, high: float
) -> None:
    found = wilson(np.array([float(hits)]), np.array([float(total)]), 0.95)
    assert found[0][0] == pytest.approx(low, abs=5e-5)
    assert found[1][0] == pytest.approx(high, abs=5e-5)


def test_wilsons_interval_of_nothing_is_everything() -> None:
    low, high = wilson(np.zeros(1), np.zeros(1), 0.95)
    assert (low[0], high[0]) == (0.0, 1.0)


def efron_morris(rates: Floats) -> tuple[float, Floats]:
    """Their estimator by the book: the shrink factor, and the rates after it."""
    mean = float(rates.mean())
    variance = mean * (1 - mean) / 45
    factor = 1 - (len(rates) - 3) * variance / float(((rates - mean) ** 2).sum())
    return factor, mean + factor * (rates - mean)


def test_batting_averages_shrink_as_published() -> None:
    factor, shrunk = efron_morris(FIRST_HITS / 45)
    assert float((FIRST_HITS / 45).mean()) == pytest.approx(0.2654, abs=5e-5)
    assert factor == pytest.approx(0.212, abs=5e-4)
    assert (shrunk[0], shrunk[-1]) == pytest.approx((0.294, 0.242), abs=1e-3)


def test_the_shares_posterior_shrinks_batting_averages_as_much() -> None:
    rates = FIRST_HITS / 45
    found = share_posterior(FIRST_HITS, AT_BATS, fit_shares(FIRST_HITS, AT_BATS)).mean
    factor = (found[0] - found[-1]) / (rates[0] - rates[-1])
    # Sizes are integrated here and plugged in there, hence not the same to the third digit.
    assert factor == pytest.approx(0.212, abs=0.015)
    assert (found[0], found[-1]) == pytest.approx((0.294, 0.242), abs=3e-3)


def test_shrunken_averages_foretell_the_rest_of_the_season_better() -> None:
    rates = FIRST_HITS / 45
    found = share_posterior(FIRST_HITS, AT_BATS, fit_shares(FIRST_HITS, AT_BATS)).mean
    assert float(((rates - REST_OF_SEASON) ** 2).sum()) == pytest.approx(0.0754, abs=5e-4)
    assert float(((found - REST_OF_SEASON) ** 2).sum()) == pytest.approx(0.0213, abs=1e-3)


def test_normal_means_shrink_the_eight_schools_as_published() -> None:
    """Rubin 1981; posterior means after Gelman et al. 2013, 5.5 (flat prior of the spread)."""
    effects = np.array([28, 8, -3, 7, -1, 1, 18, 12.0])
    errors = np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
    found = mean_posterior(effects, errors, fit_means(effects, errors))
    published = [11.4, 7.9, 6.1, 7.7, 5.1, 6.1, 10.7, 8.5]
    assert found.mean == pytest.approx(published, abs=0.7)


def times(text: str) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    words = text.split()
    ended = np.array([not word.endswith("+") for word in words])
    return np.array([float(word.rstrip("+")) for word in words]), ended


def test_remissions_last_as_long_as_published() -> None:
    curve = kaplan_meier(*times(TREATED))
    assert list(curve.times) == [6, 7, 10, 13, 16, 22, 23]
    survival = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.survival == pytest.approx(survival, abs=5e-5)
    error = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve.error == pytest.approx(error, abs=5e-5)
    assert quantile(curve, 0.5) == 23
    assert quantile(kaplan_meier(*times(PLACEBO)), 0.5) == 8


def test_the_median_remission_lies_between_13_weeks_and_never() -> None:
    """R's survfit with conf.type = "log-log" says 13 and NA, and 4 and 11 for placebo."""
    assert quantile_interval(kaplan_meier(*times(TREATED)), 0.5, 0.95) == (13, float("inf"))
    assert quantile_interval(kaplan_meier(*times(PLACEBO)), 0.5, 0.95) == (4, 11)
