"""Funnel plot: partners against their size, with limits that allow for ordinary differences.

After Spiegelhalter 2005 (Statistics in Medicine 24:1185), additive over-dispersion: shares on the
scale of the arc sine of their root, ratios on that of their root, where limits keep their level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from core.partners.score_rules import FunnelRules
from core.stats.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Funnel:
    """The middle, how much partners differ beyond chance, and the levels of the limits.

    ``dispersion`` is the mean winsorised z², 1 for chance alone; ``between`` is the variance
    between partners on the transformed scale.
    """

    target: float
    dispersion: float
    between: float
    levels: tuple[float, ...]
    is_share: bool

    def limits(self, sizes: Floats) -> list[tuple[Floats, Floats]]:
        """Lower and upper limit at these sizes (cases, or expected hits), for each level."""
        middle = float(_transformed(np.array([self.target]), self.is_share)[0])
        with np.errstate(divide="ignore"):
            error = np.sqrt(1 / (4 * sizes) + self.between)
        halves = [float(ndtri((1 + level) / 2)) * error for level in self.levels]
        return [(self._back(middle - half), self._back(middle + half)) for half in halves]

    def outside(self, hits: Floats, sizes: Floats) -> Ints:
        """The strictest limit that each partner is beyond: 0 inside all, 1 beyond the first, … and
        negative below; 0 where nothing was counted.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            value = hits / sizes
        found = np.zeros(len(hits), np.int64)
        for place, (low, high) in enumerate(self.limits(sizes), start=1):
            with np.errstate(invalid="ignore"):
                found = np.where(value > high, place, np.where(value < low, -place, found))
        return np.where(sizes > 0, found, 0)

    def _back(self, values: Floats) -> Floats:
        if self.is_share:
            return np.sin(np.clip(values, 0.0, np.pi / 2)) ** 2
        return np.maximum(values, 0.0) ** 2


def funnel(hits: Floats, sizes: Floats, rules: FunnelRules, *, is_share: bool) -> Funnel:
    """The funnel that these partners make; ``sizes`` are cases of a share, expected hits of a ratio."""
    use = sizes > 0
    y, n = hits[use], sizes[use]
    levels = tuple(sorted(rules.levels))
    if not len(y):
        return Funnel(0.0 if is_share else 1.0, 1.0, 0.0, levels, is_share)
    target = float(y.sum() / n.sum())
    middle = float(_transformed(np.array([target]), is_share)[0])
    z = (_transformed(y / n, is_share) - middle) * 2 * np.sqrt(n)
    share = rules.winsorised_share
    dispersion = float(np.mean(winsorised(z, share) ** 2)) / _kept_by_chance(share)
    return Funnel(target, dispersion, _between(dispersion, 4 * n), levels, is_share)


def winsorised(z: Floats, share: float) -> Floats:
    """The most extreme values of either side pulled in to the quantiles of that share."""
    low, high = np.quantile(z, [share, 1 - share])
    return np.clip(z, low, high)


def _kept_by_chance(share: float) -> float:
    """What winsorising leaves of the mean square of standard normals, so that chance alone gives 1
    (the paper does without: its limits are too tight by a fifth at a tenth winsorised).
    """
    if share == 0:
        return 1.0
    end = float(ndtri(1 - share))
    density = float(np.exp(-(end**2) / 2) / np.sqrt(2 * np.pi))
    return 1 - 2 * share - 2 * end * density + 2 * share * end**2


def _transformed(values: Floats, is_share: bool) -> Floats:
    root = np.sqrt(values)
    return np.asarray(np.arcsin(np.minimum(root, 1.0)) if is_share else root, np.float64)


def _between(dispersion: float, weight: Floats) -> float:
    """Variance between partners by moments (DerSimonian and Laird 1986); 0 if chance explains all."""
    count, total = len(weight), float(weight.sum())
    room = total - float((weight**2).sum()) / total
    if dispersion * count < count - 1 or room <= 0:
        return 0.0
    return (dispersion * count - (count - 1)) / room
