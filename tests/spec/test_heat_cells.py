"""Judged cells as small heatmaps: what is marked, what stays grey, what stands first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.risk.cell_rules import cell_rules
from core.risk.cells import CELLS, MARGINS, Counted, Heat, compare, judge

ALPHA = 0.05
MARKETS = ("BR", "DE", "NA", "US")
TYPES = ("fraud_scams", "impersonation", "spam")


def a_heatmap(expected: float = 20.0, **observed: int) -> Counted:
    """Every cell holds what is expected, but those named ``type__market``."""
    rows = [kind for kind in TYPES for _ in MARKETS]
    columns = [market for _ in TYPES for market in MARKETS]
    counts = [
        observed.get(f"{row}__{column}", round(expected))
        for row, column in zip(rows, columns, strict=True)
    ]
    mean = np.full(len(rows), expected)
    return Counted(rows, columns, np.array(counts), mean, mean + ALPHA * mean**2)


def cell(heat: Heat, row: str, column: str) -> dict[str, object]:
    found = heat.cells
    one = found[(found["row"] == row) & (found["column"] == column)]
    assert len(one) == 1
    return {str(name): value for name, value in one.iloc[0].items()}


def test_a_cell_far_above_its_expectation_is_marked_and_stands_first() -> None:
    heat = judge(a_heatmap(impersonation__BR=75))
    assert heat.cells[["row", "column"]].iloc[0].tolist() == ["impersonation", "BR"]
    assert heat.cells["significant"].tolist() == [True, *[False] * 11]
    assert heat.rows["value"].tolist() == ["impersonation", "fraud_scams", "spam"]
    assert heat.columns["value"].tolist() == ["BR", "DE", "NA", "US"]
    first = cell(heat, "impersonation", "BR")
    assert first["excess"] == 55
    assert 1.5 < float(str(first["ratio"])) < 75 / 20


def test_frames_have_their_declared_shapes() -> None:
    heat = judge(a_heatmap(spam__NA=90))
    CELLS.check(heat.cells)
    MARGINS.check(heat.rows)
    MARGINS.check(heat.columns)
    nothing = Counted([], [], np.array([], np.int64), np.array([]), np.array([]))
    for frame, shape in (
        (judge(nothing).cells, CELLS),
        (judge(nothing).rows, MARGINS),
        (judge(nothing).columns, MARGINS),
    ):
        assert len(shape.check(frame)) == 0


def test_totals_are_those_of_the_cells() -> None:
    heat = judge(a_heatmap(spam__NA=90, fraud_scams__US=3))
    for margin in (heat.rows, heat.columns):
        assert margin["observed"].sum() == heat.cells["observed"].sum() == heat.total["observed"]
        assert margin["excess"].sum() == pytest.approx(heat.total["excess"])
        assert margin["marked_count"].sum() == heat.total["marked_count"] == 1
        assert margin["judged_count"].sum() == heat.total["judged_count"] == 12


def test_equal_excesses_are_ordered_by_name() -> None:
    heat = judge(a_heatmap())
    assert heat.rows["value"].tolist() == list(TYPES)
    assert heat.columns["value"].tolist() == list(MARKETS)


def test_below_one_expected_case_a_cell_is_grey_whatever_it_holds() -> None:
    heat = judge(a_heatmap(0.4, impersonation__BR=9))
    assert not heat.cells["has_power"].any()
    assert not heat.cells["significant"].any()
    assert heat.cells["p"].isna().all()
    assert set(heat.cells["state"]) == {"no_power"}
    assert heat.cells["ratio"].notna().all()


def test_a_cell_with_too_short_a_history_is_grey_and_counts_in_no_excess() -> None:
    counted = a_heatmap(impersonation__BR=75)
    expected = counted.expected.copy()
    expected[4] = np.nan  # impersonation in BR
    heat = judge(replace(counted, expected=expected, variance=expected))
    one = cell(heat, "impersonation", "BR")
    assert (one["state"], one["has_power"], one["significant"]) == ("short_history", False, False)
    assert np.isnan(float(str(one["ratio"])))
    assert heat.total["observed"] == counted.observed.sum()
    assert heat.total["excess"] == 0


def test_a_value_never_seen_before_is_new_and_no_surge() -> None:
    counted = a_heatmap(0.01, spam__NA=7, spam__US=0)
    heat = judge(replace(counted, seen_before=np.zeros(12, np.bool_)))
    assert cell(heat, "spam", "NA")["state"] == "new"
    assert cell(heat, "spam", "US")["state"] == "no_power"
    assert not heat.cells["significant"].any()


def test_grey_cells_do_not_weaken_the_others() -> None:
    counted = a_heatmap(impersonation__BR=48)
    alone = cell(judge(counted), "impersonation", "BR")["q"]
    grey = 600
    wider = Counted(
        [*counted.rows, *["weak"] * grey],
        [*counted.columns, *(f"c{n}" for n in range(grey))],
        np.concatenate([counted.observed, np.zeros(grey, np.int64)]),
        np.concatenate([counted.expected, np.full(grey, 0.2)]),
        np.concatenate([counted.variance, np.full(grey, 0.2)]),
    )
    assert cell(judge(wider), "impersonation", "BR")["q"] == pytest.approx(alone)


def test_a_fall_is_shown_by_its_ratio_but_not_marked() -> None:
    heat = judge(a_heatmap(60.0, spam__US=3))
    one = cell(heat, "spam", "US")
    assert not one["significant"]
    assert float(str(one["ratio"])) < 0.8
    assert heat.cells.iloc[-1][["row", "column"]].tolist() == ["spam", "US"]


def test_a_cell_as_high_as_in_the_period_before_is_no_change() -> None:
    before, now = a_heatmap(impersonation__BR=80), a_heatmap(impersonation__BR=80)
    assert judge(now).total["marked_count"] == 1
    heat = compare(now, before)
    assert heat.total["marked_count"] == 0
    one = cell(heat, "impersonation", "BR")
    assert float(str(one["expected"])) > 30
    assert float(str(one["variance"])) > float(str(one["expected"])) * (1 + ALPHA * 20)


def test_a_cell_that_rose_against_the_period_before_is_marked() -> None:
    heat = compare(a_heatmap(impersonation__BR=80), a_heatmap())
    assert heat.total["marked_count"] == 1
    assert cell(heat, "impersonation", "BR")["significant"]


def test_two_periods_with_other_cells_cannot_be_compared() -> None:
    other = replace(a_heatmap(), columns=list(reversed(a_heatmap().columns)))
    with pytest.raises(ValueError, match="same cells"):
        compare(a_heatmap(), other)


def test_the_stricter_control_marks_no_more() -> None:
    rules = cell_rules()
    by = rules.model_copy(update={"judging": rules.judging.model_copy(update={"control": "by"})})
    counted = a_heatmap(impersonation__BR=75, spam__NA=48)
    assert judge(counted, by).cells["q"].sum() >= judge(counted).cells["q"].sum()
    assert judge(counted, by).total["marked_count"] <= judge(counted).total["marked_count"]
