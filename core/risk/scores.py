"""Log-likelihood ratios that say how much a count stands above its expectation.

Expectation-based Poisson after Neill (2009), the conditional one after Kulldorff (1997).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def poisson_llr(count: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """``c ln(c/E) - (c - E)`` where the count is above its expectation, else 0."""
    counted, wanted = _both(count, expected)
    above = counted > wanted
    ratio = np.divide(counted, wanted, out=np.ones_like(counted), where=above & (wanted > 0))
    found = counted * np.log(ratio) - (counted - wanted)
    return np.where(above, np.where(wanted > 0, found, np.inf), 0.0)


def kulldorff_llr(count: npt.ArrayLike, expected: npt.ArrayLike, total: float) -> Floats:
    """``c ln(c/E) + (C-c) ln((C-c)/(C-E))`` where the count is above its expectation, else 0."""
    counted, wanted = _both(count, expected)
    inside = counted * np.log(_ratio(counted, wanted))
    outside = (total - counted) * np.log(_ratio(total - counted, total - wanted))
    return np.where(counted > wanted, inside + outside, 0.0)


def _ratio(count: Floats, expected: Floats) -> Floats:
    """``c/E``, and 1 where nothing was counted: 0 ln 0 is 0."""
    return np.divide(count, expected, out=np.ones_like(count), where=(count > 0) & (expected > 0))


def _both(count: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
    counted, wanted = np.broadcast_arrays(
        np.asarray(count, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    )
    return counted, wanted
