"""Cells judged given their row and column: what shocks explain, and what they must not hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.risk.cells import Counted, Heat, judge
from core.risk.given import given_margins
from core.risk.shock_rules import shock_rules
from core.risk.shocks import Parted, Past, Shocks, shocks_of
from core.stats.arrays import Floats
from core.stats.rise_weights import Rise, rise_weights
from tests.support.heat_worlds import HeatWorld, draw, expectation_of

ROWS, COLUMNS, ALPHA = 12, 10, 0.05
ROW = np.repeat(np.arange(ROWS), COLUMNS)
COLUMN = np.tile(np.arange(COLUMNS), ROWS)
SHOCKS = Shocks(row=0.13**2, column=0.11**2)
RULES = shock_rules().shocks


def a_heatmap(expected: Floats, factor: Floats | float = 1.0) -> Counted:
    """Every cell holds what is expected of it, times a factor."""
    own = expected + ALPHA * expected**2
    return Counted(
        [f"r{row:02}" for row in ROW],
        [f"c{column:02}" for column in COLUMN],
        np.round(expected * factor).astype(np.int64),
        expected,
        own + SHOCKS.total * expected**2,
        parted=Parted(own, np.zeros(len(own)), SHOCKS),
    )


def level(mean: float = 20.0) -> Floats:
    return np.full(ROWS * COLUMNS, mean)


def marks(heat: Heat) -> list[tuple[str, str]]:
    found = heat.cells[heat.cells["significant"]]
    return list(zip(found["row"], found["column"], strict=True))


def test_a_lone_hot_cell_is_marked_though_it_dominates_its_row() -> None:
    expected = level(1.5)
    expected[0] = 40.0
    factor = np.ones(len(expected))
    factor[0] = 3.0
    heat = judge(a_heatmap(expected, factor))
    assert marks(heat) == [("r00", "c00")]
    first = heat.cells.iloc[0]
    assert first["given"] == pytest.approx(40.0, rel=0.1)
    assert heat.rows.iloc[0]["significant"]


def test_two_hot_cells_of_a_row_do_not_hide_each_other() -> None:
    factor = np.ones(ROWS * COLUMNS)
    factor[:2] = 3.5
    heat = judge(a_heatmap(level(30.0), factor))
    assert marks(heat) == [("r00", "c00"), ("r00", "c01")]
    assert heat.cells["given"].to_numpy() == pytest.approx(level(30.0), rel=0.1)


def test_a_row_that_rose_as_a_whole_is_told_by_its_total() -> None:
    counted = a_heatmap(level(30.0), np.where(ROW == 3, 2.2, 1.0))
    heat = judge(counted)
    assert marks(heat) == []
    assert heat.rows["significant"].tolist() == [True] + [False] * (ROWS - 1)
    assert heat.rows.iloc[0]["value"] == "r03"
    assert not heat.columns["significant"].any()
    assert len(marks(judge(replace(counted, parted=None)))) == COLUMNS


def test_what_is_expected_of_a_cell_does_not_hang_on_its_own_count() -> None:
    calm = a_heatmap(level())
    stirred = replace(calm, observed=calm.observed + 60 * (np.arange(len(calm.observed)) == 5))
    parted = calm.parted
    assert parted is not None
    one, two = (
        given_margins(c.observed, c.expected, parted, (ROW, COLUMN), RULES) for c in (calm, stirred)
    )
    assert two.expected[5] == pytest.approx(one.expected[5], rel=0.02)


def test_a_cell_without_an_expectation_has_no_say_and_no_verdict() -> None:
    expected = level()
    expected[7] = np.nan
    counted = a_heatmap(level())
    heat = judge(replace(counted, expected=expected))
    unknown = heat.cells[heat.cells["given"].isna()]
    assert unknown[["row", "column", "state"]].to_numpy().tolist() == [
        ["r00", "c07", "short_history"]
    ]
    assert heat.rows["q"].notna().all()


def test_without_shocks_a_cell_is_judged_by_itself() -> None:
    counted = a_heatmap(level(), np.where(np.arange(ROWS * COLUMNS) == 0, 3.0, 1.0))
    parted = counted.parted
    assert parted is not None
    quiet = replace(counted, variance=parted.own, parted=replace(parted, shocks=Shocks()))
    given = judge(quiet).cells
    assert given["given"].to_numpy() == pytest.approx(given["expected"].to_numpy(), rel=1e-4)
    alone = judge(replace(quiet, parted=None)).cells
    assert given["p"].to_numpy() == pytest.approx(alone["p"].to_numpy(), rel=1e-3)


def test_rows_and_columns_swapped_are_judged_alike() -> None:
    factor = np.random.default_rng(3).gamma(20, 1 / 20, ROWS * COLUMNS)
    counted = a_heatmap(level(), factor)
    parted = counted.parted
    assert parted is not None
    turned = replace(counted, rows=counted.columns, columns=counted.rows, parted=parted.turned())
    by = ["row", "column"]
    one = judge(counted).cells.sort_values(by)
    two = judge(turned).cells.sort_values(by[::-1])
    assert one["p"].to_numpy() == pytest.approx(two["p"].to_numpy(), rel=1e-6)
    assert parted.turned().turned() == replace(parted) or parted.turned().turned().shocks == SHOCKS


def test_weeks_of_one_value_share_the_error_of_its_mean() -> None:
    counted = a_heatmap(level())
    parted = counted.parted
    assert parted is not None
    doubtful = replace(parted, own=parted.own + 9.0, error=level(3.0))
    high = replace(counted, observed=counted.observed + 6)
    apart = judge(replace(high, parted=doubtful)).rows["p"]
    series = judge(replace(high, parted=replace(doubtful, series="row"))).rows["p"]
    assert (series > apart).all()


@pytest.mark.parametrize("shown", [1, 4])
def test_shocks_are_measured_as_large_as_they_are(shown: int) -> None:
    found = expectation_of(draw(HeatWorld(row_cv=0.13, column_cv=0.11, shown=shown), (5, 1)))
    assert found.parted is not None
    # Of independent weeks only the average shakes several of them. Three standard errors: 39 spans
    # tell less than 156 weeks.
    near = 0.2 if shown == 1 else 0.5
    assert found.parted.shocks.row == pytest.approx(0.13**2 / shown, rel=near)
    assert found.parted.shocks.column == pytest.approx(0.11**2 / shown, rel=near)
    assert found.parted.shocks.whole < 0.001


def test_quiet_cells_share_no_shock() -> None:
    found = expectation_of(draw(HeatWorld(), (5, 2)))
    assert found.parted is not None
    assert found.parted.shocks.total < 0.003
    own = found.expected + found.dispersion * found.expected**2
    large = found.expected > 5
    assert found.parted.own[large] == pytest.approx(own[large], rel=0.25)


def test_a_shock_of_everything_is_no_shock_of_rows() -> None:
    rng = np.random.default_rng(8)
    means = np.full((60, 200), 20.0)
    counts = rng.poisson(means * rng.gamma(25, 1 / 25, (1, 200))).astype(np.float64)
    rows, columns = np.divmod(np.arange(60), 6)
    found = shocks_of(Past(counts, means, rows, columns, 0.0), RULES)
    assert found.whole == pytest.approx(0.04, rel=0.25)
    assert found.row + found.column < 0.005


def test_too_few_periods_and_single_cells_tell_of_no_shock() -> None:
    counts = np.random.default_rng(9).poisson(20.0, (12, 30)).astype(np.float64)
    means = np.full((12, 30), 20.0)
    alone = Past(counts, means, np.arange(12), np.arange(12), 0.1)
    few = replace(alone.in_spans(13), rows=np.zeros(12, np.int64))
    assert few.counts.shape == (12, 2)
    assert shocks_of(few, RULES) == Shocks()
    assert shocks_of(replace(alone, means=counts), RULES) == Shocks()
    one_each = shocks_of(alone, RULES)
    assert (one_each.row, one_each.column) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_rows_of_one_cell_each_tell_of_no_shock_of_rows_however_it_is_rounded(seed: int) -> None:
    rng = np.random.default_rng(seed)
    means = rng.uniform(300, 3000, (5, 1)) * (1 + np.sin(np.arange(160) / 8) / 3)
    counts = rng.poisson(means * rng.gamma(100, 1 / 100, (1, 160))).astype(np.float64)
    column = np.zeros(5, np.int64)
    found = shocks_of(Past(counts, means, np.arange(5), column, 0.01), RULES)
    assert (found.whole, found.row) == (0.0, 0.0)
    assert found.column == pytest.approx(0.01, rel=0.5)


def test_weights_average_one_and_look_where_a_rise_could_show() -> None:
    mean = np.array([1.0, 3.0, 10.0, 40.0, 0.2])
    tested = np.array([True, True, True, True, False])
    rise = Rise(3.0, 100.0, 0.3)
    found = rise_weights(mean, mean + 0.1 * mean**2, tested, rise)
    assert found[tested].mean() == pytest.approx(1.0)
    assert found[4] == 0
    assert found[0] >= rise.least
    assert found[0] < found[1] < found[2]
    alike = rise_weights(level(), level() + 40.0, level() > 0, rise)
    assert alike == pytest.approx(np.ones(len(alike)))
    assert rise_weights(mean, mean, ~tested & (mean > 1), rise).sum() == 0
