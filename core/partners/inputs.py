"""What is known of each partner for the score: arrays with one entry per partner, and groups.

A numerator counts a case once at most, so that one case moves it by 1 at most: a case with two
clocks, one of them met, is half a hit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.stats.arrays import Floats, Ints
from core.stats.survival import Tails


@dataclass(frozen=True, eq=False, slots=True)
class Counted:
    """Hits among cases (a share), or observed against expected (a ratio).

    ``effective`` is the number of cases that are independent of each other; for a ratio it only
    tells, for a share it also weighs.
    """

    hits: Floats
    of: Floats
    effective: Floats

    def weighing(self) -> tuple[Floats, Floats]:
        """Hits and cases scaled to the effective number."""
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(self.of > 0, np.minimum(self.effective / self.of, 1.0), 0.0)
        return self.hits * scale, self.of * scale


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """A count that is certain, such as of unresolved gaps."""

    count: Floats


Evidence = Counted | Tails | Known


@dataclass(frozen=True, eq=False, slots=True)
class PartnerInputs:
    """The evidence of each input by its name, and the group (0, 1, …) whose usual each partner shares.

    An input that this desk does not record at all is left out; its weight goes to the others.
    """

    groups: Ints
    evidence: Mapping[str, Evidence]

    @property
    def count(self) -> int:
        """How many partners."""
        return len(self.groups)


def independent_count(sizes: Floats) -> float:
    """How many independent cases a number of bursts is worth (Kish 1965): 20 cases of one incident
    are hardly more than one.
    """
    square = float((sizes**2).sum())
    return float(sizes.sum()) ** 2 / square if square > 0 else 0.0


def independent_counts(partners: Ints, sizes: Floats, count: int) -> Floats:
    """The same for many partners; a row is a burst with its number of cases."""
    whole = np.bincount(partners, weights=sizes, minlength=count)
    square = np.bincount(partners, weights=sizes**2, minlength=count)
    return np.divide(whole**2, square, out=np.zeros(count), where=square > 0)
