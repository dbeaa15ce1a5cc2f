"""Many small systems at once against LAPACK, one by one; and the second slope of log gamma."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import polygamma

from core.stats.arrays import Floats
from core.stats.small_systems import SmallSystems, lower_places
from core.stats.trigamma import trigamma


def matrices(count: int, size: int) -> Floats:
    root = np.random.default_rng(count + size).normal(size=(count, size, size))
    found: Floats = root @ root.transpose(0, 2, 1) + 0.3 * np.eye(size)
    return found


def systems(whole: Floats) -> SmallSystems:
    row, column = lower_places(whole.shape[1])
    return SmallSystems(np.ascontiguousarray(whole[:, row, column].T), whole.shape[1])


# Both sides of the number from which all are solved together, and more than one block.
@pytest.mark.parametrize("count", [1, 31, 32, 700])
@pytest.mark.parametrize("size", [1, 2, 6])
def test_systems_are_solved_and_inverted_as_if_each_were_alone(count: int, size: int) -> None:
    whole = matrices(count, size)
    right = np.random.default_rng(3).normal(size=(count, size))
    assert systems(whole).whole() == pytest.approx(whole)
    solved = np.array([np.linalg.solve(one, b) for one, b in zip(whole, right, strict=True)])
    assert systems(whole).solve(right) == pytest.approx(solved, rel=1e-9, abs=1e-9)
    inverse = np.array([np.linalg.inv(one) for one in whole])
    assert systems(whole).inverse().whole() == pytest.approx(inverse, rel=1e-9, abs=1e-9)


def test_some_of_the_systems_are_those_at_their_places() -> None:
    whole = matrices(40, 3)
    places = np.array([5, 17, 39])
    assert systems(whole).part(places).whole() == pytest.approx(whole[places])


def test_what_is_added_to_the_diagonal_is_the_same_for_all_systems() -> None:
    whole = matrices(4, 3)
    found = systems(whole)
    found.add_to_diagonal((1.0, 2.0, 3.0))
    assert found.whole() == pytest.approx(whole + np.diag([1.0, 2.0, 3.0]))


def test_the_second_slope_of_log_gamma_has_ten_digits_from_small_to_large() -> None:
    x = np.geomspace(1e-3, 1e6, 2000)
    assert trigamma(x) == pytest.approx(polygamma(1, x), rel=1e-10)
