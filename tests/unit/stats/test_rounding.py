"""Rounded figures that stand beside their sum add up to it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.stats.rounding import round_to_sum

PARTS = st.lists(st.floats(-100, 100, allow_nan=False), min_size=1, max_size=12)


@given(PARTS, st.integers(0, 3))
def test_rounded_parts_sum_to_the_rounded_sum(parts: list[float], digits: int) -> None:
    found = round_to_sum(np.array(parts), digits)
    step = 10.0**-digits
    assert abs(found.sum() - np.array(parts).sum()) <= 0.5 * step + 1e-9
    assert np.abs(found - parts).max() < step + 1e-9
    assert np.allclose(found / step, np.rint(found / step))


def test_three_thirds_make_a_whole() -> None:
    assert round_to_sum(np.full(3, 100 / 3), 0).tolist() == [34.0, 33.0, 33.0]
