"""Published numbers that the scores of the scan must give."""

from __future__ import annotations

from math import e, log

import pytest

from core.risk.gumbel import Gumbel, fit_gumbel
from core.risk.scores import kulldorff_llr, poisson_llr


def test_the_first_leukaemia_cluster_of_new_york_has_its_published_ratio() -> None:
    # SaTScan and smerc print 85 observed, 49.71 expected, 11.577255; 552 cases in all. The
    # expectation is printed with two digits, so the ratio can be held to three.
    found = float(kulldorff_llr(85, 49.71, 552))
    assert found == pytest.approx(11.5776, abs=5e-5)
    assert found == pytest.approx(11.577255, abs=1e-3)


@pytest.mark.parametrize(
    ("count", "expected", "ratio"),
    [
        (0, 0, 0),
        (0, 5, 0),
        (5, 5, 0),
        (4, 5, 0),
        (10, 10 / e, 10 - (10 - 10 / e)),
        (90, 30, 90 * log(3) - 60),
        (3, 0, float("inf")),
    ],
)
def test_the_expectation_based_ratio_follows_its_formula(
    count: float, expected: float, ratio: float
) -> None:
    assert float(poisson_llr(count, expected)) == pytest.approx(ratio)


def test_the_standard_gumbel_has_its_known_quantile_and_tail() -> None:
    law = Gumbel(0, 1)
    assert law.exceeded_by(0.05) == pytest.approx(2.97019525)
    assert law.tail(2.97019525) == pytest.approx(0.05)


def test_l_moments_of_a_small_sample_are_those_worked_out_by_hand() -> None:
    # 1, 2, 4: l1 = 7/3; b1 = (0·1 + 1·2 + 2·4) / (3·2) = 5/3; l2 = 10/3 - 7/3 = 1.
    law = fit_gumbel([4, 1, 2])
    assert law.scale == pytest.approx(1 / log(2))
    assert law.location == pytest.approx(7 / 3 - 0.5772156649 / log(2))
