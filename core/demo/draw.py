"""Drawing from weighted tables, one row of weights per kind of case, without a loop over cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demo.recipe import Spread

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """Rows of weights over the same positions; ``edges`` are all rows end to end, one apart."""

    edges: Floats
    width: int

    def draw(self, rng: Rng, rows: Ints) -> Ints:
        """One position for each entry of ``rows``, by the weights of that row."""
        found = np.searchsorted(self.edges, rows + rng.random(len(rows)), side="right")
        position: Ints = np.clip(found - rows * self.width, 0, self.width - 1)
        return position


def table(weights: Floats) -> Table:
    """A table from a matrix of weights; a row that is all zero is a mistake."""
    sums = weights.sum(axis=1, keepdims=True)
    if not (sums > 0).all():
        msg = "a row of weights is empty"
        raise ValueError(msg)
    edges = np.cumsum(weights / sums, axis=1)
    edges[:, -1] = 1.0
    apart: Floats = edges + np.arange(len(weights), dtype=np.float64)[:, None]
    return Table(apart.ravel(), weights.shape[1])


def one_row(weights: Mapping[str, float], values: Sequence[str]) -> Table:
    """A table of a single row; values without a weight never come."""
    return table(matrix([weights], values))


def matrix(rows: Sequence[Mapping[str, float]], values: Sequence[str]) -> Floats:
    """Weights as a matrix in the order of ``values``; a name that is no value is a mistake."""
    unknown = {name for row in rows for name in row} - set(values)
    if unknown:
        msg = f"no such values: {sorted(unknown)}"
        raise ValueError(msg)
    return np.array([[row.get(v, 0.0) for v in values] for row in rows], dtype=np.float64)


def zeros(count: int) -> Ints:
    """``count`` times row 0."""
    return np.zeros(count, dtype=np.int64)


def log_normal(rng: Rng, spread: Spread, count: int) -> Floats:
    """Draws with that median and spread of the logarithm."""
    return spread.median * np.exp(rng.standard_normal(count) * spread.sigma)


def chance(rng: Rng, share: float | Floats, count: int) -> Flags:
    """True for about that share."""
    return rng.random(count) < share
