"""The partners of the snapshot side by side: keys, names and what they are grouped by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Roster:
    """All partners by ascending key; ``tier``, ``category`` and ``market`` are codes of words."""

    ids: Whole
    refs: tuple[str, ...]
    names: tuple[str, ...]
    tier: Whole
    category: Whole
    market: Whole
    tiers: tuple[str, ...]

    def groups_alike(self, other: Roster) -> bool:
        """True for the same partners in the same tiers, whatever they are called."""
        same = self.tiers == other.tiers and np.array_equal(self.ids, other.ids)
        return same and np.array_equal(self.tier, other.tier)

    def places(self, partner_ids: Whole) -> Whole:
        """Where these partners stand; -1 for a key that none of them has."""
        if not len(self.ids):
            return np.full(len(partner_ids), -1, dtype=np.int64)
        place = np.full(int(self.ids[-1]) + 2, -1, dtype=np.int64)
        place[self.ids] = np.arange(len(self.ids))
        return place[np.clip(partner_ids, -1, int(self.ids[-1]) + 1)]


def roster_of(partners: Sequence[tuple[Any, ...]]) -> Roster:
    """From rows as the snapshot has them, in the order of the key; merged partners are left out."""
    own = [row for row in partners if row[6] == row[0]]
    columns = list(zip(*own, strict=True)) or [()] * 6
    tiers, tier = _coded(columns[4])
    return Roster(
        ids=np.array(columns[0], dtype=np.int64),
        refs=tuple(columns[1]),
        names=tuple(columns[2]),
        tier=tier,
        category=_coded(columns[3])[1],
        market=_coded(columns[5])[1],
        tiers=tiers,
    )


def _coded(values: Sequence[str]) -> tuple[tuple[str, ...], Whole]:
    words, codes = np.unique(np.array(values, dtype=str), return_inverse=True)
    return tuple(words.tolist()), codes.astype(np.int64)
