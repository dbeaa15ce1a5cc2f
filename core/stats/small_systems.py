"""Many small symmetric positive definite systems at once: Cholesky with one operation for them all.

A matrix stands as the columns of its lower triangle, entries × systems, so that every step works on
long runs of numbers; a call for each system by itself costs several times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.stats.arrays import Floats, Ints

FEW = 32  # systems, for which so many steps take longer than a call for each
BLOCK = 256  # systems at a time, so that their numbers stay near the processor


@cache
def lower_places(size: int) -> tuple[Ints, Ints]:
    """Row and column of each entry of a lower triangle, column by column."""
    column, row = np.triu_indices(size)
    return row.astype(np.int64), column.astype(np.int64)


@cache
def _column_ends(size: int) -> tuple[int, ...]:
    return tuple(np.cumsum(np.arange(size, 0, -1)).tolist())


@dataclass(frozen=True, eq=False, slots=True)
class SmallSystems:
    """Matrices by their lower triangles; ``lower`` is entries × systems."""

    lower: Floats
    size: int

    def columns(self) -> list[Floats]:
        """The columns of the triangle from the diagonal down, each rows × systems, not copied."""
        ends = _column_ends(self.size)
        return [self.lower[start:end] for start, end in zip((0, *ends), ends, strict=False)]

    def whole(self) -> Floats:
        """Systems × rows × columns."""
        row, column = lower_places(self.size)
        place = np.empty((self.size, self.size), np.int64)
        place[row, column] = place[column, row] = np.arange(len(row))
        found: Floats = self.lower.T[:, place.ravel()].reshape(-1, self.size, self.size)
        return found

    def add_to_diagonal(self, values: Sequence[float]) -> None:
        """One number for each row, the same in all systems."""
        for column, value in zip(self.columns(), values, strict=True):
            column[0] += value

    def solve(self, right: Floats) -> Floats:
        """The solutions, systems × unknowns, for right-hand sides of the same shape."""
        if len(right) < FEW:
            return np.asarray(np.linalg.solve(self.whole(), right[:, :, None])[:, :, 0])
        columns, found = self._factor().columns(), np.array(right.T, order="C")
        for j, column in enumerate(columns):
            found[j] *= column[0]
            found[j + 1 :] -= column[1:] * found[j]
        for j in reversed(range(self.size)):
            found[j] -= (columns[j][1:] * found[j + 1 :]).sum(axis=0)
            found[j] *= columns[j][0]
        return np.asarray(found.T)

    def inverse(self) -> SmallSystems:
        """The inverses of the systems."""
        count = self.lower.shape[1]
        found = np.empty_like(self.lower)
        if count < FEW:
            row, column = lower_places(self.size)
            found[:] = np.linalg.inv(self.whole())[:, row, column].T
            return SmallSystems(found, self.size)
        factor = self._factor()
        for first in range(0, count, BLOCK):
            some = slice(first, first + BLOCK)
            found[:, some] = _inverse(SmallSystems(factor.lower[:, some], self.size))
        return SmallSystems(found, self.size)

    def part(self, keep: Ints) -> SmallSystems:
        """Some of the systems."""
        return SmallSystems(self.lower[:, keep], self.size)

    def _factor(self) -> SmallSystems:
        """Lower factors, by Cholesky; on their diagonals the reciprocals."""
        found = SmallSystems(self.lower.copy(), self.size)
        columns = found.columns()
        for j, column in enumerate(columns):
            np.reciprocal(np.sqrt(column[0]), out=column[0])
            column[1:] *= column[0]
            for k in range(1, len(column)):
                columns[j + k] -= column[k:] * column[k]
        return found


def _inverse(factor: SmallSystems) -> Floats:
    """The inverse of a factor, rows × columns × systems; then its product with itself."""
    size = factor.size
    back = np.zeros((size, size, factor.lower.shape[1]))
    for j, column in enumerate(factor.columns()):
        back[j, j] = 1
        back[j, : j + 1] *= column[0]
        back[j + 1 :, : j + 1] -= column[1:, None] * back[j, : j + 1]
    return np.concatenate([(back[j:, j:] * back[j:, j, None]).sum(axis=0) for j in range(size)])
