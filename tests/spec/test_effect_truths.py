"""Published numbers of an interrupted series come out, and two computations of one thing agree.

Source: Lopez Bernal, Cummins and Gasparrini (2017), Sicily's smoking ban and coronary events.
"""

from __future__ import annotations

import csv
from math import log
from pathlib import Path

import numpy as np
import pytest

from core.stats.arrays import Floats
from core.stats.correlated_counts import Counted, Noise, fit_step
from core.stats.interrupted_series import STEP, Shape, design, plain_fit, plain_ratio
from core.stats.quasi_poisson import fit_quasi_poisson
from core.stats.two_way import Changes, spread_between, two_way, widened

CLOSE = 1e-3
SEASON = Shape(season_pairs=2, season_length=12.0)
SLOPE = Shape(slope=True, season_pairs=2, season_length=12.0)
SLOPE_COLUMN = 3
SILENT = Noise((0.0, 1e-6), (0.0, 0.5), 1.0, 1.0)


@pytest.fixture(scope="module")
def sicily(examples: Path) -> tuple[Floats, Floats, int]:
    """Events, standard population, and the first month of the ban."""
    path = examples / "reference_series" / "sicily_smoking_ban.csv"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    events, people = (np.array([float(r[name]) for r in rows]) for name in ("aces", "stdpop"))
    return events, people, [r["smokban"] for r in rows].index("1")


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("shape", "poisson", "told", "phi"),
    [
        (Shape(), True, (0.8944, 0.8647, 0.9251), 3.559),
        (Shape(), False, (0.8944, 0.8392, 0.9532), 3.559),
        (SEASON, False, (0.8851, 0.8394, 0.9332), 2.262),
        (SLOPE, False, (0.8765, 0.8268, 0.9292), 2.275),
    ],
)
def test_the_step_is_the_published(
    sicily: tuple[Floats, Floats, int],
    shape: Shape,
    *,
    poisson: bool,
    told: tuple[float, float, float],
    phi: float,
) -> None:
    events, people, begin = sicily
    fit = plain_fit(events, people, design(len(events), begin, shape))
    ratio = plain_ratio(fit, STEP, 0.95, poisson=poisson)
    assert (ratio.ratio, ratio.low, ratio.high) == pytest.approx(told, abs=CLOSE)
    assert fit.dispersion == pytest.approx(phi, abs=CLOSE)


@pytest.mark.fixtures
def test_the_change_of_the_trend_is_the_published(sicily: tuple[Floats, Floats, int]) -> None:
    events, people, begin = sicily
    fit = plain_fit(events, people, design(len(events), begin, SLOPE))
    slope = plain_ratio(fit, SLOPE_COLUMN, 0.95)
    assert (slope.ratio, slope.low, slope.high) == pytest.approx(
        (1.0015, 0.9978, 1.0051), abs=CLOSE
    )


@pytest.mark.fixtures
def test_noise_that_carries_over_leaves_the_published_step_where_it_is(
    sicily: tuple[Floats, Floats, int],
) -> None:
    events, people, begin = sicily
    columns = design(len(events), begin, SEASON)
    grid = Noise((0.0, 0.02, 0.04, 0.08, 0.16), (0.0, 0.3, 0.6, 0.9), 1.0, 0.35)
    ratio = fit_step(Counted(events, people), columns, grid).ratio(0.95)
    assert ratio.ratio == pytest.approx(0.8851, abs=0.03)
    assert ratio.high - ratio.low > 0.9332 - 0.8394


def test_without_noise_the_step_is_that_of_a_poisson_regression() -> None:
    rng = np.random.default_rng(1)
    columns = design(60, 30, Shape(season_pairs=1, season_length=52.0))
    counts = rng.poisson(400.0, 60).astype(np.float64)
    base = np.full(60, 100.0)
    plain = fit_quasi_poisson(counts, columns, offset=np.log(base))
    middle, low, high = fit_step(Counted(counts, base), columns, SILENT).interval(STEP, 0.95)
    error = float(np.sqrt(plain.unscaled[STEP, STEP]))
    assert middle == pytest.approx(float(plain.coefficients[STEP]), abs=0.01 * error + 1e-4)
    student = 2.0040447832891455  # of 60 periods less 5 columns
    assert high - low == pytest.approx(2 * student * error, rel=0.01)


def test_two_way_effects_are_those_of_a_regression_with_a_column_for_each() -> None:
    rng = np.random.default_rng(2)
    units, periods = 6, 20
    base = np.asarray(rng.poisson(30, (units, periods)), dtype=np.float64) + 1
    marked = np.zeros(base.shape, dtype=np.bool_)
    marked[0, 12:] = True
    counts = rng.poisson(base * 0.4 * np.where(marked, 0.7, 1.0)).astype(np.float64)
    columns = np.column_stack(
        [
            marked.ravel().astype(np.float64),
            np.repeat(np.eye(units), periods, axis=0),
            np.tile(np.eye(periods)[:, 1:], (units, 1)),
        ]
    )
    fit = fit_quasi_poisson(counts.ravel(), columns, offset=np.log(base.ravel()))
    assert log(two_way(counts, base, marked).marked) == pytest.approx(
        float(fit.coefficients[0]), abs=1e-6
    )


def test_the_spread_between_units_is_what_counting_does_not_explain() -> None:
    rng = np.random.default_rng(3)
    variance = np.full(400, 0.04)
    known = np.ones(400, dtype=np.bool_)
    alike = Changes(rng.normal(0, 0.2, 400), variance, known)
    apart = Changes(rng.normal(0, np.hypot(0.2, 0.3), 400), variance, known)
    assert spread_between(alike) < 0.08
    assert spread_between(apart) == pytest.approx(0.3, abs=0.04)


def test_what_units_do_by_themselves_widens_an_interval_more_when_few_tell() -> None:
    few, many = (widened(0.0, -0.3, 0.3, 0.2, units, 0.95) for units in (5, 500))
    assert many[0] == pytest.approx(-np.hypot(0.3, 1.965 * 0.2), abs=1e-3)
    assert few[0] < many[0] < -0.3
    assert few[1] == -few[0]
    assert widened(0.0, -0.3, 0.3, 0.0, 5, 0.95) == (-0.3, 0.3)
