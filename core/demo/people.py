"""Who works which case: the workers of each region as positions, and the desks that take over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.demo.directory import TEAMS, Directory
from core.demo.draw import Ints, Rng, Table, table

SPECIAL_DESKS = ("Rights desk", "Integrity desk", "Safety desk")
DEMO_ANALYST = "analyst"
DEMO_ANALYST_PULL = 1.8  # so that the demo sign-in has a full list of its own


@dataclass(frozen=True, eq=False, slots=True)
class Staff:
    """Usernames, and one row of weights per region."""

    usernames: tuple[str, ...]
    teams: tuple[str, ...]  # by region, then the special desks
    draw: Table

    def assign(self, rng: Rng, region: Ints) -> Ints:
        """A worker of each case's region."""
        return self.draw.draw(rng, region)


def make_staff(directory: Directory, regions: tuple[str, ...]) -> Staff:
    """The workers in the order of the directory."""
    usernames = tuple(directory.people["username"])
    weights = np.zeros((len(regions), len(usernames)))
    for row, region in enumerate(regions):
        for name in directory.workers(region):
            weights[row, usernames.index(name)] = DEMO_ANALYST_PULL if name == DEMO_ANALYST else 1.0
    teams = (*(TEAMS[r] for r in regions), *SPECIAL_DESKS)
    return Staff(usernames, teams, table(weights))
