"""Published numbers of the surge detectors: bounds, alarm lists and run lengths come out.

Sources: unit numbers and stored outputs of R ``surveillance``; Lucas (1985); Montgomery's tables.
"""

from __future__ import annotations

from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from core.risk.alarms import Alarms
from core.risk.detector_settings import DETECTORS_FILE, Power, Threshold, detectors
from core.risk.ears import ears_c1, ears_c2, ears_c3
from core.risk.farrington import base_weeks, down_weights, farrington
from core.risk.run_length import count_chain, normal_run, reference_value, two_sided_normal_run
from core.risk.thresholds import delta_bounds, nb_bounds
from core.stats.arrays import Floats
from core.stats.quasi_poisson import Fit, anscombe_residuals, fit_quasi_poisson
from tests.support.published import EARS, FLEXIBLE, ORIGINAL
from tests.support.weekly_series import (
    IMITATION_FIRST_ON,
    IMITATION_OUTBREAK,
    StoredSeries,
    imitation,
    stored_series,
)

STORED_DIGITS = 1e-6
# The last seven weeks of 2010 and the first four of 2011 of the stored series.
NEW_YEAR = np.array([1, 1, 1, 3, 3, 1, 2, 1, 0, 3, 3], dtype=np.int64)
ODD_WEEK = "2011-08-29"
T_95_OF_19 = 2.0930240544  # Student's t: 21 weeks less level and trend


@pytest.mark.parametrize(
    ("power", "lower", "upper", "p_value", "score"),
    [
        (Power.NONE, 1.3073128, 8.6926872, 0.0907246, 0.8124165),
        (Power.HALF, 1.9891097, 9.3744842, 0.1189986, 0.6857951),
        (Power.TWO_THIRDS, 1.8084477, 9.1154825, 0.1094727, 0.7289546),
    ],
)
def test_delta_bounds_are_the_published(
    power: Power, lower: float, upper: float, p_value: float, score: float
) -> None:
    found = delta_bounds(5.0, 0.2, 1.0, 8.0, alpha=0.05, power=power)
    told = (found.lower, found.upper, found.p_value, found.score)
    assert told == pytest.approx((lower, upper, p_value, score), abs=STORED_DIGITS)


@pytest.mark.parametrize(
    ("threshold", "phi", "lower", "upper", "p_value"),
    [
        (Threshold.MUAN, 1.5, 8, 24, 0.8597797),
        (Threshold.MUAN, 1.0, 9, 22, 0.9093099),
        (Threshold.NB_PLUGIN, 1.5, 1, 10, 0.03763657),
        (Threshold.NB_PLUGIN, 1.0, 2, 9, 0.01369527),
    ],
)
def test_negative_binomial_bounds_are_the_published(
    threshold: Threshold, phi: float, lower: int, upper: int, p_value: float
) -> None:
    found = nb_bounds(log(5.0), log(2.0), phi, 11.0, alpha=0.05, threshold=threshold)
    assert (found.lower, found.upper) == (lower, upper)
    assert found.p_value == pytest.approx(p_value, abs=STORED_DIGITS)


@pytest.mark.parametrize("phi", [1.0, 1.3, 4.0, 30.0])
@pytest.mark.parametrize("mean", [0.004, 0.4, 6.0, 75.0, 40_000.0])
def test_bounds_of_counts_are_the_quantiles_of_their_law(mean: float, phi: float) -> None:
    law = stats.nbinom(mean / (phi - 1), 1 / phi) if phi > 1 else stats.poisson(mean)
    for alpha in (0.001, 0.01, 0.3):
        count = float(np.rint(mean * 1.4))
        found = nb_bounds(log(mean), 0.0, phi, count, alpha=alpha, threshold=Threshold.NB_PLUGIN)
        assert (found.lower, found.upper) == (law.ppf(alpha), law.ppf(1 - alpha))
        assert found.p_value == pytest.approx(law.sf(count - 1), abs=1e-12)


def test_past_outbreaks_weigh_less_by_the_square_of_their_residual() -> None:
    residuals = np.array([0.0] * 5 + [2.0] * 5)
    assert down_weights(residuals, 0.0) == pytest.approx([1.6] * 5 + [0.4] * 5)


def test_c1_bounds_of_the_new_year_are_the_published() -> None:
    bounds = ears_c1(NEW_YEAR, EARS.model_copy(update={"alpha": 0.05})).upper[7:]
    assert bounds == pytest.approx([3.278854, 3.278854, 3.436517, 3.855617], abs=STORED_DIGITS)


def test_the_planted_outbreak_of_the_imitation_is_found() -> None:
    counts = imitation()
    found = {
        name: np.flatnonzero(told.alarm).tolist()
        for name, told in {
            "C1": ears_c1(counts, detectors().ears),
            "C2": ears_c2(counts, detectors().ears),
            "C3": ears_c3(counts, detectors().ears),
            "original": farrington(counts, IMITATION_FIRST_ON, ORIGINAL),
            "flexible": farrington(counts, IMITATION_FIRST_ON, detectors().farrington_flexible),
        }.items()
    }
    first = IMITATION_OUTBREAK[0]
    # C1 takes the outbreak's first week for its base, C3 looks at the two weeks before only.
    assert found == {
        "C1": [first],
        "C2": IMITATION_OUTBREAK,
        "C3": [first + 1, first + 2, first + 3, first + 4],
        "original": IMITATION_OUTBREAK,
        "flexible": IMITATION_OUTBREAK,
    }


@pytest.fixture(scope="module")
def stored(examples: Path) -> StoredSeries:
    return stored_series(examples / "reference_series")


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("name", "judge"), [("EarsC1", ears_c1), ("EarsC2", ears_c2), ("EarsC3", ears_c3)]
)
def test_ears_alarms_of_two_years_are_the_stored(
    stored: StoredSeries, name: str, judge: object
) -> None:
    assert callable(judge)
    told = judge(stored.counts, EARS)
    assert isinstance(told, Alarms)
    assert told.alarm[stored.since :].tolist() == stored.stored[name].tolist()


@pytest.mark.fixtures
def test_original_farrington_alarms_of_two_years_are_the_stored(stored: StoredSeries) -> None:
    told = farrington(stored.counts, stored.first_on, ORIGINAL, since=stored.since)
    assert told.alarm.tolist() == stored.stored["Farrington"].tolist()
    assert stored.dates(told.alarm) == [
        *("2011-11-07", "2011-11-14", "2011-11-21", "2011-12-19", "2012-01-23"),
        *("2012-02-13", "2012-06-25", "2012-09-10", "2012-09-24"),
    ]


@pytest.mark.fixtures
def test_flexible_farrington_differs_from_the_stored_in_one_week(stored: StoredSeries) -> None:
    told = farrington(stored.counts, stored.first_on, FLEXIBLE, since=stored.since)
    assert stored.dates(told.alarm != stored.stored["FarringtonFlexible"]) == [ODD_WEEK]


@pytest.mark.fixtures
def test_the_one_week_differs_by_the_dispersion_that_the_stored_release_took(
    stored: StoredSeries,
) -> None:
    # That release had put the Anscombe weights where the working weights belong before it asked
    # the fit for its dispersion, and so tested the trend and stretched the bound by a wrong one.
    alarms = [_as_stored(stored, week) for week in range(stored.since, stored.counts.size)]
    assert alarms == stored.stored["FarringtonFlexible"].tolist()


def _as_stored(stored: StoredSeries, week: int) -> bool:
    base = base_weeks(stored.first_on, week, FLEXIBLE)
    assert base is not None
    past = stored.counts[base.weeks].astype(np.float64)
    ones, back = np.ones(past.size), (base.weeks - week).astype(np.float64)
    fit, dispersion = _mistaken(past, np.column_stack([ones, back]))
    row = np.array([1.0, 0.0])
    t = abs(fit.coefficients[1]) / sqrt(dispersion * fit.unscaled[1, 1])
    if t <= T_95_OF_19 or exp(fit.predict(row, 1.0)[0]) > past.max():
        fit, dispersion = _mistaken(past, ones[:, None])
        row = np.array([1.0])
    eta, se = fit.predict(row, dispersion)
    count = int(stored.counts[week])
    bounds = delta_bounds(
        exp(eta), exp(eta) * se, fit.phi, count, alpha=FLEXIBLE.alpha, power=FLEXIBLE.power
    )
    recent = int(stored.counts[week - 3 : week + 1].sum())
    return count > bounds.upper and recent >= FLEXIBLE.least_cases


def _mistaken(past: Floats, design: Floats) -> tuple[Fit, float]:
    first = fit_quasi_poisson(past, design)
    weights = down_weights(anscombe_residuals(past, first, first.phi), FLEXIBLE.weight_above)
    fit = fit_quasi_poisson(past, design, weights=weights)
    working = (past - fit.fitted) / fit.fitted
    return fit, float(np.sum(weights * working**2)) / fit.freedom


@pytest.mark.parametrize(
    ("shift_sd", "start", "run"),
    [(0.0, 0.0, 37.2), (0.0, 3.0, 29.19), (0.9627, 0.0, 5.49), (0.9627, 3.0, 3.33)],
)
def test_poisson_cusum_runs_are_those_of_lucas(shift_sd: float, start: float, run: float) -> None:
    mean = 1.88 + shift_sd * sqrt(1.88)
    digits = 0.05 if run == 37.2 else 0.005
    assert count_chain(mean, 2.0, 6.0).mean_run(start) == pytest.approx(run, abs=digits)


@pytest.mark.parametrize(
    ("h", "shift", "one_sided", "two_sided"),
    [(4.0, 0.0, 335.37, 167.7), (5.0, 0.0, 930.9, 465.4), (4.0, 1.0, 8.38, 8.38)],
)
def test_normal_cusum_runs_are_those_of_the_tables(
    h: float, shift: float, one_sided: float, two_sided: float
) -> None:
    assert normal_run(0.5, h, shift) == pytest.approx(one_sided, rel=1e-4, abs=0.005)
    assert two_sided_normal_run(0.5, h, shift) == pytest.approx(two_sided, rel=2e-4, abs=0.005)


def test_a_normal_cusum_finds_one_standard_deviation_in_ten_values() -> None:
    assert normal_run(0.5, 5.0, 1.0) == pytest.approx(10.38, abs=0.005)


def test_the_reference_value_is_the_one_of_the_likelihood_ratio() -> None:
    mean = np.array([4.0])
    assert reference_value(mean, 1.5) == pytest.approx([2.0 / log(1.5)])
    # A negative binomial that is hardly dispersed is a Poisson.
    assert reference_value(mean, 1.5, 1e-9) == pytest.approx(reference_value(mean, 1.5), rel=1e-6)


def test_the_settings_say_where_they_come_from() -> None:
    assert DETECTORS_FILE.name == "risk_detectors.yaml"
    assert detectors().source
    assert detectors().farrington_original == ORIGINAL
