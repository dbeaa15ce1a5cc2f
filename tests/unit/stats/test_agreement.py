"""Krippendorff's alpha against the published examples."""

from __future__ import annotations

import numpy as np
import pytest

from core.stats.agreement import Metric, alpha, alpha_interval
from core.stats.arrays import Floats, Ints

# Three coders, fifteen units (the worked example of the encyclopedia); 0 is not judged.
THREE = (
    (0, 0, 0, 0, 0, 3, 4, 1, 2, 1, 1, 3, 3, 0, 3),
    (1, 0, 2, 1, 3, 3, 4, 3, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 2, 1, 3, 4, 4, 0, 2, 1, 1, 3, 3, 0, 4),
)
# Krippendorff 2011, C: four observers, twelve units.
FOUR = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
# Krippendorff 2011, A: two observers, ten units, yes or no.
TWO = ((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0))


def judged(rows: tuple[tuple[int, ...], ...], missing: int | None = 0) -> tuple[Ints, Floats]:
    found = [(u, v) for row in rows for u, v in enumerate(row) if v != missing]
    unit, value = zip(*found, strict=True)
    return np.array(unit, dtype=np.int64), np.array(value, dtype=np.float64)


@pytest.mark.parametrize(
    ("metric", "of_three", "of_four"),
    [
        (Metric.NOMINAL, 0.6914, 0.7434),
        (Metric.ORDINAL, 0.8067, 0.8154),
        (Metric.INTERVAL, 0.8108, 0.8491),
        (Metric.RATIO, 0.8089, 0.7974),
    ],
)
def test_alpha_of_the_published_examples(metric: Metric, of_three: float, of_four: float) -> None:
    assert alpha(*judged(THREE), metric) == pytest.approx(of_three, abs=1e-3)
    assert alpha(*judged(FOUR), metric) == pytest.approx(of_four, abs=1e-3)


def test_alpha_of_two_observers_who_say_yes_or_no() -> None:
    assert alpha(*judged(TWO, missing=None)) == pytest.approx(0.0952, abs=1e-3)


def test_alpha_of_nothing_judged_twice_or_of_one_value_is_unknown() -> None:
    once = (np.arange(4), np.array([0.0, 1.0, 0.0, 1.0]))
    assert np.isnan(alpha(*once))
    same = (np.array([0, 0, 1, 1]), np.ones(4))
    assert np.isnan(alpha(*same))
    assert np.isnan(alpha_interval(*same, 0.8, 1)).all()


def test_the_interval_holds_alpha() -> None:
    unit, value = judged(FOUR)
    low, high = alpha_interval(unit, value, 0.8, seed=3)
    assert low < alpha(unit, value) < high
