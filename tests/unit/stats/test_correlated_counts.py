"""Steps in noisy counts: honest intervals, sides without any count, and gaps in the series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.gaps.effect_rules import effect_rules
from core.stats.correlated_counts import Counted, StepFit, fit_step
from core.stats.interrupted_series import STEP, Ratio, Shape, design
from tests.support.effect_rivals import quasi
from tests.support.effect_worlds import SeriesWorld, ours, quiet, score

LEVEL = Shape(trend=False)
GRID = effect_rules().noise.grid


def fitted(counted: Counted, begin: int) -> StepFit:
    return fit_step(counted, design(len(counted.counts), begin, LEVEL), GRID)


def step(counted: Counted, begin: int) -> Ratio:
    return fitted(counted, begin).ratio(0.95)


def test_intervals_hold_the_effect_where_plain_ones_do_not() -> None:
    # In 500 runs of the long proof 95 % do; of 60, 49 or fewer would be one chance in ten thousand.
    world = replace(SeriesWorld(), trend=False, mean=200.0)
    assert score(world, ours, 5, 60).held >= 50
    assert score(world, quasi, 5, 200).coverage < 0.9


def test_an_effect_is_seldom_found_where_there_is_none() -> None:
    world = replace(quiet(SeriesWorld()), weeks=52, begin=26, season=False)
    found = score(world, ours, 6, 60)
    assert found.runs - found.held <= 9


def test_noise_and_its_carry_are_recognised() -> None:
    world = SeriesWorld(weeks=200, begin=100, mean=500.0, carry=0.7, spread=0.3, trend=False)
    counts = world.draw(np.random.default_rng(7))
    fit = fit_step(Counted(counts, np.ones(200)), world.columns, GRID)
    assert fit.spread == pytest.approx(0.3, abs=0.08)
    assert fit.carry == pytest.approx(0.7, abs=0.2)


def test_a_side_without_any_count_still_has_an_effect_with_an_end() -> None:
    counts = np.array([3.0, 2, 4, 3, 2, 3, 4, 2, 3, 2] + [0.0] * 10)
    ratio = step(Counted(counts, np.full(20, 6.0), np.full(20, 6.0)), 10)
    assert ratio.is_lower
    assert 0 < ratio.low < ratio.ratio < 0.2


def test_periods_in_which_nothing_could_be_counted_say_nothing() -> None:
    rng = np.random.default_rng(8)
    base = np.full(40, 20.0)
    counts = rng.binomial(20, 0.4, 40).astype(np.float64)
    whole = step(Counted(counts, base, base), 20)
    empty = np.arange(40) % 4 == 0
    gaps = Counted(np.where(empty, 0.0, counts), np.where(empty, 0.0, base), base)
    ratio = step(gaps, 20)
    assert ratio.low < whole.ratio < ratio.high
    assert ratio.high / ratio.low > whole.high / whole.low


def test_a_share_is_known_better_than_a_count_and_a_counted_base_worse() -> None:
    rng = np.random.default_rng(9)
    base = np.full(60, 30.0)
    counts = rng.binomial(30, 0.6, 60).astype(np.float64)

    def width(counted: Counted) -> float:
        ratio = step(counted, 30)
        return ratio.high / ratio.low

    share, count = width(Counted(counts, base, base)), width(Counted(counts, base))
    assert share < count
    assert width(Counted(counts, base, base, np.full(60, 0.5))) > share


def test_the_interval_of_more_certainty_holds_the_other() -> None:
    counts = np.random.default_rng(10).poisson(20.0, 40).astype(np.float64)
    fit = fitted(Counted(counts, np.ones(40)), 20)
    middle, low, high = fit.interval(STEP, 0.8)
    wide = fit.interval(STEP, 0.99)
    assert wide[1] < low < middle < high < wide[2]
    assert wide[0] == middle
