"""The Gumbel law of weekly maxima, fitted by L-moments (Hosking 1990)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, log

import numpy as np
import numpy.typing as npt

EULER_GAMMA = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class Gumbel:
    """Location and scale; a scale of 0 stands for maxima that are all alike."""

    location: float
    scale: float

    def exceeded_by(self, share: float) -> float:
        """The value that this share of the maxima exceeds."""
        return self.location - self.scale * log(-log(1 - share))

    def tail(self, value: float) -> float:
        """Share of the maxima that exceed a value."""
        if self.scale == 0:
            return float(value < self.location)
        steps = (value - self.location) / self.scale
        return -expm1(-exp(-steps)) if steps > -50 else 1.0


def fit_gumbel(maxima: npt.ArrayLike) -> Gumbel:
    """The law whose first two L-moments are those of the sample; needs two values."""
    ordered = np.sort(np.asarray(maxima, dtype=np.float64))
    n = len(ordered)
    first = float(ordered.mean())
    weighted = float((np.arange(n) * ordered).sum() / (n * (n - 1)))
    scale = max(0.0, (2 * weighted - first) / log(2))
    return Gumbel(first - EULER_GAMMA * scale, scale)
