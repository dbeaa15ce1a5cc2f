"""What holds for any heatmap, and what many simulated ones show; seeds are fixed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.risk.cells import CELLS, Counted, compare, judge
from core.risk.expectation import History, expect
from core.stats.arrays import Floats, Ints
from core.stats.false_discovery import Control, adjusted
from core.stats.negative_binomial import upper_mid_p
from core.stats.ratio_prior import RatioPrior
from core.stats.shrinkage import shrink
from tests.support.heat_worlds import (
    HeatWorld,
    counted,
    draw,
    expectation_of,
    flat_weeks,
    score,
)

SHAKEN = HeatWorld(alpha=0.07, row_cv=0.13, column_cv=0.11)
WILD = replace(SHAKEN, alpha=0.1)
MEANS = st.floats(0.01, 500)
P_VALUES = arrays.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1))


@st.composite
def heatmaps(draw_one: st.DrawFn) -> Counted:
    rows, columns = draw_one(st.integers(1, 5)), draw_one(st.integers(1, 5))
    cells = rows * columns
    observed = draw_one(st.lists(st.integers(0, 400), min_size=cells, max_size=cells))
    unknown = st.one_of(MEANS, st.just(float("nan")))
    expected = np.array(draw_one(st.lists(unknown, min_size=cells, max_size=cells)))
    alpha = draw_one(st.floats(0, 2))
    return Counted(
        [f"r{n // columns}" for n in range(cells)],
        [f"c{n % columns}" for n in range(cells)],
        np.array(observed),
        expected,
        expected + alpha * expected**2,
    )


@given(heatmaps())
@settings(max_examples=40, deadline=None)
def test_no_cell_is_lost_and_every_mark_is_earned(counted: Counted) -> None:
    heat = judge(counted)
    cells = CELLS.check(heat.cells)
    assert sorted(zip(cells["row"], cells["column"], strict=True)) == sorted(
        zip(counted.rows, counted.columns, strict=True)
    )
    assert cells["observed"].sum() == counted.observed.sum()
    assert heat.rows["observed"].sum() == heat.columns["observed"].sum()
    assert heat.rows["excess"].is_monotonic_decreasing
    assert heat.columns["excess"].is_monotonic_decreasing
    marked = cells[cells["significant"]]
    assert marked["has_power"].all()
    assert (marked["excess"] > 0).all()
    assert (marked["q"] >= marked["p"]).all()
    assert (marked["p"] <= 0.05).all()
    known = cells[cells["expected"].notna()]
    assert (known["ratio_low"] <= known["ratio_high"]).all()
    assert np.isfinite(known[["ratio", "ratio_low", "ratio_high"]].to_numpy()).all()


@given(heatmaps())
@settings(max_examples=20, deadline=None)
def test_the_order_of_cells_handed_in_changes_nothing(counted: Counted) -> None:
    places = np.random.default_rng(len(counted.rows)).permutation(len(counted.rows))
    turned = Counted(
        [counted.rows[place] for place in places],
        [counted.columns[place] for place in places],
        counted.observed[places],
        counted.expected[places],
        counted.variance[places],
    )
    one, two = judge(counted).cells, judge(turned).cells
    by_name = ["row", "column"]
    one, two = (
        frame.sort_values(by_name, ignore_index=True).drop(columns=["row_rank", "column_rank"])
        for frame in (one, two)
    )
    assert one[["observed", "significant", "state"]].equals(
        two[["observed", "significant", "state"]]
    )
    for name in ("p", "q", "ratio", "excess"):
        assert one[name].to_numpy() == pytest.approx(two[name].to_numpy(), rel=1e-3, nan_ok=True)


@given(MEANS, st.floats(0, 2), st.integers(0, 300))
def test_a_larger_count_is_never_less_surprising(mean: float, alpha: float, count: int) -> None:
    y = np.array([count, count + 1])
    means = np.array([mean, mean])
    p = upper_mid_p(y, means, means + alpha * means**2)
    assert 0 <= p[1] <= p[0] <= 1


@given(MEANS, st.floats(0.001, 2))
def test_the_mid_p_of_all_counts_averages_one_half(mean: float, alpha: float) -> None:
    size = 1 / alpha
    y = np.random.default_rng(1).negative_binomial(size, size / (size + mean), 4000)
    p = upper_mid_p(y, np.full(4000, mean), np.full(4000, mean + alpha * mean**2))
    # Five standard errors of the mean of 4,000 values within 0 and 1.
    assert float(p.mean()) == pytest.approx(0.5, abs=5 * 0.29 / np.sqrt(4000))


@given(P_VALUES)
def test_adjusted_values_keep_the_order_and_only_grow(p: Floats) -> None:
    bh, by = adjusted(p), adjusted(p, Control.BY)
    order = np.argsort(p, kind="stable")
    assert (np.diff(bh[order]) >= -1e-12).all()
    assert (bh >= p - 1e-12).all()
    assert (by >= bh - 1e-12).all()
    assert (by <= 1).all()


@given(st.integers(0, 500), st.floats(0.01, 300), st.integers(1, 20))
def test_more_cases_give_a_higher_ratio_between_prior_and_raw(
    count: int, expected: float, more: int
) -> None:
    prior = RatioPrior((12.0, 12.0), (12.0, 12.0), 0.9)
    found = shrink(np.array([count, count + more]) * 1.0, np.array([expected] * 2), prior, 0.8)
    assert found.mean[0] < found.mean[1]
    low, high = sorted((prior.mean, count / expected))
    assert low - 1e-9 <= found.mean[0] <= high + 1e-9
    assert (found.low <= found.high).all()


@given(st.integers(0, 5), st.integers(0, 60))
@settings(max_examples=25, deadline=None)
def test_any_history_gives_a_positive_expectation_or_says_that_it_is_too_short(
    cells: int, weeks: int
) -> None:
    counts: Ints = np.random.default_rng([cells, weeks]).poisson(3.0, (cells, weeks))
    found = expect(
        History(counts, flat_weeks(weeks), np.zeros(cells, np.int64)), flat_weeks(2, weeks)
    )
    assert found.weekly.shape == (cells, 2)
    assert (found.expected[found.enough] > 0).all()
    assert (found.variance[found.enough] > found.expected[found.enough]).all()
    assert np.isnan(found.expected[~found.enough]).all()


def test_twice_the_cases_are_expected_to_be_twice_as_many() -> None:
    truth = draw(replace(SHAKEN, rows=6, columns=5, hot=0), (5,))
    once = expectation_of(truth)
    history = replace(truth.history, counts=truth.history.counts * 2)
    twice = expect(history, truth.ahead)
    large = once.expected > 10
    assert (twice.expected / once.expected)[large] == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize("world", [SHAKEN, WILD], ids=["within", "on top"])
def test_simulated_heatmaps_keep_their_promises_and_a_poisson_test_does_not(
    world: HeatWorld,
) -> None:
    found = score(world, 31, 24)
    # The bar of the full proof, and three standard errors for being only two dozen heatmaps.
    assert found.false_share <= 0.075 + 3 * found.false_share_error
    assert sum(found.poisson_false_shares) / found.heatmaps > 0.3
    error = np.sqrt(0.25 / found.findable)
    assert found.power >= 0.5 - 3 * error
    # Shocks known in part: no worse than equal tests that know the means but take shocks for
    # chance, no better than those that know the shocks.
    assert found.blind_power - 3 * error <= found.power <= found.knowing_power + 3 * error
    # The interval of 80 %, of the cells that the eye is led to; n makes three standard errors 0.15.
    assert found.marked_covered / found.marked == pytest.approx(0.8, abs=0.15)


def test_quiet_cells_raise_alarms_as_often_as_the_level_says() -> None:
    found = score(replace(SHAKEN, hot=0), 32, 15)
    for level in found.below:
        error = np.sqrt(level * (1 - level) / found.quiet)
        # Shocks move whole rows together, so the spread is wider than that of single cells.
        assert found.alarm_share(level) == pytest.approx(level, abs=6 * error)
    error = np.sqrt(0.05 * 0.95 / found.totals)
    assert found.totals_below / found.totals == pytest.approx(0.05, abs=4 * error)


def test_two_quiet_periods_show_no_more_changes_than_the_level_allows() -> None:
    below, quiet, marked = 0, 0, 0
    for number in range(10):
        world = replace(SHAKEN, hot=0, weeks=157)
        truth = draw(world, (33, number))
        past = truth.history
        history = replace(past, counts=past.counts[:, :-1], weeks=past.weeks.part(0, -1))
        ahead = truth.history.weeks.part(-1)
        last = replace(truth, observed=past.counts[:, -1].astype(int))
        before = counted(last, expect(history, ahead))
        heat = compare(counted(truth, expect(history, truth.ahead)), before)
        p = heat.cells["p"].dropna()
        below += int((p <= 0.05).sum())
        quiet += len(p)
        marked += int(heat.total["marked_count"])
    assert below / quiet <= 0.06
    assert marked <= 6
