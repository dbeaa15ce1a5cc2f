"""Quiet series alarm as often as the settings state; the tolerance is that of the runs' number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.risk.cusum import cusum
from core.risk.detector_settings import Quantile, detectors
from core.risk.ears import ears_c1, ears_c2, ears_c3
from core.risk.run_length import count_chain, decision_interval, reference_value
from tests.support.false_alarms import (
    DISPERSIONS,
    MEANS,
    STEEP,
    DayCell,
    Reached,
    reached_by_ears,
    reached_by_farrington,
    reached_on_days,
)
from tests.support.published import EARS

SEED = 11
DESK = detectors()


@pytest.mark.parametrize("judge", [ears_c1, ears_c2, ears_c3])
@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("spread", DISPERSIONS)
def test_ears_alarms_as_often_as_stated(judge: object, mean: float, spread: float) -> None:
    assert callable(judge)
    rng = np.random.default_rng(SEED)
    found = reached_by_ears(lambda c: judge(c, DESK.ears), rng, 5_000, mean, spread)
    assert found.fits(*DESK.ears.reached_share), found


@pytest.mark.parametrize("weekday", [0, 2, 6])
@pytest.mark.parametrize("mean", [0.5, 50.0])
@pytest.mark.parametrize("spread", DISPERSIONS)
def test_days_alarm_as_often_as_stated(mean: float, spread: float, weekday: int) -> None:
    how = DESK.ears_days
    cell = DayCell(mean, spread, STEEP, weekday)
    found = reached_on_days(how, np.random.default_rng(SEED), 5_000, cell)
    assert found.fits(*how.reached_share), found


def test_a_working_day_with_three_times_ten_cases_is_mostly_found() -> None:
    cell = DayCell(10.0, 0.0, STEEP, weekday=2)
    rng = np.random.default_rng(SEED)
    assert reached_on_days(DESK.ears_days, rng, 2_000, cell, factor=3.0).fits(0.9, 1.0)


@pytest.mark.parametrize("name", ["farrington_original", "farrington_flexible"])
@pytest.mark.parametrize("spread", DISPERSIONS)
def test_farrington_alarms_as_often_as_stated(name: str, spread: float) -> None:
    how = getattr(DESK, name)
    found = reached_by_farrington(how, np.random.default_rng(SEED), 400, 10.0, spread)
    assert found.fits(*how.reached_share), found


@pytest.mark.parametrize(
    ("quantile", "share"),
    [
        (Quantile.STUDENT, 0.001),
        # Published: the short baseline's own error is not counted in.
        (Quantile.NORMAL, float(stats.t.sf(stats.norm.isf(0.001) / np.sqrt(8 / 7), 6))),
    ],
)
def test_on_normal_counts_c2_alarms_exactly_as_theory_says(
    quantile: Quantile, share: float
) -> None:
    how = EARS.model_copy(update={"quantile": quantile})
    rng = np.random.default_rng(SEED)
    found = reached_by_ears(lambda c: ears_c2(c, how), rng, 100_000, 1e8, 0.0)
    assert found.fits(share, share), found


@pytest.mark.parametrize(("mean", "spread"), [(0.5, 0.0), (4.0, 0.0), (4.0, 0.2), (60.0, 0.1)])
def test_cusum_runs_end_as_often_as_their_chain_says(mean: float, spread: float) -> None:
    runs, periods = 2_000, 26
    how = DESK.cusum.model_copy(update={"head_start_share": 0.0})
    rng = np.random.default_rng(SEED)
    level = rng.gamma(1 / spread, spread, (runs, periods)) if spread > 0 else 1.0
    counts = rng.poisson(mean * level, (runs, periods)).astype(np.int64)
    expected = np.full(periods, mean)
    ended = sum(cusum(row, expected, how, dispersion=spread).alarms.alarm.any() for row in counts)
    h = decision_interval(mean, how.ratio, how.quiet_run, parts=how.parts, dispersion=spread)
    k = float(reference_value(np.asarray(mean), how.ratio, spread))
    share = count_chain(mean, k, h, unit=h / 500, dispersion=spread).alarm_share(periods)
    # The chain shares moves between its states, which shifts the share by less than a hundredth.
    assert Reached(int(ended), runs).fits(0.99 * share, 1.01 * share), (ended, share)


def test_the_interval_keeps_the_stated_quiet_run() -> None:
    for mean in (0.2, 1.0, 8.0, 40.0, 900.0):
        for spread in DISPERSIONS:
            h = decision_interval(mean, 1.5, 100.0, parts=10, dispersion=spread)
            k = float(reference_value(np.asarray(mean), 1.5, spread))
            unit = max(0.1, float(np.sqrt(mean + spread * mean * mean)) / 25)
            chain = count_chain(mean, k, h, unit=unit, dispersion=spread)
            assert chain.mean_run() >= 100.0
            # One step less would not do.
            if h > 1.5 * unit:
                less = count_chain(mean, k, h - unit, unit=unit, dispersion=spread)
                assert less.mean_run() < 100.0
